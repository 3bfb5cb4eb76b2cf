#!/bin/bash
# Compares stune with Ax, Optuna, SMAC and HEBO: the same problems, budgets and machine, one thread each.
#
#   tests/benchmarks/peers/compare.sh [FOLDER]        default: build/peers
#
# Makes virtual environments in FOLDER, and FOLDER/runs.csv with one line per run. May be interrupted: what is in the file
# is not run again, so a copy of the runs.csv beside this script is gone on with; with nothing left to run it prints the
# tables. Takes about half a day, most of it Ax. From outside:
#   BUILD    the configured build folder            default: build/default
#   PEERS    which                                  default: ax-optuna smac hebo
#   SEEDS    runs of each problem by each peer      default: 5 (ours always 20)
#   PROBLEMS names                                  default: all but those held out
#   TORCH    requirement for PyTorch, such as torch==2.13.0; CPU builds are enough   default: torch
set -euo pipefail
cd "$(dirname "$0")/../../.."
here=tests/benchmarks/peers
folder=${1:-build/peers}
build=${BUILD:-build/default}
programs=$build/tests/benchmarks
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1

cmake --build "$build" --parallel 2 --target regret_suite problem_service ask_tell_service
mkdir -p "$folder"

# environment NAME REQUIREMENT...: a virtual environment; peers' requirements exclude each other, so each has its own.
# SMAC 2.4 imports what the newest scikit-learn no longer has, 1.6 has it; older HEBOs have another interface.
environment() {
  [[ -e $folder/$1/ready ]] && return
  python3 -m venv "$folder/$1"
  timeout 1800 "$folder/$1/bin/pip" install --quiet --prefer-binary scipy "${@:2}" && touch "$folder/$1/ready"
}

# runs NAME OPTIMIZER...
runs() {
  # shellcheck disable=SC2086
  "$folder/$1/bin/python" $here/run_peers.py --service "$programs/problem_service" --csv "$folder/runs.csv" \
    --seeds "${SEEDS:-5}" --optimizers "${@:2}" ${PROBLEMS:+--problems $PROBLEMS}
}

# shellcheck disable=SC2086
"$programs/regret_suite" --csv "$folder/runs.csv" --seeds 20 ${PROBLEMS:+--problems $PROBLEMS}
torch=${TORCH:-torch}
for peer in ${PEERS:-ax-optuna smac hebo}; do
  case $peer in
    ax-optuna) environment ax-optuna "$torch" ax-platform botorch optuna && "$folder/ax-optuna/bin/python" \
      $here/check_problems.py "$programs/problem_service" && runs ax-optuna optuna-tpe optuna-gp ax ;;
    smac) environment smac smac 'scikit-learn<1.7' && runs smac smac ;;
    hebo) environment hebo "$torch" 'hebo>=0.3.6' && runs hebo hebo ;;
    *) echo "compare.sh: unknown peer $peer" >&2 && exit 2 ;;
  esac || echo "compare.sh: $peer does not install or run here" >&2
done
"$folder/ax-optuna/bin/python" $here/time_candidates.py --service "$programs/problem_service" \
  --stune "$programs/ask_tell_service"
"$folder/ax-optuna/bin/python" $here/compare.py "$folder/runs.csv"
