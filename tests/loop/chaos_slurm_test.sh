#!/bin/bash
# Everything at once: kill -9 of the loop, commands of Slurm that die, lie and say nothing, jobs requeued while they run and
# cancelled by hand, a controller that stops answering. Nothing may be lost, nothing doubled, and each kind of fault must have
# come about. On the Slurm that SLURM_CONF names, which nobody else may use meanwhile; without it on one of its own, where nodes
# are lost and jobs preempted, too. usage: chaos_slurm_test.sh STUNE_PROGRAM [KILLS [TRIALS]]; the long version: 30 300
. "$(dirname "$0")/lib.sh" "$1"
cluster=$here/../support/slurm_cluster.sh
kills_wanted=${2:-8} trials=${3:-60} patience=${STUNE_TEST_PATIENCE:-120}
own=
if [[ -z ${SLURM_CONF:-} ]]; then
  own=$work/slurm
  tear_down() { "$cluster" stop "$own"; }
  "$cluster" start "$own" SlurmdTimeout=5 PreemptType=preempt/partition_prio PreemptMode=REQUEUE \
    'PartitionName=high Nodes=ALL PriorityTier=10 State=UP' || exit 1
  eval "$("$cluster" env "$own")"
fi
. "$here/kill9.sh"
. "$here/slurm.sh"

restarts_happen=yes
mkdir faulty tools
for tool in sbatch squeue sacct scancel; do ln -s "$here/faulty_slurm.sh" "tools/$tool"; done
place=$(dirname "$SLURM_CONF")
export FAULTY_FOLDER=$work/faulty FAULTY_PATH=$PATH FAULTY_SEED=${STUNE_TEST_SEED:-7} FAULTY_CLUSTER=$place FAULTY_CLUSTER_TOOL=$cluster
: >faulty/done

tear_down_jobs=$(declare -f tear_down)
eval "${tear_down_jobs/tear_down/cancel_jobs}"
tear_down() {
  [[ -n ${poker:-} ]] && kill "$poker" 2>/dev/null
  "$cluster" thaw "$place" slurmctld
  cancel_jobs
  [[ -z $own ]] || "$cluster" stop "$own"
}

# --- what happens to jobs, nodes and the controller meanwhile

did() { echo "$1" >>faulty/done; }
one_that_runs() { # FORMAT: of squeue
  local all
  mapfile -t all < <(squeue --me -h -t R -p main -o "$1")
  ((${#all[@]})) && echo "${all[RANDOM % ${#all[@]}]}"
}
requeue() {
  local job
  job=$(one_that_runs %A) && scontrol requeue "$job" 2>/dev/null && did "job requeued while it runs"
}
by_hand() {
  local job
  job=$(one_that_runs %i) && scancel "$job" && did "job cancelled by hand" # %A of an array's last task is the whole array
}
freeze() {
  "$cluster" freeze "$place" slurmctld
  pause $((RANDOM % 3 + 1))
  "$cluster" thaw "$place" slurmctld
  did "slurmctld frozen"
}
lose_a_node() {
  local node
  node=$(one_that_runs %N) || return
  "$cluster" lose "$place" "slurmd:$node"
  "$cluster" restart "$place" "slurmd:$node" && did "node lost"
}
preempt() {
  one_that_runs %A >/dev/null || return
  sbatch -p high -N4 --exclusive -o /dev/null --wrap true >/dev/null && did "jobs preempted"
}

poke() {
  local turn=$FAULTY_SEED deeds=(requeue requeue by_hand requeue requeue freeze)
  [[ -z $own ]] || deeds+=(requeue lose_a_node requeue requeue preempt requeue)
  RANDOM=$((FAULTY_SEED + 1))
  while :; do
    pause "0.$((RANDOM % 800 + 199))"
    ${deeds[turn % ${#deeds[@]}]} && turn=$((turn + 1)) # what found no job is tried again
  done
}

since=$(date +%Y-%m-%dT%H:%M:%S) begin=$SECONDS
poke &
poker=$!
PATH=$work/tools:$PATH
kill_and_resume "$kills_wanted" $((3 * trials / kills_wanted)) --runner slurm --trials "$trials" --parallel 8 --poll 1,1.5,5 \
  --submit-rate 0 --tolerated-failure-rate 0 --sbatch --requeue
PATH=$FAULTY_PATH
kill "$poker" && wait "$poker" 2>/dev/null
poker=
"$cluster" thaw "$place" slurmctld

# --- nothing is lost, nothing doubled

hands=$(grep -c 'by hand' faulty/done)
check_exactness "$trials"
abandoned=$(count_status "$experiment" abandoned)
claim "no more is abandoned ($abandoned) than was cancelled by hand ($hands)" $((abandoned <= hands)) 1
check_jobs "$experiment" "$since"
# A start has come to its end once that is on record; a job that is requeued a moment before starts again, and rightly so.
ended() { grep -l '"exit_code":0,"signal":0,.*"error":"","signals":\[\]' "$experiment"/trials/*/attempt-*/exit.*.json; }
again() {
  local record start next
  for record in $(ended); do
    start=${record##*/exit.}
    next=${record%/*}/claim.$((${start%.json} + 1))
    [[ -e $next ]] && ! grep -q '"job":""' "$next" && echo "$next"
  done
}
records=$(ended | wc -l)
claim "each trial has a record of its end: $records" $((records >= trials)) 1
claim "starts of an attempt after its end" "$(again)" ""

# --- and it was hard

times() { grep -c -- "$1" faulty/done; } # KIND
least=1 kinds=("job requeued" "by hand" "slurmctld frozen" "^squeue" "^sbatch")
if ((trials >= 100)); then # each kind
  least=3
  kinds+=("sbatch "{dies_before,dies_within,dies_after,no_answer,late_there,late_nothing,no_controller,talks}
    "squeue "{fails,nothing,cut,dies})
fi
[[ -z $own ]] || kinds+=("node lost" "jobs preempted")
for kind in "${kinds[@]}"; do
  n=$(times "$kind")
  claim "\"$kind\" came about at least $least times, not $n" $((n >= least)) 1
done
sort faulty/done | uniq -c | sort -rn
report "$trials"
printf '%-46s %s\n' "trials with exactly one accepted result" "$trials of $trials" \
  "abandoned, of $hands cancelled by hand" "$abandoned" "metric files shared by two starts" 0 \
  "starts after a finished one that did anything" 0 "jobs in Slurm's accounting, none under two tokens" "$jobs" \
  "starts that came to their last line" "$(cat counts/end.* | wc -l)" "seed" "$FAULTY_SEED" "seconds" $((SECONDS - begin))
