#!/bin/bash
# What a user does beside a run on Slurm: doctor, status and explain, stop and step, and runs that were cut at odd moments.
# Needs SLURM_CONF of a running cluster. usage: slurm_commands_test.sh STUNE_PROGRAM
. "$(dirname "$0")/lib.sh" "$1"
. "$here/slurm.sh"
evidence() {
  squeue --me
  tail -n 15 ./*.txt
  local folder
  for folder in *.stune; do stune trials "$folder"; done
}

begin_run() { # NAME OPTIONS ... -- COMMAND
  local name=$1
  shift
  begin run --name "$name" --param "x = float(0, 1)" --minimize loss --method sobol --seed 7 --runner slurm --poll 1,1.5,3 \
    --submit-rate 0 --quiet "$@" >>out.txt 2>>log.txt
}
tells='stune metric loss="$STUNE_x"'
export GATE=$PWD/gate
waits='while [ ! -e "$GATE" ]; do sleep 0.1; done; '
jobs_of() { squeue --me -h -t "${2:-all}" -o "%F %j" | awk -v name="$1-" 'index($2, name) == 1 {print $1}' | sort -u; } # EXPERIMENT [STATE]
trial_is() { [[ $(trial_lines "$1" 2>/dev/null | awk -v n="$2" '$1 == n {print $2}') == "$3" ]]; } # EXPERIMENT TRIAL STATUS

# --- doctor
mkdir clinic
told=$(stune doctor clinic --test-job) || fail "doctor: $told"
for line in 'ok +node program ' 'ok +version +slurm' 'ok +controller +cluster stune_.*MinJobAge .*MaxArraySize' 'ok +squeue +[0-9]+ jobs' \
  'ok +accounting +sacct answers' 'ok +limits ' 'ok +polling +one squeue for all jobs, 1 min .* every 5 min' 'ok +submitting +at most 10' \
  'ok +test job +job [0-9]+ ran on .* and sees this folder'; do
  claim_says "doctor" "$told" "$line"
done
claim "files that doctor leaves" "$(ls clinic)" ""
claim_says "doctor without a job" "$(stune doctor clinic)" 'note +test job +not tried'
told=$(stune doctor clinic --test-job --sbatch --partition=nowhere)
claim "exit code of doctor where jobs are refused" $? 4
claim_says "doctor where jobs are refused" "$told" 'BAD +test job +not submitted: .*[Ii]nvalid partition'

# --- status shows what waits, why, and what it costs; a trial that is stopped before it starts is fenced
begin_run held --trials 2 --parallel 2 --sbatch --hold -- sh -c "$tells"
until_true '[[ $(stune status held 2>/dev/null) == *JobHeldUser* ]]'
told=$(stune status held)
claim_says "what waits" "$told" 'waiting +2 trials \(0 - 1\): JobHeldUser; .*scontrol release'
until_true '[[ $(stune status held) == *"queries/min, 0 failed (in all"* ]]'
claim_says "what it costs" "$(stune status held)" 'cost +[0-9.e-]+ s of CPU, [0-9.]+ MB at most, on '
claim_says "what waits, for programs" "$(stune status held --json)" \
  '"waiting":\[\{"advice":"[^"]*scontrol release[^"]*","reason":"JobHeldUser","trial":0\},\{'
stune stop held --trial 0 >stop.txt || fail "stop --trial"
until_true 'trial_is held 0 abandoned'
claim_says "explain a fence" "$(stune explain held 0)" 'attempt 0 is fenced: no job can start it any more'
until_true '[[ -n $(jobs_of held PD) ]] && jobs_of held PD | xargs -r -n 1 scontrol release; trial_is held 1 completed'
until_true 'jobs_of held PD | xargs -r -n 1 scontrol release; ! kill -0 $coordinator 2>/dev/null'
wait "$coordinator"
claim "exit code after a release" $? 0

# --- explain tells of every start, the signals between them, and what Slurm wrote
begin_run tale --trials 1 --sbatch --requeue -- sh -c '[ "$STUNE_RESTART" != 0 ] || sleep 300; echo a last word; '"$tells"
until_true 'stune explain tale 0 2>/dev/null | grep -q "attempt 0 is running"'
scontrol requeue "$(jobs_of tale R)"
wait "$coordinator"
claim "exit code after a requeue" $? 0
told=$(stune explain tale 0)
for line in 'made by Center' 'attempt 0 is about to be submitted as tale-' 'start 0 began as stune_[0-9a-f]+:[0-9]+ on ' \
  'attempt 0 received SIG(TERM|CONT)' 'start 0 ended: .*killed by SIGTERM' 'start 1 began as .*, restart 1' 'start 1 ended: completed' "Slurm's own log, .*slurm-[0-9]+.log" \
  'DUE TO JOB REQUEUE' 'a last word' 'the trial is completed' 'results: loss = '; do
  claim_says "explain" "$told" "$line"
done

# --- commands of Slurm that a test can break, and that tell with which priority they were called
mkdir tools
for tool in sbatch squeue; do
  cat >tools/$tool <<END
#!/bin/bash
[[ -z \${STUNE_LOOP_TEST:-} ]] || nice >>$work/nice.$tool # not the test itself
[[ ! -e $work/break.$tool ]] || . $work/break.$tool
exec $(command -v $tool) "\$@"
END
done
chmod +x tools/*
real_sbatch=$(command -v sbatch) real_path=$PATH
PATH=$work/tools:$PATH
since=$(date +%Y-%m-%dT%H:%M:%S)
away="echo 'slurm_load_jobs error: Unable to contact slurm controller (connect failure)' >&2; exit 1"

echo "$away" >break.squeue
told=$(stune doctor clinic --test-job)
claim "exit code of doctor without a queue" $? 4
claim_says "doctor without a queue" "$told" 'BAD +squeue +slurm_load_jobs error: Unable to contact slurm controller'
claim "test jobs without a queue" "$(grep -c 'test job' <<<"$told")" 0
rm break.squeue nice.*

# --- an array whose coordinator dies with sbatch's answer, and whose order of tasks is lost, too
echo 'if [[ "$*" == *--array* ]]; then rm $BASH_SOURCE; '"$real_sbatch"' "$@"; kill -KILL $PPID; exit; fi' >break.sbatch
begin_run orphan --trials 3 --parallel 3 -- sh -c "$waits$tells"
wait "$coordinator" 2>/dev/null
claim "exit code of a coordinator that was killed" $? 137
rm orphan.stune/submissions/*/tasks
journaled=$(grep -c '"state":"pending"' orphan.stune/journal.jsonl)
claim "jobs of the array that the journal knows ($journaled)" $((journaled < 2)) 1
: >gate
stune resume orphan --quiet >>out.txt 2>>log.txt
claim "exit code of its successor" $? 0
claim "completed by its successor" "$(count_status orphan completed)" 3
claim "starts of each" "$(ls -d orphan.stune/trials/*/attempt-*/claim.* | wc -l)" 3
check_jobs orphan.stune "$since"
claim "priorities of run and resume" "$(cat nice.* | sort -u)" 19

# --- a submission that may or may not have arrived is stopped: whatever it was, it never runs
echo "rm \$BASH_SOURCE; $real_sbatch \"\$@\" >/dev/null; echo 'sbatch: error: Batch job submission failed: Socket timed out on send/recv operation' >&2; exit 1" >break.sbatch
echo "$away" >break.squeue
rm -f gate
begin_run doubt --trials 1 --sbatch --hold -- sh -c 'echo "$SLURM_JOB_ID" >>'"$work/ran.txt; $tells"
until_true 'grep -q "left open whether it submitted doubt" log.txt'
stune stop doubt >stop.txt || fail "stop"
rm break.squeue
wait "$coordinator"
claim "exit code after a stop" $? 1
until_true '[[ -z $(jobs_of doubt PD,R,CG) ]]'
claim "starts of what was stopped in doubt" "$(cat ran.txt 2>/dev/null)" ""
claim "completed in doubt" "$(count_status doubt completed)" 0
claim "priority of stop's coordinator" "$(cat nice.* | sort -u)" 19

# --- steps, as from cron: a bare environment, and the lowest priority, too
rm -f nice.*
begin_run cron --trials 2 --parallel 2 -- sh -c "$waits$tells"
until_true '[[ -n $(jobs_of cron R) ]]'
kill -TERM "$coordinator"
wait "$coordinator"
claim "exit code after SIGTERM" $? 130
rm -f nice.*
step=(env -i "PATH=$PATH" "SLURM_CONF=$SLURM_CONF" "STUNE_LOOP_TEST=$mark" "$program" step cron.stune --quiet)
"${step[@]}" >>out.txt 2>>log.txt
claim "exit code of a step while jobs run" $? 0
: >gate
until_true '"${step[@]}" >>out.txt 2>>log.txt || fail "step: $?"; (($(count_status cron completed) == 2))'
claim "priority of steps" "$(cat nice.* | sort -u)" 19
claim_says "environment of a trial from cron" "$(tr '\0' '\n' <cron.stune/environment)" '^GATE='
echo "$claims claims hold"
