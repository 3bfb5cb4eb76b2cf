#!/bin/bash
# --keep: what is left of trials that are over, trials as processes of this machine. usage: keep_local_test.sh STUNE_PROGRAM
. "$(dirname "$0")/lib.sh" "$1"
. "$here/kill9.sh"

evidence() { tail -n 20 ./*.txt; ls -A ./*.stune/trials ./*.stune/submissions; }
folders() { ls -A "$1.stune/trials"; }                        # EXPERIMENT: also what is being removed
padded() { for n in "$@"; do printf '%06d\n' "$n"; done; }    # NUMBER ...
with_status() { trial_lines "$1" | awk -v s="$2" '$2 == s { print $1 }'; } # EXPERIMENT STATUS
best_of() { stune status "$1" --json | sed -nE 's/.*"best":\{"parameters":\{[^}]*\},"sem":[^,]*,"trial":([0-9]+).*/\1/p'; }

# Every fifth trial fails; each leaves a checkpoint, and a link to what is not its own.
mkdir precious && echo mine >precious/file
cat >trial.sh <<'END_OF_TRIAL'
#!/bin/bash
mkdir "$STUNE_TRIAL_DIR/checkpoint" && echo state >"$STUNE_TRIAL_DIR/checkpoint/step"
ln -s "$PWD/precious" "$STUNE_TRIAL_DIR/precious"
echo "x is $1"
((STUNE_TRIAL % 5 != 3 || ${ALL_WELL:-0})) || exit 3
stune metric loss="$1"
END_OF_TRIAL
chmod +x trial.sh
options=(--param "x = float(0, 1)" --minimize loss --method sobol --seed 7 --runner local --trials 30 --parallel 4 --quiet)

# --- what stays
for keep in all failed best; do
  stune run "${options[@]}" --keep $keep --name $keep -- ./trial.sh {x} >$keep.txt 2>&1 || fail "run with --keep $keep"
done
claim "folders with all" "$(folders all | wc -l)" 30
claim "folders with failed" "$(folders failed)" "$(padded $(with_status failed failed))"
claim "trials that failed" "$(folders failed | wc -l)" 6
claim "folder with best" "$(folders best)" "$(padded "$(best_of best)")"
claim "output of the best trial" "$(cat best.stune/trials/*/attempt-0/output.log | wc -l)" 1
claim "what links pointed at" "$(cat precious/file)" mine
claim "trials that the journal tells of" "$(trial_lines best | wc -l)" 30
stune report best >report.txt || fail "report"

gone=$((($(best_of best) + 1) % 30))
stune explain best $gone >explain.txt || fail "explain"
claim_says "explain of a removed trial" "$(cat explain.txt)" '^attempt 0: output removed \(--keep best\)$'
claim_says "explain of the one that stays" "$(stune explain best "$(best_of best)")" '^attempt 0: /.*/attempt-0$'

# --- a later wish
stune resume all --keep best --quiet >later.txt 2>&1 || fail "resume --keep best"
claim "folder after resume --keep best" "$(folders all)" "$(padded "$(best_of all)")"
stune run "${options[@]}" --keep none --name none -- ./trial.sh {x} >none.txt 2>&1
claim "exit code of a wrong word" $? 2
claim_says "a wrong word" "$(cat none.txt)" 'found "none"; valid are "all", "failed" and "best"'

# --- while it runs
cat >patient.sh <<'END_OF_TRIAL'
#!/bin/bash
until [[ -e go || $STUNE_TRIAL -lt 3 ]]; do read -rt 0.02 <> <(:); done
stune metric loss="$1"
END_OF_TRIAL
chmod +x patient.sh
begin run "${options[@]}" --trials 8 --parallel 2 --name while -- ./patient.sh {x} >while.txt 2>&1
until_true '[[ $(count_status while completed 2>/dev/null) -eq 3 && $(count_status while running) -eq 2 ]]'
stune set while --keep best >set.txt || fail "set --keep"
until_true '[[ $(folders while | wc -l) -eq 3 ]]' # the best so far, and two that run
: >go
wait "$coordinator"
claim "exit code of the run" $? 0
claim "folder after set --keep" "$(folders while)" "$(padded "$(best_of while)")"

# --- each setting, in files and folders, for 30 trials that complete
printf '%-8s %s\n' keep inodes
for keep in all failed best; do
  ALL_WELL=1 stune run "${options[@]}" --keep $keep --name "well_$keep" -- ./trial.sh {x} >well.txt 2>&1 || fail "run"
  printf '%-8s %s\n' $keep "$(find "well_$keep.stune" -mindepth 1 | wc -l)"
done
claim "folders of trials that completed, with failed" "$(folders well_failed)" ""

# --- kill -9 at random moments
kill_and_resume 12 6 --runner local --trials 30 --parallel 4 --keep best
check_exactness 30
claim "folder after kills" "$(folders kill9)" "$(padded "$(best_of kill9)")"
report 30
