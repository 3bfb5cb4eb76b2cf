#!/bin/bash
# What a user does to an experiment while it runs and afterwards, trials as processes of this machine.
# usage: loop_commands_test.sh STUNE_PROGRAM
. "$(dirname "$0")/lib.sh" "$1"

evidence() { tail -n 15 ./*.txt; }
state() { stune status "$1" --json | sed -nE 's/.*"state":"([a-z]*)".*/\1/p'; }
status_of_trial() { trial_lines "$1" | awk -v n="$2" '$1 == n { print $2 }'; } # EXPERIMENT TRIAL
running() { [[ $(count_status "$1" "$2" 2>/dev/null) -ge $3 ]]; }              # EXPERIMENT KEY COUNT

# A trial that goes on until the test says so.
cat >patient.sh <<'END'
#!/bin/bash
until [[ -e go || -e go.$STUNE_TRIAL ]]; do read -rt 0.02 <> <(:); done
stune metric loss="$1"
END
chmod +x patient.sh
patient=(--param "x = float(0, 1)" --minimize loss --method sobol --runner local --name patient --trials 12 --parallel 3)

# --- Ctrl-C in the middle: the jobs go on
set -m # so that the program does not ignore SIGINT as what a script puts into the background does
begin run "${patient[@]}" -- ./patient.sh {x} >run.txt 2>run_log.txt
set +m
until_true 'running patient running 3'
claim "mode of the folder" "$(stat -c %a patient.stune)" 700
claim "state while it runs" "$(state patient)" running
claim "threads while it runs: the loop and the optimizer" "$(ls "/proc/$coordinator/task" | wc -l)" 2

stune resume patient >second.txt 2>&1
claim "exit code of a second coordinator" $? 5
claim_says "a second coordinator" "$(cat second.txt)" "process $coordinator on $HOSTNAME"
stune tell patient 0 loss=1 >tell.txt 2>&1
claim "exit code of telling what the program reads itself" $? 3

stune set patient --parallel 5 >set.txt || fail "set"
until_true 'running patient running 5'

stune attach patient x=0.125 --run >attach.txt || fail "attach --run"
claim_says "attach to a running experiment" "$(cat attach.txt)" "^Trial [0-9]+ is created; process $coordinator on .* runs it"
until_true 'stune trials patient | grep -q "0\.125"'
claim "trials with the attached values" "$(stune trials patient | grep -c '0\.125')" 1

stune stop patient --trial 1 >stop.txt || fail "stop --trial"
until_true '[[ $(status_of_trial patient 1) == abandoned ]]'

kill -INT "$coordinator"
wait "$coordinator"
claim "exit code after Ctrl-C" $? 130
claim_says "how to go on after Ctrl-C" "$(cat run.txt)" 'stune resume patient.stune'
claim_says "how to cancel after Ctrl-C" "$(cat run.txt)" 'stune stop patient.stune'
claim "state after Ctrl-C" "$(state patient)" paused
survivors=$(processes | wc -l)
((survivors >= 5)) || fail "jobs did not go on after Ctrl-C: $survivors processes"

touch go.0 # it ends while nobody looks
until_true '[[ -e patient.stune/trials/000000/attempt-0/exit.0.json ]]'
begin resume patient >resume.txt 2>resume_log.txt
until_true '[[ $(status_of_trial patient 0) == completed ]]'

# --- doctor, where there is no Slurm: it says so, and what is wrong with a folder
told=$(PATH=/nowhere stune doctor .)
claim "exit code of doctor without Slurm" $? 0
claim_says "doctor without Slurm" "$told" 'note +Slurm +sbatch is not in PATH: trials would run on this machine'
claim_says "doctor finds the node program" "$told" 'ok +node program +/'
told=$(PATH=/nowhere stune doctor /proc)
claim "exit code of doctor for a folder that nobody can write to" $? 4
claim_says "doctor for a folder that nobody can write to" "$told" '^BAD '

# --- stop cancels, resume lifts it
stune stop patient >stop.txt || fail "stop"
wait "$coordinator"
claim "exit code of a stopped run" $? 1
until_true '[[ -z $(processes) ]]'
claim "state after stop" "$(state patient)" stopped
touch go
stune resume patient --trials 6 >finished.txt 2>finished_log.txt
claim "exit code of resume" $? 0
claim "state in the end" "$(state patient)" finished
claim "completed in the end" "$(count_status patient completed)" 6
claim "attempts of a trial that went on" "$(trial_lines patient | awk '$1 == 0' | cut -f6 | grep -o '"submitted"' | wc -l)" 1

# --- what is shown
claim_says "best" "$(stune best patient)" 'Best of 6 completed trials: loss = '
claim_says "best --args" "$(stune best patient --args)" ' \./patient\.sh 0\.[0-9]+\)$'

# --- the best trial once more, by typing what is printed, anywhere: what it gave then, and nothing is changed
stune run "$examples/hartmann6.sh" --trials 6 --runner local --quiet >hartmann6.txt 2>&1 || fail "hartmann6.sh"
before=$(find hartmann6.stune -type f -exec cksum {} + | sort)
again=$(cd / && eval "$(cd "$work" && stune best hartmann6 --args)" 2>"$work/again.txt")
claim "exit code of the printed line" $? 0
claim_says "what the printed line measures" "hartmann6 = $(value_of "$(stune best hartmann6 --json)" value)" "^$again"
claim "files that it changed" "$(diff <(find hartmann6.stune -type f -exec cksum {} + | sort) - <<<"$before")" ""
cat >writes.sh <<'END'
#!/bin/bash
set -eu
[[ -d $STUNE_TRIAL_DIR && $PWD == "$1" ]]
cp "$STUNE_PARAMETERS" "$STUNE_TRIAL_DIR/seen"
echo "$STUNE_TRIAL $STUNE_ATTEMPT" >"$STUNE_ATTEMPT_DIR/attempt"
echo written >"$STUNE_METRICS"
rm "$STUNE_METRICS"
stune metric loss="$STUNE_x"
END
chmod +x writes.sh
stune run --name writes --param "x = float(0, 1)" --minimize loss --trials 1 --runner local --quiet -- ./writes.sh "$work" \
  >writes.txt 2>&1 || fail "writes.sh"
(cd / && eval "$(stune best "$work/writes.stune" --args)") >again.txt 2>&1 || fail "the printed line of a command"
claim_says "what a command finds when typed" "$(cat again.txt)" '^loss = 0\.5'
claim_says "trials" "$(stune trials patient)" '^ +1 +abandoned'
claim_says "status" "$(stune status patient)" '6 completed'

# --- names and values are data: each arrives exactly, by placeholder and by environment
cat >show.sh <<'END'
#!/bin/bash
printf '%s' "$1" >value.argument
printf '%s' "$STUNE_v" >value.environment
stune metric loss=1
END
chmod +x show.sh
values=('$(touch pwned)' 'a b;c' "it's" '"quoted"' 'ünï ✓' '`touch pwned`' '*' '-n' 'back\slash' '{x}' '%s' 'a&b|c>d')
awkward() { # NAME FIXED-VALUE: a trial for one value, in its own folder
  stune run --param "v = choice($(quoted "$2"), other)" --minimize loss --method sobol --runner local --workdir trial \
    --name "$1" --trials 2 --parallel 2 --quiet -- "$work/show.sh" '{v}' >awkward.txt 2>&1
}
quoted() { # as a value of choice() is written
  local text=${1//\\/\\\\}
  printf '"%s"' "${text//\"/\\\"}"
}
for i in "${!values[@]}"; do
  awkward "awkward$i" "${values[i]}" || fail "a run with the value ${values[i]}"
  for how in argument environment; do
    found=$(grep -lxF -- "${values[i]}" awkward$i.stune/trials/00000?/value.$how | wc -l)
    claim "trials that got ${values[i]} as $how" "$found" 1
  done
done
claim "files that a value made" "$(find . -name pwned)" ""

# --- trials that somebody runs by hand
stune ask lab --param "t = float(20, 90)" --param "acid = choice(a, b)" --maximize yield >ask.txt || fail "ask"
stune tell lab 0 yield=0.71+-0.02 >tell.txt || fail "tell"
claim "trials asked for" "$(stune ask lab -n 3 --json | grep -o '"trial":' | wc -l)" 3
stune tell lab 1 --failed "did not dissolve" >>tell.txt || fail "tell --failed"
stune tell lab 2 --abandoned "power cut" >>tell.txt || fail "tell --abandoned"
stune attach lab t=40 acid=b --result yield=0.95 >attach.txt || fail "attach"
claim "ends of the trials by hand" "$(trial_lines lab | cut -f1,2 | tr '\t\n' ' ;')" \
  "0 completed;1 failed;2 abandoned;3 running;4 completed;"
claim_says "best by hand" "$(stune best lab)" 'yield = 0\.95'
stune tell lab 0 yield=0.5 >twice.txt 2>&1
claim "exit code of telling a trial twice" $? 3
stune attach lab t=500 acid=b >outside.txt 2>&1
claim "exit code of a value out of bounds" $? 3

echo "$claims claims hold"
