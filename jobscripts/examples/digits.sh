#!/bin/bash
# Tunes a neural network on scikit-learn's handwritten digits (1,797 pictures of 8 x 8, part of the package).
#
#   stune run digits.sh                  on Slurm, or with --runner local on this machine; about three seconds a trial
#   bash digits.sh --defaults            the accuracy of the classifier as it comes, to compare with
#
# Needs Python with scikit-learn and h5py (Debian: python3-sklearn, python3-h5py). The program is part of this script because
# Slurm runs a copy of the script that does not know where it came from.
#SBATCH --time=00:05:00 --cpus-per-task=1
#STUNE --param "lr = log(1e-4, 1e-1, default=1e-3)"
#STUNE --param "alpha = log(1e-5, 10, default=1e-4)"
#STUNE --param "width = int(32, 256, log, default=100)"
#STUNE --param "layers = int(1, 2, default=1)"
#STUNE --param "batch = int(32, 256, log, default=200)"
#STUNE --param "activation = choice(relu, tanh, logistic, default=relu)"
#STUNE --maximize accuracy
#STUNE --trials 40 --parallel 4

# Several trials share a machine: each keeps to its one core.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
exec "${PYTHON:-/usr/bin/python3}" - "$@" <<'END'
import os
import sys

import h5py
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import StratifiedKFold
from sklearn.neural_network import MLPClassifier

EPOCHS = 30
X, y = load_digits(return_X_y=True)
folds = list(StratifiedKFold(3, shuffle=True, random_state=0).split(X, y))


def write_metrics(accuracies):
    """A row per epoch, a column per fold. Complete at any moment: readers see the old file or the new one."""
    path = os.environ["STUNE_METRICS"]
    with h5py.File(path + ".tmp", "w") as file:
        file["accuracy"] = np.mean(accuracies, axis=1)
        file["accuracy.sem"] = np.std(accuracies, axis=1, ddof=1) / len(folds) ** 0.5
    os.replace(path + ".tmp", path)


def tune():
    parameter = {name: os.environ["STUNE_" + name] for name in ("lr", "alpha", "width", "layers", "batch", "activation")}
    models = [
        MLPClassifier(
            hidden_layer_sizes=(int(parameter["width"]),) * int(parameter["layers"]),
            learning_rate_init=float(parameter["lr"]),
            alpha=float(parameter["alpha"]),
            batch_size=int(parameter["batch"]),
            activation=parameter["activation"],
            random_state=0,
        )
        for _ in folds
    ]
    accuracies = []
    for epoch in range(EPOCHS):
        for model, (train, _) in zip(models, folds):
            model.partial_fit(X[train], y[train], classes=np.arange(10))
        accuracies.append([model.score(X[test], y[test]) for model, (_, test) in zip(models, folds)])
        write_metrics(accuracies)
        print(f"epoch {epoch + 1}: accuracy {np.mean(accuracies[-1]):.4f}", flush=True)


def defaults():
    print(np.mean([MLPClassifier(random_state=0).fit(X[train], y[train]).score(X[test], y[test]) for train, test in folds]))


defaults() if sys.argv[1:] == ["--defaults"] else tune()
END
