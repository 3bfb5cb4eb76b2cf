#!/bin/bash
# The whole program on MPI ranks, as a user starts it. usage: mpi_loop_test.sh STUNE_PROGRAM SUM_RANKS
ours=$(cd "$(dirname "$0")" && pwd)
sum_ranks=$(readlink -f "$2")
. "$ours/../loop/lib.sh" "$1"
. "$ours/faults.sh"

evidence() { tail -n 15 ./*.txt; }
launch() { STUNE_LOOP_TEST=$mark "$mpirun" "$@"; } # OPTIONS of mpirun, PROGRAM ARGUMENTS
metric=(--param "x = float(0, 1)" --minimize loss --method sobol --quiet)
tell=(-- /bin/sh -c 'stune metric loss="$0"' {x})

# Where two MPI libraries are installed, programs started by trials are to take the same one.
mkdir bin
for name in mpirun mpiexec; do printf '#!/bin/sh\nexec %s "$@"\n' "$(command -v "$mpirun")" >bin/$name; done
chmod +x bin/mpirun bin/mpiexec
export PATH=$PWD/bin:$PATH

# --- started wrongly: what to type
stune run "${metric[@]}" --trials 3 --runner mpi --name wrong "${tell[@]}" >wrong.txt 2>&1
claim "exit code without mpirun" $? 2
claim_says "without mpirun" "$(cat wrong.txt)" 'mpirun -n 9 stune run'
launch -n 1 "$program" run "${metric[@]}" --trials 3 --runner mpi --name wrong "${tell[@]}" >wrong.txt 2>&1
claim_says "one rank" "$(cat wrong.txt)" 'there is one rank only.*trials need others'
launch -n 1 "$program" run "${metric[@]}" --trials 1 --name lone --dry-run "${tell[@]}" >wrong.txt 2>&1
claim "exit code of one rank that was not asked to run trials on ranks" $? 0
claim_says "what to type for ranks" "$(cat wrong.txt)" 'one rank only.* type mpirun -n 9 stune run'
stune run "${metric[@]}" --trials 3 --ranks-per-trial 4 --runner local --name wrong "${tell[@]}" >wrong.txt 2>&1
claim_says "trials of several ranks without ranks" "$(cat wrong.txt)" 'mpirun -n 5 stune run \.\.\. --runner mpi'
launch -n 3 "$program" run "${metric[@]}" --trials 3 --ranks-per-trial 4 --name wrong "${tell[@]}" >wrong.txt 2>&1
claim_says "too few ranks" "$(cat wrong.txt)" 'there are 2 worker ranks, and a trial takes 4'
claim_says "what to type for more" "$(cat wrong.txt)" 'mpirun -n 5 stune run'
launch -n 3 "$program" run "${metric[@]}" --trials 3 --runner local --name wrong "${tell[@]}" >wrong.txt 2>&1
claim_says "ranks that are to run trials elsewhere" "$(cat wrong.txt)" '3 MPI ranks, and trials are to run elsewhere \(local\)'
claim_says "what to type for this machine" "$(cat wrong.txt)" 'stune run \.\.\. --runner local$'
launch -n 3 "$program" run "${metric[@]}" --trials 0 --name wrong "${tell[@]}" >wrong.txt 2>&1
claim_says "a mistake is told once" "$(grep -c 'found 0\|at least 1' wrong.txt)" '^1$'

mkdir alone && cp "$program" alone/stune
launch -n 2 alone/stune run "${metric[@]}" --trials 3 --name wrong "${tell[@]}" >wrong.txt 2>&1
claim_says "built without MPI" "$(cat wrong.txt)" 'built without MPI; start one, with --runner local or slurm, or build'
claim "experiments that were begun wrongly" "$(ls -d wrong.stune 2>/dev/null)" ""

# --- more ranks than trials; under mpirun, mpi is what auto means
launch -n 5 "$program" run "${metric[@]}" --trials 2 --name few "${tell[@]}" >few.txt 2>&1
claim "exit code with more ranks than trials" $? 0
claim "completed by more ranks than trials" "$(count_status few completed)" 2
claim_says "more ranks than trials" "$(cat few.txt)" 'enough is mpirun -n 3'

# --- begun here, continued on ranks, continued here
stune run "${metric[@]}" --trials 3 --runner local --name both "${tell[@]}" >both.txt 2>&1 || fail "begin locally"
launch -n 3 "$program" resume both --trials 8 --quiet >both.txt 2>&1 || fail "resume on ranks"
claim "trials at a time on two workers" "$(value_of "$(stune status both --json)" parallel)" 4
stune resume both --trials 9 >both.txt 2>&1
claim "exit code of resume without ranks" $? 2
claim_says "resume without ranks" "$(cat both.txt)" 'mpirun -n 9 stune resume both.stune'
stune resume both --trials 10 --runner local --quiet >both.txt 2>&1 || fail "resume locally"
claim "completed here and there" "$(count_status both completed)" 10
claim "trials at a time here" "$(value_of "$(stune status both --json)" parallel)" 1
stune set both --parallel 3 >both.txt 2>&1 || fail "set --parallel"
launch -n 3 "$program" resume both --trials 14 --quiet >both.txt 2>&1 || fail "resume on ranks with --parallel"
claim "trials at a time where somebody has said so" "$(value_of "$(stune status both --json)" parallel)" 3
launch -n 3 "$program" run "${metric[@]}" --trials 9 --name dry --dry-run "${tell[@]}" >dry.txt 2>&1
claim_says "a dry run on ranks" "$(cat dry.txt)" '9 trials, at most 4 at a time, on the worker ranks of MPI'

# --- what a trial sees
cat >see.sh <<'END'
#!/bin/sh
env >"$STUNE_TRIAL_DIR/env.txt"
stune metric loss=1
END
chmod +x see.sh
launch -n 3 "$program" run "${metric[@]}" --trials 2 --name clean -- ./see.sh >see.txt 2>&1 || fail "clean"
seen_of_launcher() { grep -hE '^(OMPI_|PMIX_|PMI_)' "$1".stune/trials/*/env.txt | grep -v ALLOW_RUN_AS_ROOT; }
claim "variables of the launcher" "$(seen_of_launcher clean)" ""
stune resume clean --runner local --trials 4 >see.txt 2>&1 || fail "resume clean here"
claim "trials here that have told what they see" "$(ls clean.stune/trials/*/env.txt | wc -l)" 4
claim "variables of a launcher that is gone" "$(seen_of_launcher clean)" ""
launch -n 3 "$program" run "${metric[@]}" --trials 2 --name inherit --trial-env inherit -- ./see.sh >see.txt 2>&1 ||
  fail "inherit"
