# Sourced: tunes the digits classifier with a small budget and checks what came out. Needs lib.sh and scikit-learn.

check_digits() { # TRIALS OPTIONS of run
  local trials=$1 best defaults file
  shift
  stune run "$examples/digits.sh" --trials "$trials" --seed 3 --quiet "$@" >out.txt 2>log.txt
  claim "exit code" $? 0
  claim "completed" "$(count_status digits.stune completed)" "$trials"
  file=$(find digits.stune/trials -name 'metrics.*.h5' -print -quit)
  claim "results are in HDF5" "$(head -c 7 "$file" | tail -c 6)" $'HDF\r\n\x1a'
  # Nothing was told by `stune metric`, and every trial has its whole progression.
  claim "trials that told nothing by a shell" \
    "$(grep -lF '"observations":[]' digits.stune/trials/*/attempt-*/exit.*.json | wc -l)" "$trials"
  claim "progressions" "$(stune trials digits.stune --json | grep -o '"step":29' | wc -l)" "$trials"
  best=$(stune best digits.stune --json | sed -nE 's/.*"value":([0-9.e-]+).*/\1/p')
  defaults=$(OMP_NUM_THREADS=1 bash "$examples/digits.sh" --defaults)
  claim "best $best beats the defaults $defaults" "$(awk -v a="$best" -v b="$defaults" 'BEGIN { print (a > b) }')" 1
  cat out.txt
  echo "accuracy $best, defaults $defaults; $claims claims hold"
}

evidence() {
  cat log.txt out.txt
  stune trials digits.stune
  tail -n 5 digits.stune/trials/*/attempt-*/output.log
}

${PYTHON:-/usr/bin/python3} -c 'import sklearn, h5py' 2>/dev/null || { echo "skipped: no scikit-learn or h5py"; exit 77; }
