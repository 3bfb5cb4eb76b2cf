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
    """Rows by KEY, all text; the last of equal ones. A last line that was cut off is passed over."""
    if not os.path.exists(path):
        return {}
    with open(path, newline="") as file:
        whole = [line for line in file if line.endswith("\n")]
    return {tuple(row[k] for k in KEY): row for row in csv.DictReader(whole)}


def append(path, row):
    lines = []
    if os.path.exists(path):
        with open(path, newline="") as file:
            lines = file.readlines()
    text = "" if lines else ",".join(COLUMNS) + "\n"
    if lines and not lines[-1].endswith("\n"):
        os.truncate(path, sum(map(len, lines[:-1])))
    text += ",".join(str(row[column]) for column in COLUMNS) + "\n"
    with open(path, "a") as file:
        file.write(text)
