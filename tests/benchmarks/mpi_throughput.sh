#!/bin/bash
# What an MPI run costs, beside libEnsemble and DeepHyper with the same trials, and whether it finds what local processes find.
#
#   tests/benchmarks/mpi_throughput.sh [--gate] [FOLDER]   default: build/mpi_peers; holds the peers' virtual environment
#
# Prints tables and whether the bars hold; takes some five minutes. With --gate the exit code is 1 where one does not. All of
# it runs on this machine, so several ranks share a core. From outside:
#   BUILD      the configured build folder                                   default: build/default
#   PEERS      requirements for pip, or nothing                              default: mpi4py libensemble deephyper
#   SEEDS      runs for each regret                                          default: 5
set -euo pipefail
cd "$(dirname "$0")/../.."
gate=
[[ ${1:-} == --gate ]] && gate=1 && shift
ours=tests/benchmarks/mpi_peers
folder=$(mkdir -p "${1:-build/mpi_peers}" && cd "${1:-build/mpi_peers}" && pwd)
build=$(cd "${BUILD:-build/default}" && pwd)
program=$build/tests/benchmarks/mpi_throughput
peers=${PEERS-mpi4py libensemble deephyper}
python=$folder/environment/bin/python
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 LC_ALL=C
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1

cmake --build "$build" --parallel 2 --target mpi_throughput stune >"$folder/build.log"
if [[ $peers && ! -e $folder/environment/ready ]]; then
  python3 -m venv "$folder/environment"
  # shellcheck disable=SC2086
  timeout 1800 "$folder/environment/bin/pip" install --quiet --prefer-binary $peers && touch "$folder/environment/ready"
fi

stune_with() { mpirun -n $(($1 + 1)) "$program" "${@:2}"; } # WORKERS OPTIONS
peer() { # COMMAND ...: says why where it does not run
  timeout 600 "$@" 2>"$folder/peer.log" || echo "$* does not run here: $(tail -n 1 "$folder/peer.log")"
}

show() { tee -a "$folder/table.txt"; }
: >"$folder/table.txt"
echo "On $(nproc --all) cores with a load of $(cut -d' ' -f1 /proc/loadavg)."
echo
printf '%-24s %-8s %-8s %7s %7s %9s %10s %10s %7s %7s %15s %10s\n' trials chosen take workers trials trials/s 'loop, ms' \
  'choice, ms' 'rank 0%' 'idle, %' 'next, ms 50 95%' regret
{
for workers in 1 2 4 8; do stune_with $workers --trials 3000; done
for workers in 1 2 4 8; do stune_with $workers --trials 500 --command; done
# With eight trials at hand for each worker: peers have all of theirs from the beginning. Twice, since loads change.
stune_with 8 --trials 3000 --parallel 64
if [[ $peers ]]; then
  peer mpirun -n 9 "$python" $ours/libensemble_throughput.py 3000
  peer "$python" $ours/libensemble_throughput.py 3000 8
  peer "$python" $ours/deephyper_throughput.py 3000 thread 8
  peer mpirun -n 9 "$python" $ours/deephyper_throughput.py 300 mpicomm # some 20 a second
  stune_with 8 --trials 3000 --parallel 64
fi
for method in sobol fast; do
  stune_with 8 --ms 10 --trials 400 --method $method
  stune_with 8 --ms 100 --trials 400 --method $method
  stune_with 8 --ms 1000 --trials 80 --method $method
done
# How fast an end leads to a start: nothing is at hand, so that each trial waits for rank 0 to journal and give out.
stune_with 2 --ms 100 --trials 100 --one-by-one
} | show

# --- the bars; columns are counted behind the name, which is 24 characters wide
missed=0
bar() { # WHAT FOUND RELATION LIMIT
  local holds
  holds=$(awk -v a="$2" -v b="$4" -v r="$3" 'BEGIN { print (a == "" ? "not measured" : (r == "<" ? a < b : a >= b) ? "holds" : "MISSED") }')
  printf '%-72s %9s  bar %s %-6s %s\n' "$1" "${2:--}" "$3" "$4" "$holds"
  [[ $holds == MISSED ]] && missed=1
  return 0
}
row() { # NAME CHOSEN TAKE WORKERS COLUMN: of the last such row, counted from behind the name
  awk -v name="$1" -v chosen="$2" -v take="$3" -v workers="$4" -v column="$5" 'substr($0, 1, length(name)) == name {
    line = substr($0, 25); gsub(/ ms/, "ms", line); split(line, f, " ")
    if (f[1] == chosen && f[2] == take && f[3] == workers) found = f[column] } END { print found }' "$folder/table.txt"
}
echo
rate=$(row "stune, function" sobol nothing 8 5)
for other in libEnsemble DeepHyper; do
  best=$(awk -v name="$other" 'substr($0, 1, length(name)) == name { line = substr($0, 25); split(line, f, " "); if (f[5] > best) best = f[5] } END { print best }' "$folder/table.txt")
  [[ $best ]] && bar "trials/s on trivial trials, times those of $other ($best)" "$(awk -v a="$rate" -v b="$best" 'BEGIN { printf "%.1f", a / b }')" '>=' 10
done
bar "idle share of 8 workers in percent, 100 ms, Sobol" "$(row "stune, function" sobol 100ms 8 9)" '<' 2
bar "idle share of 8 workers in percent, 100 ms, model" "$(row "stune, function" fast 100ms 8 9)" '<' 5
bar "rank 0's loop in percent of a core, 8 workers, 1 s" "$(row "stune, function" sobol 1000ms 8 8)" '<' 2
bar "from an end to the next start in ms, median, nothing at hand" "$(row "stune, function" sobol 100ms 2 10)" '<' 10

echo
echo "Regret on hartmann6 after 60 trials, 8 at a time: the same script on MPI ranks and as local processes"
printf '%-6s %10s %10s\n' seed ranks local
lowest() { sed -nE 's/.*"value":(-?[0-9.e+-]+).*/\1/p'; }
work=$(mktemp -d "${TMPDIR:-/tmp}/stune-mpi.XXXXXX")
trap 'cd / && rm -rf "$work"' EXIT
cp jobscripts/examples/hartmann6.sh "$work" && cd "$work"
stune=$build/src/cli/stune
for ((seed = 1; seed <= ${SEEDS:-5}; ++seed)); do
  options=(hartmann6.sh --trials 60 --parallel 8 --seed $seed --quiet)
  mpirun -n 9 "$stune" run "${options[@]}" --folder ranks$seed.stune >>log.txt 2>&1
  "$stune" run "${options[@]}" --runner local --folder local$seed.stune >>log.txt 2>&1
  printf '%s %s %s\n' $seed "$("$stune" best ranks$seed.stune --json | lowest)" "$("$stune" best local$seed.stune --json | lowest)"
done | awk '{ printf "%-6d %10.2g %10.2g\n", $1, $2 + 3.32237, $3 + 3.32237 }'
[[ ! $gate || $missed == 0 ]]
