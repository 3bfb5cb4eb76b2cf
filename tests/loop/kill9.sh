# Sourced: an experiment of counted trials whose coordinator is killed again and again, and what must hold in the end.
# Sets kills, resumes; needs lib.sh.

experiment=kill9.stune

start_loop() { # OPTIONS of run: begins the experiment or continues it, in one of the two ways that users have
  journal_lines
  if ((lines > 1 && resumes % 2)); then # the first line is the journal's header
    begin resume "$experiment" --quiet >>out.txt 2>>log.txt
  else
    begin run --param "x = float(0, 1)" --param "k = int(0, 1000)" --minimize loss --method sobol --seed 7 --name kill9 \
      --quiet "$@" -- "$here/counted_trial.sh" "$PWD/counts" {x} {k} >>out.txt 2>>log.txt
  fi
}

journal_lines() { # sets `lines`
  local all=()
  [[ -e $experiment/journal.jsonl ]] && mapfile -t all <"$experiment/journal.jsonl"
  lines=${#all[@]}
}

# Kills the loop `wanted_kills` times, at moments that a fixed seed chooses: after so many more lines of the journal, and then
# somewhere in the milliseconds that follow. What the loop was doing is different each time.
kill_and_resume() { # WANTED_KILLS LARGEST_STEP OPTIONS of run
  local wanted=$1 step=$2 before target delay
  shift 2
  RANDOM=${STUNE_TEST_SEED:-7}
  kills=0 resumes=0
  mkdir counts
  : >out.txt >log.txt
  start_loop "$@"
  while ((kills < wanted)); do
    journal_lines
    target=$((lines + RANDOM % step))
    delay=$(printf 0.%03d $((RANDOM % 60)))
    while journal_lines && ((lines < target)) && kill -0 "$coordinator" 2>/dev/null; do pause 0.005; done
    pause "$delay"
    kill -KILL "$coordinator" 2>/dev/null || fail "it ended after $kills kills already"
    wait "$coordinator" 2>/dev/null
    kills=$((kills + 1)) resumes=$((resumes + 1))
    start_loop "$@"
  done
  wait "$coordinator"
  claim "exit code of the last run" $? 0
}

evidence() { # shown after a failure
  tail -n 20 log.txt out.txt
  stune trials "$experiment"
  head -c 20000 "$experiment/journal.jsonl"
}

# What must hold in the end, whoever ran the trials. Those that somebody cancelled by hand do not count.
check_exactness() { # TRIALS [FAILED]
  local status failed=${2:-0} trial loss results parameters attempts x k rows
  status=$(stune status "$experiment") || fail "the journal does not replay: $status"
  rows=$(trial_lines "$experiment" | awk -F'\t' -v hands="${hands:-0}" '$2 != "abandoned" || !hands')
  claim "trials" "$(wc -l <<<"$rows")" "$1"
  claim "completed" "$(count_status "$experiment" completed)" $(($1 - failed))
  claim "failed" "$(count_status "$experiment" failed)" "$failed"
  while IFS=$'\t' read -r trial status loss results parameters attempts; do
    ((failed)) && [[ $status == failed ]] && continue
    claim "status of trial $trial" "$status" completed
    claim "results of trial $trial" "$results" 1
    x=$(value_of "$parameters" x) k=$(value_of "$parameters" k)
    claim "result of trial $trial" "$(awk -v a="$loss" -v x="$x" -v k="$k" \
      'BEGIN { d = a - ((x - 0.3) ^ 2 + k); print (d < 1e-9 && d > -1e-9 ? "right" : "wrong: " a " " x " " k) }')" right
    cat counts/end."$trial".* >/dev/null 2>&1 || fail "trial $trial has a result and was never at its end"
  done <<<"$rows"
  [[ ${restarts_happen:-} ]] || claim "attempts started twice" "$(cat counts/start.* | awk '{print $1}' | sort | uniq -d)" ""
  claim "metric files shared by two starts" "$(cat counts/start.* | awk '{print $3}' | sort | uniq -d)" ""
  claim "trials ended twice in the journal" \
    "$(grep -o '"type":"ended","trial":[0-9]*' "$experiment/journal.jsonl" | sort | uniq -d)" ""
  until_true '[[ -z $(processes) ]]'
}

report() { # TRIALS
  local starts attempts last=doubled
  [[ ${restarts_happen:-} ]] && last=restarted # by Slurm, under the same job
  starts=$(cat counts/start.* | wc -l)
  attempts=$(grep -o '"type":"intended".*' "$experiment/journal.jsonl" | grep -oE '\[[0-9]+,[0-9]+\]' | sort -u | wc -l)
  printf '%-8s %-8s %-8s %-9s %-8s %-6s %-8s\n' kills resumes trials attempts starts lost "$last"
  printf '%-8s %-8s %-8s %-9s %-8s %-6s %-8s\n' "$kills" "$resumes" "$1" "$attempts" "$starts" \
    $(($1 - $(count_status "$experiment" completed))) "$(cat counts/start.* | awk '{print $1}' | sort | uniq -d | wc -l)"
  echo "$claims claims hold"
}
