#!/bin/bash
# Copy this, change what is marked, and run:  stune run template.sh
# An ordinary batch script: `sbatch` options go behind #SBATCH, `stune run` options behind #STUNE (stune run --help).

# CHANGE: what one trial needs, as you would write it for sbatch.
#SBATCH --time=00:30:00 --cpus-per-task=1

# CHANGE: what is tuned. Kinds: float(a, b)  log(a, b)  int(a, b)  int(a, b, log)  choice(a, b, c)  ordered(1, 2, 4)  bool
#STUNE --param "lr = log(1e-5, 1e-1, default=1e-3)"
#STUNE --param "layers = int(2, 8)"
#STUNE --param "optimizer = choice(sgd, adam, lamb)"

# CHANGE: what is measured, which way is better, how many trials, how many of them queued or running at a time.
#STUNE --maximize accuracy
#STUNE --trials 100 --parallel 16

set -eu

# CHANGE: your environment (module load ..., source .venv/bin/activate) and your program. Each parameter is $STUNE_<its name>.
# A program that is killed and started again finds its checkpoint in "$STUNE_TRIAL_DIR".
train() { # stands for: python train.py --lr "$STUNE_lr" --layers "$STUNE_layers" --optimizer "$STUNE_optimizer"
  awk -v lr="$1" -v layers="$2" -v optimizer="$3" 'BEGIN {
    print 0.95 - 0.02 * (log(lr / 3e-3) / log(10)) ^ 2 - 0.01 * (layers - 5) ^ 2 - 0.03 * (optimizer == "sgd") }'
}
accuracy=$(train "$STUNE_lr" "$STUNE_layers" "$STUNE_optimizer")

# CHANGE: report it. From a shell like this; from Python instead:
#   with h5py.File(os.environ["STUNE_METRICS"], "w") as file: file["accuracy"] = 0.93    # or one value per epoch
stune metric accuracy="$accuracy"
