#!/bin/bash
# Whole runs on a Slurm whose settings and troubles are not the usual ones: its own cluster, which these tests break on purpose.
# usage: odd_slurm_test.sh STUNE_PROGRAM [SCENARIO ...]; without scenarios the quick ones. There are
#   quick: arrays limit preempted database      long: accounting_off node_dies timeout_retried memory_retried
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

"$cluster" start "$place" MinJobAge=2 MaxArraySize=5 AccountingStorageEnforce=associations,limits SlurmdTimeout=5 \
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
  claim "arrays: largest index" "$(sacct -X -n -P -o JobID | grep -oE '_[0-9]+$' | sort -u | tail -n 1)" _4
  echo "arrays: 23 trials with $(calls arrays sbatch) calls of sbatch"
}

limit() { # no more than 3 jobs may be queued: what does not fit waits here and fails nothing
  sacctmgr -i modify user "$(id -un)" set MaxSubmitJobs=3 >/dev/null
  run limit --trials 9 --parallel 6 -- sh -c "$trial"
  claim "limit: exit code" $? 0
  sacctmgr -i modify user "$(id -un)" set MaxSubmitJobs=-1 >/dev/null
  claim "limit: completed" "$(count_status limit completed)" 9
  claim_says "limit: is told" "$(cat log.txt)" 'is submitted later: .*MaxSubmit'
  echo "limit: 9 trials, at most 3 in the queue, $(calls limit sbatch) calls of sbatch"
}

preempted() { # a job of higher priority takes all nodes: the trial gets a new attempt, free
  begin_run preempted --trials 2 --parallel 1 -- sh -c 'sleep 2; '"$trial"
  until_true '[[ $(squeue -h -t R -o %j) == preempted* ]]'
  sbatch -p high -N4 --exclusive -o /dev/null --wrap 'sleep 1' >/dev/null
  wait "$coordinator"
  claim "preempted: exit code" $? 0
  claim "preempted: completed" "$(count_status preempted completed)" 2
  claim "preempted: failed" "$(count_status preempted failed)" 0
  claim_says "preempted: attempts" "$(stune trials preempted --json)" '"cause":"preempted"'
  claim_says "preempted: explained" "$(stune explain preempted 0)" 'attempt 0 is ended.*preempted'
}

database() { # slurmdbd dies: trials run all the same
  "$cluster" kill "$place" slurmdbd
  run database --trials 4 --parallel 2 -- sh -c "$trial"
  claim "database: exit code" $? 0
  claim "database: completed" "$(count_status database completed)" 4
  "$cluster" restart "$place" slurmdbd
}

accounting_off() { # no accounting at all, and jobs vanish after two seconds
  sed -i '/^AccountingStorage/d' "$place/slurm.conf" && echo AccountingStorageType=accounting_storage/none >>"$place/slurm.conf"
  "$cluster" restart "$place" slurmctld
  begin_run off --trials 4 --parallel 2 -- sh -c 'sleep 2; '"$trial"
  until_true '[[ $(squeue -h -t R -o %j) == off* ]]'
  scancel "$(squeue -h -t R -o %A | head -n 1)" # by hand: withdrawn, and another trial takes its place
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
  begin_run node --trials 2 --parallel 1 -- sh -c 'sleep 5; '"$trial"
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

timeout_retried() { # one minute is too little, two are enough
  run timeout --trials 1 --on-timeout retry,2,1 --sbatch --time=1 -- \
    sh -c 'test $STUNE_ATTEMPT = 1 || sleep 200; '"$trial"
  claim "timeout: exit code" $? 0
  claim_says "timeout: cause" "$(stune trials timeout --json)" '"cause":"timeout"'
  until_true '[[ $(sacct -X -n -P -o Timelimit,JobName) == *"00:02:00|timeout"* ]]'
}

memory_retried() { # 50 MB are too little, 500 are enough
  run memory --trials 1 --on-oom retry,10,1 --sbatch --mem=50M -- \
    python3 -c 'import os, subprocess, time; hog = b"x" * (200 << 20); time.sleep(8); subprocess.run(["stune", "metric", "loss=1"])'
  claim "memory: exit code" $? 0
  claim_says "memory: cause" "$(stune trials memory --json)" '"cause":"out_of_memory"'
}

for scenario in "${scenarios[@]}"; do
  begin=$SECONDS
  $scenario
  echo "$scenario: $((SECONDS - begin)) s"
done
echo "$claims claims hold"
