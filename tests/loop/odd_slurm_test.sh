#!/bin/bash
# Whole runs on a Slurm whose settings and troubles are not the usual ones: its own cluster, which these tests break on purpose.
# usage: odd_slurm_test.sh STUNE_PROGRAM [SCENARIO ...]; without scenarios all of them. There are, as ctest runs them side by side,
#   arrays limit refused array_cancelled killed_within steps
#   preempted requeued node_dies node_avoided timeout_retried memory_retried
#   database controller_down accounting_off
#   coordinator_node_dies coordinator_cut_off
. "$(dirname "$0")/lib.sh" "$1"
. "$here/kill9.sh"
shift
scenarios=("$@")
((${#scenarios[@]})) || scenarios=(arrays limit refused array_cancelled killed_within steps preempted requeued node_dies
  node_avoided timeout_retried memory_retried database controller_down accounting_off coordinator_node_dies coordinator_cut_off)
cluster=$here/../support/slurm_cluster.sh place=$work/slurm
patience=${STUNE_TEST_PATIENCE:-120}

tear_down() { "$cluster" stop "$place"; }
evidence() {
  tail -n 30 log.txt out.txt
  squeue -a
  local folder
  for folder in *.stune; do stune trials "$folder"; done
}

"$cluster" start "$place" MinJobAge=2 MaxArraySize=5 AccountingStorageEnforce=associations,limits,qos SlurmdTimeout=5 \
  SelectTypeParameters=CR_CPU_Memory JobAcctGatherFrequency=1 JobAcctGatherParams=OverMemoryKill \
  PreemptType=preempt/partition_prio PreemptMode=CANCEL 'PartitionName=high Nodes=ALL PriorityTier=10 State=UP' \
  'PartitionName=again Nodes=ALL PriorityTier=1 PreemptMode=REQUEUE State=UP' || exit 1
eval "$("$cluster" env "$place")"

run() { begin_run "$@" && wait "$coordinator"; } # NAME OPTIONS ... -- COMMAND: in the foreground
begin_run() {
  local name=$1
  shift
  begin run --name "$name" --param "x = float(0, 1)" --minimize loss --method sobol --seed 7 --runner slurm --poll 1,1.5,3 \
    --submit-rate 0 --quiet "$@" >>out.txt 2>>log.txt
}
trial='stune metric loss="$STUNE_x"'
calls() { # EXPERIMENT PROGRAM: how often it was called
  stune status "$1" --json | grep -oE "[0-9]+ $2" | cut -d' ' -f1
}

arrays() { # MaxArraySize 5 and MinJobAge 2: batches are cut, and jobs leave the queue before anybody looks
  run arrays --trials 23 --parallel 12 -- sh -c "$trial"
  claim "arrays: exit code" $? 0
  claim "arrays: completed" "$(count_status arrays completed)" 23
  claim_says "arrays: largest index" "$(sacct -X -n -P -o JobID | grep -oE '_[0-9]+$' | sort -u | tail -n 1)" '^_[1-4]$'
  echo "arrays: 23 trials with $(calls arrays sbatch) calls of sbatch"
}

limited() { # NAME WORD OPTIONS of sacctmgr: no more than 3 jobs may be queued: what does not fit waits here and fails nothing
  local name=$1 word=$2 waiting gate=$PWD/gate
  shift 2
  rm -f "$gate"
  sacctmgr -i modify "$@"=3 >/dev/null
  begin_run "$name" --trials 9 --parallel 6 -- sh -c 'while [ ! -e '"$gate"' ]; do sleep 0.1; done; '"$trial"
  until_true 'grep -q "is submitted later: .*$word" log.txt'
  until_true 'stune status '"$name"' | grep -qE "^  waiting .*: $word; a limit of its"'
  waiting=$(stune status "$name" | sed -nE 's/^  waiting .*\(([0-9]+).*/\1/p')
  claim_says "$name: explained" "$(stune explain "$name" "$waiting")" "is deferred, because of $word: a limit of its"
  : >"$gate"
  wait "$coordinator"
  claim "$name: exit code" $? 0
  sacctmgr -i modify "$@"=-1 >/dev/null
  claim "$name: completed" "$(count_status "$name" completed)" 9
  echo "$name: 9 trials, at most 3 in the queue, $(calls "$name" sbatch) calls of sbatch"
}
limit() {
  limited limit AssocMaxSubmitJobLimit user "$(id -un)" set MaxSubmitJobs
  limited qos QOSMaxSubmitJobPerUserLimit qos normal set MaxSubmitJobsPerUser
}

refused() { # what no job of this kind will ever be: Slurm's words and the call; after that, other options go on
  run refused --trials 2 --parallel 1 --sbatch --partition=nowhere -- sh -c "$trial"
  claim "refused: exit code" $? 4
  claim "refused: failed" "$(count_status refused failed)" 0
  claim_says "refused: Slurm's words" "$(cat log.txt)" 'Batch job submission failed: Invalid partition name specified'
  claim_says "refused: the call" "$(cat log.txt)" '^  sbatch .*--partition=nowhere .*/submissions/[0-9]+/job.sh$'
  stune resume refused --sbatch --partition=main --quiet >>out.txt 2>>log.txt
  claim "refused: exit code with another partition" $? 0
  claim "refused: completed" "$(count_status refused completed)" 2
}

first_waits='[ "$STUNE_TRIAL.$STUNE_ATTEMPT.$STUNE_RESTART" != 0.0.0 ] || sleep 300; ' # for what ends it
started() { [[ -e $1.stune/trials/000000/attempt-0/claim.0 ]]; } # EXPERIMENT: its first trial
job_of() { stune explain "$1" 0 | grep -oE 'job [0-9_]+' | head -n 1 | cut -d' ' -f2; } # EXPERIMENT

array_cancelled() { # scancel of a whole array that waits: four trials are withdrawn, four others take their place
  scontrol update nodename=ALL state=drain reason=test
  begin_run withdrawn --trials 4 --parallel 4 -- sh -c "$trial"
  until_true '(($(squeue -h -r -t PD -o %j | grep -c ^withdrawn) == 4))'
  claim_says "array cancelled: what waits" "$(squeue -h -t PD -o %i)" '^[0-9]+_\[0-[1-3]\]$'
  scancel $(squeue -h -t PD -o %F)
  until_true '(($(count_status withdrawn abandoned) == 4))'
  scontrol update nodename=ALL state=resume
  wait "$coordinator"
  claim "array cancelled: exit code" $? 0
  claim "array cancelled: completed" "$(count_status withdrawn completed)" 4
  claim "array cancelled: failed" "$(count_status withdrawn failed)" 0
  claim "array cancelled: attempts of each" "$(ls -d withdrawn.stune/trials/*/attempt-1 2>/dev/null)" ""
}

killed_within() { # SIGKILL for sbatch while the controller has its request and has not read it: the job exists all the same
  local since
  since=$(date +%Y-%m-%dT%H:%M:%S)
  mkdir -p tools faulty
  ln -sf "$here/faulty_slurm.sh" tools/sbatch
  printf . >faulty/calls.sbatch # the second call is broken
  FAULTY_FOLDER=$PWD/faulty FAULTY_PATH=$PATH FAULTY_SEED=0 FAULTY_CLUSTER=$place FAULTY_CLUSTER_TOOL=$cluster \
    PATH=$PWD/tools:$PATH run within --trials 2 --parallel 1 -- sh -c "$trial"
  claim "killed within: exit code" $? 0
  claim "killed within: fault" "$(cat faulty/done)" "sbatch dies_within"
  claim "killed within: completed" "$(count_status within completed)" 2
  claim_says "killed within: told" "$(cat log.txt)" 'left open whether it submitted'
  jobs() { sacct -X -n -P -S "$since" -o JobName | grep -c ^within; }
  until_true '[[ -z $(squeue -h -o %j | grep ^within) ]] && (($(jobs) >= 2))'
  claim "killed within: jobs" "$(jobs)" 2
}

steps() { # as from cron, with nothing of a login's environment: while the controller does not answer, and at a submit limit
  local gate=$PWD/gate step=(env -i "PATH=$PATH" "SLURM_CONF=$SLURM_CONF" "STUNE_LOOP_TEST=$mark" "$program" step cron --quiet)
  rm -f "$gate"
  begin_run cron --trials 4 --parallel 2 -- sh -c 'while [ ! -e '"$gate"' ]; do sleep 0.1; done; '"$trial"
  until_true '[[ $(count_status cron running 2>/dev/null) == 2 ]]'
  kill -TERM "$coordinator"
  wait "$coordinator"
  "$cluster" freeze "$place" slurmctld
  "${step[@]}" >>out.txt 2>>log.txt
  claim "steps: exit code without an answer" $? 0
  claim "steps: running without an answer" "$(count_status cron running)" 2
  "$cluster" thaw "$place" slurmctld
  sacctmgr -i modify user "$(id -un)" set MaxSubmitJobs=1 >/dev/null
  : >"$gate"
  until_true '"${step[@]}" >>out.txt 2>>log.txt || fail "step: $?"; (($(count_status cron completed) == 4))'
  sacctmgr -i modify user "$(id -un)" set MaxSubmitJobs=-1 >/dev/null
  claim "steps: failed" "$(count_status cron failed)" 0
}

preempted() { # a job of higher priority takes all nodes: the trial gets a new attempt, free
  begin_run preempted --trials 2 --parallel 1 -- sh -c "$first_waits$trial"
  until_true 'started preempted'
  sbatch -p high -N4 --exclusive -o /dev/null --wrap 'sleep 1' >/dev/null
  wait "$coordinator"
  claim "preempted: exit code" $? 0
  claim "preempted: completed" "$(count_status preempted completed)" 2
  claim "preempted: failed" "$(count_status preempted failed)" 0
  claim_says "preempted: attempts" "$(stune trials preempted --json)" '"cause":"preempted"'
  claim_says "preempted: explained" "$(stune explain preempted 0)" 'attempt 0 is ended.*preempted'
}

requeued() { # the same where Slurm puts the job back into the queue: it starts again, and there is no second attempt
  begin_run requeued --trials 2 --parallel 1 --sbatch "--partition=again --requeue" -- sh -c "$first_waits$trial"
  until_true 'started requeued'
  sbatch -p high -N4 --exclusive -o /dev/null --wrap 'sleep 1' >/dev/null
  wait "$coordinator"
  claim "requeued: exit code" $? 0
  claim "requeued: completed" "$(count_status requeued completed)" 2
  claim "requeued: attempts" "$(grep -c '"type":"intended"' requeued.stune/journal.jsonl)" 2
  claim "requeued: starts of trial 0" "$(ls requeued.stune/trials/000000/attempt-0 | grep -c '^claim')" 2
  claim_says "requeued: explained" "$(stune explain requeued 0)" 'start 1 began as .*restart 1'
}

# MariaDB and slurmdbd die; a job is cancelled by hand and leaves the queue, so that only accounting can tell who did that. A
# question that fails decides nothing; an answer, once there is one again, does.
database() {
  begin_run database --trials 2 --parallel 1 -- sh -c "$first_waits$trial"
  until_true 'started database'
  "$cluster" kill "$place" slurmdbd mariadbd
  scancel "$(squeue -h -t R -o %A)"
  until_true '[[ $(calls database sacct) -ge 2 ]]'
  claim_says "database: failed questions" "$(stune status database)" '[1-9][0-9]* failed \(in all'
  claim "database: running and abandoned meanwhile" "$(count_status database running) $(count_status database abandoned)" "1 0"
  claim "database: what the queue still knows" "$(squeue -h)" ""
  "$cluster" restart "$place" mariadbd slurmdbd
  wait "$coordinator"
  claim "database: exit code" $? 0
  claim "database: completed" "$(count_status database completed)" 2
  claim "database: failed" "$(count_status database failed)" 0
  # Accounting may still say RUNNING when it comes back: then that start is lost, and there is a second one.
  claim_says "database: how the first start ended" "$(stune trials database --json)" '"cause":"(cancelled|interrupted)"'
}

accounting_off() { # no accounting at all, and jobs vanish after two seconds
  sed -i '/^AccountingStorage/d' "$place/slurm.conf" && echo AccountingStorageType=accounting_storage/none >>"$place/slurm.conf"
  "$cluster" restart "$place" slurmctld
  export GATE=$PWD/gate
  rm -f "$GATE"
  begin_run off --trials 4 --parallel 2 -- sh -c 'while [ ! -e "$GATE" ]; do sleep 0.1; done; '"$trial"
  until_true '[[ $(squeue -h -t R -o %j) == off* ]]'
  scancel "$(squeue -h -t R -o %A | head -n 1)" # by hand: withdrawn, and another trial takes its place
  : >"$GATE"
  wait "$coordinator"
  claim "accounting off: exit code" $? 0
  claim "accounting off: completed" "$(count_status off completed)" 4
  claim "accounting off: failed" "$(count_status off failed)" 0
}

# A node is lost with all that runs on it: its task of an array gets a new attempt elsewhere, while the others go on.
node_dies() {
  local node gate=$PWD/gate
  rm -f "$gate"
  begin_run node --trials 3 --parallel 3 --sbatch --exclusive -- \
    sh -c "$first_waits"'while [ "$STUNE_TRIAL" != 0 ] && [ ! -e '"$gate"' ]; do sleep 0.1; done; '"$trial"
  until_true 'started node && (($(squeue -h -t R -o %j | grep -c ^node) == 3))'
  node=$(squeue -h -j "$(job_of node)" -o %N)
  "$cluster" lose "$place" "slurmd:$node"
  until_true '(($(count_status node completed) == 1))'
  claim "node dies: siblings that run" "$(count_status node running)" 2
  : >"$gate"
  wait "$coordinator"
  claim "node dies: exit code" $? 0
  claim "node dies: completed" "$(count_status node completed)" 3
  claim_says "node dies: cause" "$(stune trials node --json)" '"cause":"(node_failure|lost)"'
  claim "node dies: starts" "$(ls -d node.stune/trials/*/attempt-*/claim.* | grep -v '/000000/' | wc -l)" 2
  "$cluster" restart "$place" "slurmd:$node"
}

# Two trials are lost on one node: what comes next keeps away from it.
node_avoided() {
  local node gate=$PWD/gate waits
  rm -f "$gate"
  waits='while [ ! -e '"$gate"' ]; do sleep 0.1; done; '
  begin_run avoided --trials 2 --parallel 2 --sbatch --mem=10M -- sh -c "$waits$trial"
  until_true '(($(squeue -h -t R -o %j | grep -c ^avoided) == 2))'
  node=$(squeue -h -t R -o %N | sort -u)
  claim "node avoided: nodes of both" "$(wc -w <<<"$node")" 1
  "$cluster" lose "$place" "slurmd:$node"
  until_true '(($(squeue -h -r -t R -o "%j %x" | grep -c "^avoided.* $node$") == 2))'
  : >"$gate"
  wait "$coordinator"
  claim "node avoided: exit code" $? 0
  claim "node avoided: completed" "$(count_status avoided completed)" 2
  "$cluster" restart "$place" "slurmd:$node"
}

# Begins an experiment whose coordinator is a job. All its trials that can run do, and wait for the file `gate`. Sets `job`,
# `heir` that waits for its end, and `node` where it runs.
begin_chain() { # NAME
  experiment=$1.stune gate=$PWD/gate
  rm -rf counts "$gate"
  mkdir counts
  run "$1" --param "k = int(0, 1000)" --trials 8 --parallel 4 --coordinator job --coordinator-sbatch "--time=30 --mem=1G" \
    --sbatch --mem=10M -- sh -c 'until [ -e '"$gate"' ]; do sleep 0.1; done; exec "$@"' \
    sh "$here/counted_trial.sh" "$PWD/counts" {x} {k}
  claim "$1: exit code of what begins it" $? 0
  until_true '[[ $(count_status '"$1"' running 2>/dev/null) == 4 ]]'
  until_true 'heir=$(squeue -h -n '"$1"'-coordinator -t PD -o %A) && [[ $heir ]]'
  job=$(squeue -h -n "$1-coordinator" -t R -o %A)
  node=$(squeue -h -j "$job" -o %N)
}
ends_of() { sacct -D -X -n -P -j "$1" -o "State,NodeList"; } # JOB: one line for each time that it was started
finish_chain() { # NAME: the heir runs the loop; after this there is nothing left to do, and nobody who would
  : >"$gate"
  until_true '[[ $(stune status '"$1"' | head -n 1) == *finished* ]]'
  until_true '[[ -z $(squeue -h -o %j | grep "^'"$1"'") ]]'
  check_exactness 8
  claim "$1: coordinators" "$(wc -l <"$experiment/coordinator/generations")" 2
  until_true '[[ $(ends_of $heir) == COMPLETED* ]]'
  claim "$1: how its coordinator ended, and how often it began" "$(ends_of "$job")" "NODE_FAIL|$node"
  [[ $(ends_of "$heir") != *"$node" ]] || fail "$1: both coordinators ran on $node"
}

# The power of a node fails, and the coordinator ran there. Its successor cannot see the process that held the lock, which is on
# another machine. Here that would be the same one: so the lock is given the name of a machine that nobody knows.
coordinator_node_dies() {
  begin_chain left
  scontrol requeue "$job" 2>requeue.txt && fail "coordinator node dies: its job was requeued, and would run beside its successor"
  "$cluster" lose "$place" "slurmd:$node"
  claim_says "coordinator node dies: its lock" "$(cat left.stune/lock)" "\"host\":\"$HOSTNAME\""
  sed -i "s/\"host\":\"$HOSTNAME\"/\"host\":\"$node.cluster\"/" left.stune/lock
  until_true '[[ -s left.stune/coordinator/slurm-$heir.log ]]'
  finish_chain left
  claim_says "coordinator node dies: told" "$(cat left.stune/coordinator/slurm-"$heir".log)" \
    "on $node.cluster was job $job, which has ended: taking over"
  "$cluster" restart "$place" "slurmd:$node"
}

# Slurm does not hear from the node any more, but all that runs there goes on: the coordinator, too, and counts in its lock. To
# Slurm its job has ended, so its successor begins. Only one of them may write from then on, and that is the successor: Slurm
# will end the other when the node is back.
coordinator_cut_off() {
  local old
  begin_chain cut
  old=$(stune status cut --json | grep -oE 'process [0-9]+' | cut -d' ' -f2)
  "$cluster" freeze "$place" "slurmd:$node"
  until_true '[[ -s cut.stune/coordinator/slurm-$heir.log ]]'
  until_true '[[ $(stune status cut --json | grep -oE "process [0-9]+") != "process $old" ]]'
  finish_chain cut
  until_true '! kill -0 '"$old"' 2>/dev/null'
  claim_says "coordinator cut off: told by the old one" "$(cat cut.stune/coordinator/slurm-"$job".log)" \
    'was taken over by process .*Ended, with nothing written'
  "$cluster" thaw "$place" "slurmd:$node"
  "$cluster" restart "$place" "slurmd:$node"
}

controller_down() { # for a minute, in which trials end and others are due
  export GATE=$PWD/gate
  rm -f "$GATE"
  begin_run down --trials 4 --parallel 2 -- sh -c 'while [ ! -e "$GATE" ]; do sleep 0.1; done; '"$trial"
  until_true '(($(squeue -h -t R -o %j | grep -c ^down) == 2))'
  : >known # a controller that is killed forgets what it had not saved yet, up to five seconds
  until_true '[[ $place/state/job_state -nt known ]]'
  "$cluster" kill "$place" slurmctld
  : >"$GATE"
  until_true '(($(count_status down completed) == 2))'
  pause 60
  "$cluster" restart "$place" slurmctld
  wait "$coordinator"
  claim "controller down: exit code" $? 0
  claim "controller down: completed" "$(count_status down completed)" 4
  claim "controller down: failed" "$(count_status down failed)" 0
  claim_says "controller down: seen" "$(stune status down)" '[1-9][0-9]* failed \(in all'
  claim_says "controller down: told" "$(cat log.txt)" 'Slurm takes no jobs at the moment'
}

timeout_retried() { # one minute is too little, two are enough; the minute is cut short
  begin_run timeout --trials 1 --on-timeout retry,2,1 --sbatch --time=1 -- \
    sh -c 'test $STUNE_ATTEMPT = 1 || exec sleep 200; '"$trial"
  until_true 'started timeout'
  scontrol update jobid="$(squeue -h -t R -o %A)" EndTime="$(date +%Y-%m-%dT%H:%M:%S)"
  wait "$coordinator"
  claim "timeout: exit code" $? 0
  claim_says "timeout: cause" "$(stune trials timeout --json)" '"cause":"timeout"'
  claim_says "timeout: attempts" "$(stune trials timeout)" '^ +0 +completed .* 2 '
  until_true '[[ $(sacct -X -n -P -o Timelimit,JobName) == *"00:02:00|timeout"* ]]'
}

memory_retried() { # 50 MB are too little, 500 are enough
  run memory --trials 1 --on-oom retry,10,1 --sbatch --mem=50M -- \
    python3 -c 'import subprocess, time; hog = b"x" * (200 << 20); time.sleep(8); subprocess.run(["stune", "metric", "loss=1"])'
  claim "memory: exit code" $? 0
  claim_says "memory: cause" "$(stune trials memory --json)" '"cause":"out_of_memory"'
}

for scenario in "${scenarios[@]}"; do
  begin=$SECONDS
  $scenario
  echo "$scenario: $((SECONDS - begin)) s"
done
echo "$claims claims hold"
