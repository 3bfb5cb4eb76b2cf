#!/bin/bash
# Whole runs on a Slurm whose settings and troubles are not the usual ones: its own cluster, which these tests break on purpose.
# usage: odd_slurm_test.sh STUNE_PROGRAM [SCENARIO ...]; without scenarios the quick ones. There are
#   quick: arrays limit preempted database
#   long: accounting_off node_dies controller_down timeout_retried memory_retried
. "$(dirname "$0")/lib.sh" "$1"
shift
scenarios=("$@")
((${#scenarios[@]})) || scenarios=(arrays limit preempted database)
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
  PreemptType=preempt/partition_prio PreemptMode=CANCEL 'PartitionName=high Nodes=ALL PriorityTier=10 State=UP' || exit 1
eval "$("$cluster" env "$place")"

run() { # NAME OPTIONS ... -- COMMAND: in the foreground
  local name=$1
  shift
  stune run --name "$name" --param "x = float(0, 1)" --minimize loss --method sobol --seed 7 --runner slurm --poll 1,1.5,3 \
    --submit-rate 0 --quiet "$@" >>out.txt 2>>log.txt
}
begin_run() { run "$@" & coordinator=$!; }
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
  local name=$1 word=$2
  shift 2
  sacctmgr -i modify "$@"=3 >/dev/null
  run "$name" --trials 9 --parallel 6 -- sh -c "$trial"
  claim "$name: exit code" $? 0
  sacctmgr -i modify "$@"=-1 >/dev/null
  claim "$name: completed" "$(count_status "$name" completed)" 9
  claim_says "$name: is told" "$(cat log.txt)" "is submitted later: .*$word"
  echo "$name: 9 trials, at most 3 in the queue, $(calls "$name" sbatch) calls of sbatch"
}
limit() {
  limited limit AssocMaxSubmitJobLimit user "$(id -un)" set MaxSubmitJobs
  limited qos QOSMaxSubmitJobPerUserLimit qos normal set MaxSubmitJobsPerUser
}

first_waits='[ "$STUNE_TRIAL.$STUNE_ATTEMPT" != 0.0 ] || sleep 300; ' # for what ends it

preempted() { # a job of higher priority takes all nodes: the trial gets a new attempt, free
  begin_run preempted --trials 2 --parallel 1 -- sh -c "$first_waits$trial"
  until_true '[[ $(squeue -h -t R -o %j) == preempted* ]]'
  sbatch -p high -N4 --exclusive -o /dev/null --wrap 'sleep 1' >/dev/null
  wait "$coordinator"
  claim "preempted: exit code" $? 0
  claim "preempted: completed" "$(count_status preempted completed)" 2
  claim "preempted: failed" "$(count_status preempted failed)" 0
  claim_says "preempted: attempts" "$(stune trials preempted --json)" '"cause":"preempted"'
  claim_says "preempted: explained" "$(stune explain preempted 0)" 'attempt 0 is ended.*preempted'
}

database() { # slurmdbd and MariaDB die: trials run all the same
  "$cluster" kill "$place" slurmdbd mariadbd
  run database --trials 4 --parallel 2 -- sh -c "$trial"
  claim "database: exit code" $? 0
  claim "database: completed" "$(count_status database completed)" 4
  "$cluster" restart "$place" mariadbd slurmdbd
}

accounting_off() { # no accounting at all, and jobs vanish after two seconds
  sed -i '/^AccountingStorage/d' "$place/slurm.conf" && echo AccountingStorageType=accounting_storage/none >>"$place/slurm.conf"
  "$cluster" restart "$place" slurmctld
  export GATE=$PWD/gate
  begin_run off --trials 4 --parallel 2 -- sh -c 'while [ ! -e "$GATE" ]; do sleep 0.1; done; '"$trial"
  until_true '[[ $(squeue -h -t R -o %j) == off* ]]'
  scancel "$(squeue -h -t R -o %A | head -n 1)" # by hand: withdrawn, and another trial takes its place
  : >"$GATE"
  wait "$coordinator"
  claim "accounting off: exit code" $? 0
  claim "accounting off: completed" "$(count_status off completed)" 4
  claim "accounting off: failed" "$(count_status off failed)" 0
}

kill_ours() { # FILE PATTERN: processes of this cluster, and of no other
  local file name
  name=$(sed -n 's/^ClusterName=//p' "$place/slurm.conf")
  for file in $(grep -lszE "^(STUNE_TEST_CLUSTER|SLURM_CLUSTER_NAME)=$name\$" /proc/[0-9]*/environ); do
    grep -qsz -- "$2" "${file%environ}$1" && kill -KILL "$(cut -d/ -f3 <<<"$file")" 2>/dev/null
  done
}

node_dies() { # a node is lost with all that runs on it: a new attempt elsewhere
  local node
  begin_run node --trials 2 --parallel 1 -- sh -c "$first_waits$trial"
  until_true '[[ $(squeue -h -t R -o %j) == node* ]]'
  node=$(squeue -h -t R -o %N)
  "$cluster" kill "$place" "slurmd:$node"
  # First what would tell of it: nobody hears from a machine that is gone.
  kill_ours cmdline slurmstepd
  kill_ours environ "^SLURMD_NODENAME=$node\$"
  wait "$coordinator"
  claim "node dies: exit code" $? 0
  claim "node dies: completed" "$(count_status node completed)" 2
  claim_says "node dies: cause" "$(stune trials node --json)" '"cause":"(node_failure|lost)"'
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

timeout_retried() { # one minute is too little, two are enough
  run timeout --trials 1 --on-timeout retry,2,1 --sbatch --time=1 -- \
    sh -c 'test $STUNE_ATTEMPT = 1 || exec sleep 200; '"$trial"
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
