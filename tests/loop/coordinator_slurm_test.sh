#!/bin/bash
# The loop where nobody stays logged in: as a job of Slurm, whose successor takes over after kill -9 and is withdrawn when there
# is nothing left to do; a chain that stops because its coordinators end too soon, and one that is stopped; and step by step, as
# from cron. Needs SLURM_CONF of a running cluster.
# usage: coordinator_slurm_test.sh STUNE_PROGRAM
. "$(dirname "$0")/lib.sh" "$1"
. "$here/slurm.sh"
tear_down() { squeue --me -h -o "%A %j" | awk '$2 ~ /^(chain|hasty|ended|steps)-/ {print $1}' | xargs -r scancel; }
evidence() {
  squeue --me
  local folder
  for folder in *.stune; do stune status "$folder" && stune trials "$folder"; done
  tail -n 20 *.stune/coordinator/*.log
}

coordinators() { squeue --me -h -n chain-coordinator -o "%A $1" | sort -n; }

told=$(stune run --name chain --param "x = float(0, 1)" --minimize loss --method sobol --seed 7 --runner slurm --poll 1,1.5,3 \
  --trials 8 --parallel 2 --coordinator job --coordinator-sbatch "--time=30 --comment='looks after it'" \
  -- sh -c 'sleep 0.5; stune metric loss="$STUNE_x"')
claim "exit code" $? 0
claim_says "what is told" "$told" 'Job [0-9]+ runs the experiment'
first=$(grep -oE 'Job [0-9]+' <<<"$told" | cut -d' ' -f2)
until_true '[[ $(coordinators %t) == *PD* && $(squeue -h -j $first -o "%t %k") == "R looks after it" ]]'
until_true '(($(count_status chain completed) > 0))'
pid=$(stune status chain --json | grep -oE 'process [0-9]+' | cut -d' ' -f2)
claim "its threads, the loop and the optimizer, and their priority" "$(ps -L -o ni= -p "$pid" | sort | uniq -c | xargs)" "2 19"
until_true 'stune status chain | grep -qE "for the coordinator.s successor: .*in all 1 sbatch"'
kill -KILL "$pid"
until_true '[[ $(stune status chain | head -n 1) == *finished* ]]'
claim "completed" "$(count_status chain completed)" 8
claim "generations" "$(wc -l <chain.stune/coordinator/generations)" 2
until_true '[[ -z $(coordinators %t) ]]'
claim "who ran last" "$(ls chain.stune/coordinator/*.log | wc -l)" 2

# --- coordinators that are killed as soon as they begin: the third within a minute ends the chain
begin_chain() { # NAME OPTIONS ... -- COMMAND
  local name=$1
  shift
  stune run --name "$name" --param "x = float(0, 1)" --minimize loss --method sobol --seed 7 --runner slurm --poll 1,1.5,3 \
    --coordinator job --coordinator-sbatch --time=30 "$@" >/dev/null
}
jobs_of() { squeue --me -h -o %j | grep "^$1-"; } # NAME
began() { cat hasty.stune/coordinator/generations 2>/dev/null | wc -l; }

begin_chain hasty --trials 2 --parallel 1 -- sh -c 'sleep 60'
claim "exit code of a hasty chain" $? 0
for generation in 1 2; do
  until_true "((\$(began) >= $generation)) && pid=\$(stune status hasty --json | grep -oE 'process [0-9]+' | cut -d' ' -f2) &&
    [[ \$pid && \$pid != \"\${killed:-}\" ]]"
  killed=$pid
  kill -KILL "$pid"
done
until_true 'grep -qs "three coordinators began within a minute" hasty.stune/coordinator/*.log'
until_true '[[ -z $(squeue --me -h -n hasty-coordinator -o %A) ]]'
claim "generations of a hasty chain" "$(began)" 3
stune stop hasty >/dev/null
until_true '[[ -z $(jobs_of hasty) ]]'

# --- scancel of a coordinator hands over; a chain that is stopped leaves neither coordinators nor trials in the queue
begin_chain ended --trials 9 --parallel 3 -- sh -c 'sleep 60'
until_true '(($(count_status ended running 2>/dev/null) > 0))'
cancelled=$(squeue --me -h -n ended-coordinator -t R -o %A)
scancel "$cancelled"
until_true '(($(wc -l <ended.stune/coordinator/generations) == 2)) && [[ $(stune status ended | head -n 1) == *running* ]]'
stune stop ended >/dev/null
claim "exit code of stop" $? 0
until_true '[[ -z $(jobs_of ended) ]]'
claim "state of a chain that was stopped" "$(stune status ended --json | grep -o '"state":"[a-z]*"')" '"state":"stopped"'

# --- steps: none of them waits for a job
since=$(date +%Y-%m-%dT%H:%M:%S)
begin run --name steps --param "x = float(0, 1)" --minimize loss --method sobol --seed 7 --runner slurm --poll 1,1.5,3 --trials 4 \
  --parallel 2 -- sh -c 'sleep 2; stune metric loss="$STUNE_x"' >out.txt 2>&1
until_true 'grep -qs intended steps.stune/journal.jsonl'
kill -TERM "$coordinator"
wait "$coordinator"
claim "exit code after SIGTERM" $? 130
took=0
until_true 'took=$((took + 1)); told=$(stune step steps) || fail "step: $told"; [[ $told == All* ]]'
((took > 1)) || fail "one step did it all: $told"
claim "completed in steps" "$(count_status steps completed)" 4
check_jobs steps.stune "$since" # SIGTERM may come between an intent and its sbatch: then that attempt has no job
echo "4 trials in $took steps; $claims claims hold"
