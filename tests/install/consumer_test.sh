#!/bin/bash
# Installs the build into a folder of its own, builds the tutorial against it as any consumer would, runs it, and kills and
# resumes it: 30 trials are completed in the end, each run once. The same with commands, and with the installation moved.
# usage: consumer_test.sh CMAKE BUILD_FOLDER TUTORIAL_FOLDER
set -eu
cmake=$1 build=$2 tutorial=$3
work=$(mktemp -d "$build/install-test.XXXXXX")
trap 'rm -rf "$work"' EXIT
fail() { echo "FAILED: $*" >&2; exit 1; }

"$cmake" --install "$build" --prefix "$work/prefix" >"$work/install.log"
[[ -z $(find "$work/prefix/include" -type f ! -path '*/include/stune/*') ]] || fail "internal headers were installed"
env -u CMAKE_PREFIX_PATH "$cmake" -S "$tutorial" -B "$work/build" -DCMAKE_PREFIX_PATH="$work/prefix" >"$work/configure.log" ||
  { cat "$work/configure.log" >&2; fail "the consumer does not configure"; }
"$cmake" --build "$work/build"

completed() { # ended trials of the experiment in this folder
  [[ -f hartmann6.stune/journal.jsonl ]] || { echo 0; return; }
  grep -c '"type":"ended"' hartmann6.stune/journal.jsonl || true
}

echo "--- in one go"
mkdir "$work/whole" && cd "$work/whole"
"$work/build/tutorial" 0.05 | tee output.txt
[[ $(completed) == 30 ]] || fail "not 30 trials: $(completed)"
grep -q 'Best parameters' output.txt || fail "no best trial was printed"

echo "--- killed and resumed"
mkdir "$work/killed" && cd "$work/killed"
kills=0
while true; do
  "$work/build/tutorial" 0.2 >output.txt 2>log.txt &
  program=$!
  before=$(completed)
  # Killed as soon as some more trials have ended, whatever it is doing then.
  while kill -0 $program 2>/dev/null && (( $(completed) < before + 2 )); do sleep 0.02; done
  (( kills < 5 )) && kill -9 $program 2>/dev/null && kills=$((kills + 1))
  if wait $program; then break; fi
done
[[ $kills == 5 ]] || fail "it was killed $kills times only"
[[ $(completed) == 30 ]] || fail "not 30 trials after kills: $(completed)"
[[ $(grep -o '"type":"ended","trial":[0-9]*' hartmann6.stune/journal.jsonl | sort -u | wc -l) == 30 ]] || fail "a trial ended twice"
[[ $(grep -c '"status":"failed"' hartmann6.stune/journal.jsonl) == 0 ]] || fail "a trial failed"
echo "killed $kills times, 30 trials completed, each once"

echo "--- commands"
env -u CMAKE_PREFIX_PATH "$cmake" -S "$tutorial/../commands" -B "$work/commands" -DCMAKE_PREFIX_PATH="$work/prefix" >"$work/configure.log" ||
  { cat "$work/configure.log" >&2; fail "the consumer with commands does not configure"; }
"$cmake" --build "$work/commands"
mkdir "$work/runs" && cd "$work/runs"
"$work/commands/commands" >output.txt 2>log.txt || { cat log.txt >&2; fail "commands do not run from C++"; }
grep -q '^6 trials completed' output.txt || fail "not 6 trials: $(cat output.txt)"
"$work/prefix/bin/stune" resume commands --trials 8 --quiet >resumed.txt || fail "stune does not go on with what a program began"
grep -q '^Best of 8 completed trials' resumed.txt || { cat resumed.txt >&2; fail "not 8 trials"; }

echo "--- commands, installed elsewhere"
mv "$work/prefix" "$work/moved" && mkdir "$work/again" && cd "$work/again"
LD_LIBRARY_PATH=$(dirname "$(find "$work/moved" -name libstune.so)") "$work/commands/commands" >output.txt 2>log.txt ||
  { cat log.txt >&2; fail "a library that was moved does not find its node program"; }
grep -q '^6 trials completed' output.txt || fail "not 6 trials"
mv "$work/moved" "$work/prefix"

[[ $(find "$work/prefix" -name libstune_mpi.so) ]] || exit 0
echo "--- with MPI"
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
env -u CMAKE_PREFIX_PATH "$cmake" -S "$tutorial/../ranks" -B "$work/ranks" -DCMAKE_PREFIX_PATH="$work/prefix" >"$work/configure.log" ||
  { cat "$work/configure.log" >&2; fail "the consumer with MPI does not configure"; }
"$cmake" --build "$work/ranks"
mkdir "$work/function" && cd "$work/function"
mpirun -n 3 "$work/ranks/ranks" 2>log.txt | tee output.txt
grep -qE '^best: x = 0\.(2[5-9]|3)' output.txt || { cat log.txt >&2; fail "ranks of a consumer's program find no optimum"; }
stune=$work/prefix/bin/stune
mpirun -n 3 "$stune" run --param "x = float(0, 1)" --minimize loss --trials 4 --name installed --quiet -- \
  /bin/sh -c 'stune metric loss="$0"' {x} >output.txt || fail "the installed stune does not run on ranks"
if ldd "$stune" | grep -q libmpi; then fail "stune itself needs MPI"; fi