claim_says "inherited variables" "$(cat inherit.stune/trials/000000/env.txt)" '^(OMPI_COMM_WORLD_RANK|PMI_RANK)='

# --- trials that run side by side have cores and GPUs of their own
cat >share.sh <<'END'
#!/bin/bash
touch "both/$STUNE_TRIAL"
until [[ -e both/0 && -e both/1 ]]; do read -rt 0.02 <> <(:); done
echo "$CUDA_VISIBLE_DEVICES $(sed -n 's/^Cpus_allowed_list:\t//p' /proc/self/status)" >"$STUNE_TRIAL_DIR/share.txt"
stune metric loss=1
END
chmod +x share.sh && mkdir both
CUDA_VISIBLE_DEVICES=4,7 launch -n 3 "$program" run "${metric[@]}" --trials 2 --name shares -- ./share.sh >shares.txt 2>&1 ||
  fail "shares"
shares=$(sort shares.stune/trials/*/share.txt)
claim "GPUs of two trials" "$(cut -d' ' -f1 <<<"$shares" | tr '\n' ' ')" "4 7 "
if (($(env -u OMP_NUM_THREADS nproc) > 1)); then claim "trials with cores of their own" "$(cut -d' ' -f2 <<<"$shares" | sort -u | wc -l)" 2; fi

# --- a trial that is an MPI program itself
cat >ranks.sh <<'END'
#!/bin/sh
stune metric loss="$($STUNE_MPIRUN "$1" 2>"$STUNE_TRIAL_DIR/error.txt")" ranks="$STUNE_RANKS"
END
chmod +x ranks.sh
launch -n 5 "$program" run "${metric[@]}" --trials 2 --ranks-per-trial 2 --name ranks -- ./ranks.sh "$sum_ranks" >ranks.txt 2>&1 ||
  fail "trials of several ranks"
claim "what the ranks that a trial started have in all" "$(trial_lines ranks | cut -f3 | sort -u)" 3.0

# --- a trial that hangs is ended
launch -n 3 "$program" run "${metric[@]}" --trials 2 --trial-time-limit 0.2s --tolerated-failure-rate 1 --name hangs -- \
  /bin/sh -c 'exec sleep 1000' >hangs.txt 2>&1
claim "trials that hung" "$(count_status hangs failed)" 2
claim "why they ended" "$(grep -o '"cause":"[a-z_]*"' hangs.stune/journal.jsonl | sort -u)" '"cause":"timeout"'

# --- the allocation is about to end: what runs may do so in peace
if [[ $recovery == --enable-recovery ]]; then
  cat >slow.sh <<'END'
#!/bin/bash
touch begun
read -rt 3 <> <(:)
stune metric loss=1
END
  chmod +x slow.sh
  STUNE_LOOP_TEST=$mark "$mpirun" -n 2 "$program" run "${metric[@]}" --trials 5 \
    --parallel 1 --name peace -- ./slow.sh >peace.txt 2>&1 &
  coordinator=$!
  until_true '[[ -e begun ]]'
  kill -USR1 "$coordinator"
  wait "$coordinator"
  launch -n 2 "$program" resume peace --trials 1 --quiet >peace.txt 2>&1 || fail "resume what was asked to end"
  claim "trials that ended in peace" "$(trial_lines peace | cut -f1,2 | tr '\t' ' ')" "0 completed"
  claim "attempts of the one that did" "$(ls -d peace.stune/trials/000000/attempt-* | wc -l)" 1
fi

# --- stop from another terminal
cat >patient.sh <<'END'
#!/bin/bash
until [[ -e go ]]; do read -rt 0.02 <> <(:); done
stune metric loss=1
END
chmod +x patient.sh
STUNE_LOOP_TEST=$mark "$mpirun" -n 3 "$program" run "${metric[@]}" --trials 4 --name patient -- ./patient.sh >patient.txt 2>&1 &
coordinator=$!
until_true '[[ $(count_status patient running 2>/dev/null) -ge 2 ]]'
stat=$(<"/proc/$(rank_pid 0)/stat")
before=$EPOCHREALTIME
stune stop patient --trial 1 >stop.txt || fail "stop --trial"
until_true '[[ $(trial_lines patient | awk "\$1 == 1 { print \$2 }") == abandoned ]]'
pause 1
set -- ${stat##*) }
ticks=$((${12} + ${13}))
stat=$(<"/proc/$(rank_pid 0)/stat")
set -- ${stat##*) }
used=$(awk -v t=$((${12} + ${13} - ticks)) -v hz="$(getconf CLK_TCK)" -v a="$before" -v b="$EPOCHREALTIME" \
  'BEGIN { printf "%.1f", 100 * t / hz / (b - a) }')
echo "rank 0 used $used % of a core while it waited"
claim "rank 0 uses less than 5 % of a core while it waits" "$(awk -v used="$used" 'BEGIN { print (used < 5) }')" 1
stune stop patient >stop.txt || fail "stop"
wait "$coordinator"
claim "state after stop" "$(state patient)" stopped
until_true '[[ -z $(processes) ]]'

# --- a worker dies, and all others with it: what to type, and the same command goes on
if [[ $recovery == --enable-recovery ]]; then
  STUNE_LOOP_TEST=$mark "$mpirun" -n 3 "$program" run "${metric[@]}" --trials 4 --name dies -- ./patient.sh >dies.txt 2>&1 &
  coordinator=$!
  until_true '[[ $(count_status dies running 2>/dev/null) -ge 2 ]]'
  kill_rank KILL 1
  wait "$coordinator"
  claim_says "how the others go on" "$(cat dies.txt)" 'worker rank 1 .* has died'
  claim_says "how the others go on" "$(cat dies.txt)" 'with mpirun --enable-recovery \(Open MPI\) they go on'
  touch go
  launch -n 3 "$program" resume dies --quiet >dies.txt 2>&1 || fail "resume where a rank had died"
  claim "completed where a rank had died" "$(count_status dies completed)" 4
fi

echo "$claims claims hold"
