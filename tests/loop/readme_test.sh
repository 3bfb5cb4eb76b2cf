#!/bin/bash
# README.md is true: its experiment script and its commands, taken from its text, do what it says; its tables of options and
# of JSON keys are complete. Only the numbers of trials are made smaller. usage: readme_test.sh STUNE_PROGRAM
. "$(dirname "$0")/lib.sh" "$1"

readme=$here/../../README.md
evidence() { tail -n 20 ./*.txt; }
section() { awk -v title="## $1" '$0 == title { on = 1; next } /^## / { on = 0 } on' "$readme"; } # TITLE
smaller() { sed -E 's/--trials 50/--trials 6/; s/--trials 100/--trials 9/; s/--trials 200/--trials 12/'; }

# A machine without Slurm, with this stune in its PATH.
mkdir bin
cp -s /usr/bin/* bin 2>/dev/null
rm -f bin/sbatch
ln -sf /usr/bin/python3 bin/python
cat >bin/stune <<END2
#!/bin/sh
exec env STUNE_LOOP_TEST=$mark $program "\$@"
END2
chmod +x bin/stune
export PATH=$work/bin

# --- the experiment script, and a program for it that tells its result as README says
section "Five minutes" | sed -n '/^    #!\/bin\/bash/,/^$/s/^    //p' | smaller >train.sh
claim "lines of the experiment script" "$(grep -c '^#STUNE' train.sh)" 5
hdf5=$(section "The trial's side" | sed -nE 's/^ *(with h5py.File.*)/\1/p')
cat >train.py <<END2
import argparse, math, os, h5py
options = argparse.ArgumentParser()
options.add_argument("--lr", type=float)
options.add_argument("--layers", type=int, default=2)
options.add_argument("--optimizer")
lr = options.parse_args().lr
${hdf5/0.93/-abs(math.log10(lr) + 3)}
with h5py.File(os.environ["STUNE_METRICS"], "a") as f: f["loss"] = lr
END2
cp "$examples/hartmann6.sh" .

# --- every command of the tour, in its order
section "Five minutes" | sed -nE 's/^    (\$ )?(stune [a-z].*)/\2/p' | sed -E 's/ +# .*//' | smaller >commands.txt
(($(wc -l <commands.txt) >= 10)) || fail "only $(wc -l <commands.txt) commands of the tour were found"
while read -r command <&3; do
  bash -c "$command" >out.txt 2>log.txt
  code=$?
  # What was to be stopped has ended long ago here, and it says so.
  if [[ $command == "stune stop train --trial 7" ]]; then
    claim "exit code of $command" $code 3
  else
    claim "exit code of $command" $code 0
  fi
  case $command in
    *--dry-run) claim "submitted by $command" "$(count_status train.stune completed)" 9 ;;
    "stune trials --best-first" | "stune run hartmann6.sh"*) claim_says "$command" "$(cat out.txt)" 'hartmann6' ;;
    "stune best train --args") claim_says "$command" "$(cat out.txt)" 'STUNE_lr=[0-9.e-]+ STUNE_layers=[2-8] STUNE_optimizer=' ;;
  esac
  [[ $command == "stune run hartmann6.sh"* ]] && mkdir -p only && mv hartmann6.stune only/ && cd only
  [[ $command == "stune trials --best-first" ]] && cd "$work" && mv only/hartmann6.stune .
done 3<commands.txt
claim "trials in the end" "$(count_status train.stune completed)" 12

# --- with MPI, where stune was built with it
if [[ -x $(dirname "$program")/stune-mpi ]]; then
  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
  section "With MPI" | sed -nE 's/^    ((mpirun|stune) .*)/\1/p' |
    sed -E 's/ +# .*//; s/-n 9/-n 3/; s/--trials 200/--trials 14/; s/--trials 210/--trials 16/' >commands.txt
  claim "commands with MPI" "$(wc -l <commands.txt)" 3
  while read -r command <&3; do
    bash -c "$command" >out.txt 2>log.txt
    claim "exit code of $command" $? 0
  done 3<commands.txt
  claim "trials after those with MPI" "$(count_status train.stune completed)" 16
fi

# --- trials run by hand
section "Trials that you run yourself" | sed -nE 's/^    (stune .*)/\1/p' | sed -E 's/ +# .*//' >commands.txt
while read -r command <&3; do
  bash -c "$command" >out.txt 2>log.txt
  claim "exit code of $command" $? 0
done 3<commands.txt

# --- what the tables name
stune run --help | grep -oE -- '--[a-z][a-z-]+' | sort -u | grep -vxE -- '--help' >known.txt
section Options | grep -oE -- '`--[a-z][a-z-]+' | tr -d '`' | sort -u >told.txt
claim "options that README does not know, or knows alone" "$(diff known.txt told.txt)" ""
stune status train --json >status.txt
stune trials train --json >trials.txt
stune best train --json >best.txt
stune ask lab --json >ask.txt
stune predict train lr=1e-3 layers=4 optimizer=adam --json >predict.txt
stune tell lab "$(grep -o '"trial":[0-9]*' ask.txt | tail -n 1 | cut -d: -f2)" yield=0.5 --json >tell.txt
stune set lab --trials 1000 --json >set.txt
stune stop lab --json >stop.txt
python - "$readme" <<'END2' || fail "keys of --json"
import json, re, sys

rows = re.findall(r"^\| `(status|trials|best|ask|predict|tell|set|stop)`.*? \| (`.*) \|$", open(sys.argv[1]).read(), re.M)
assert len(rows) == 8, rows
for command, text in rows:
    printed = json.load(open(command + ".txt"))
    keys = re.match("`([^`]*)`", text).group(1)
    told = set(re.findall(r"[a-z0-9_]+", keys))
    told |= set(re.findall("[a-z_]+", text.split("has `")[1].split("` and")[0])) if command == "trials" else set()
    first = set(re.findall(r"[a-z0-9_]+", re.sub(r"\{[^{}]*\}|\[[^\[\]]*\]", "", re.sub(r"\{[^{}]*\}", "", keys))))
    assert set(printed) <= told, (command, set(printed) - told)
    missing = {key for key in first if key not in json.dumps(printed)}
    assert not missing, (command, missing)
END2
claims=$((claims + 8))
echo "$claims claims hold"
