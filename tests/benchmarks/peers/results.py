"""The table that all optimizers write: one line per run, appended when the run has ended; what is there is not run again."""

import csv
import os

COLUMNS = [
    "optimizer",
    "problem",
    "seed",
    "workers",
    "evaluations",
    "regret",  # of the best point evaluated, without noise
    "recommended",  # regret of the point that the optimizer holds to be the best
    "candidate_seconds",  # median CPU time of one proposal, from the 11th on: others may use the machine, too
    "total_seconds",  # of all proposals
]
KEY = COLUMNS[:5]


def read(path):
    """Rows by (optimizer, problem, seed, workers, evaluations), all text; the last of equal ones."""
    if not os.path.exists(path):
        return {}
    with open(path, newline="") as file:
        return {tuple(row[k] for k in KEY): row for row in csv.DictReader(file) if None not in row.values()}


def append(path, row):
    new = not os.path.exists(path) or os.path.getsize(path) == 0
    text = ",".join(COLUMNS) + "\n" if new else ""
    text += ",".join(str(row[column]) for column in COLUMNS) + "\n"
    with open(path, "a") as file:
        file.write(text)
