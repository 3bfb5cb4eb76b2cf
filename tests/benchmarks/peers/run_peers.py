"""Runs other optimizers on the problems and appends one line per run to a CSV file.

Seed by seed, so that after an interruption every problem has had its turn; a run whose line is there is skipped.
"""

import argparse
import statistics
import time

import results
from optimizers import OPTIMIZERS
from problems import Problems

UNHURRIED = 10  # proposals that are not counted: initial designs, and what is loaded late


def run(problems, problem, optimizer, seed):
    adapter = OPTIMIZERS[optimizer](problem, seed)
    regret = float("inf")
    seconds = []
    for evaluation in range(problem["budget"]):
        begin = time.process_time()
        x = adapter.ask()
        seconds.append(time.process_time() - begin)
        told, true = problems.evaluate(problem["name"], x, seed, evaluation)
        adapter.tell(told)
        regret = min(regret, true - problem["optimum"])
    recommended = regret
    if problem["noise"] > 0:
        recommended = problems.evaluate(problem["name"], adapter.recommend())[1] - problem["optimum"]
    return {
        "optimizer": optimizer,
        "problem": problem["name"],
        "seed": seed,
        "workers": 1,
        "evaluations": problem["budget"],
        "regret": f"{regret:.6g}",
        "recommended": f"{recommended:.6g}",
        "candidate_seconds": f"{statistics.median(seconds[UNHURRIED:]):.6g}",
        "total_seconds": f"{sum(seconds):.6g}",
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--service", required=True, help="the program problem_service")
    parser.add_argument("--csv", required=True)
    parser.add_argument("--optimizers", nargs="+", default=["ax", "optuna-gp", "optuna-tpe"], choices=OPTIMIZERS)
    parser.add_argument("--problems", nargs="+", help="names; all that are not held out")
    parser.add_argument("--seeds", type=int, default=5)
    arguments = parser.parse_args()
    problems = Problems(arguments.service)
    names = arguments.problems or [p["name"] for p in problems.all.values() if not p["held_out"]]
    for seed in range(1, arguments.seeds + 1):
        for problem in (problems.all[name] for name in names):
            for optimizer in arguments.optimizers:
                if (optimizer, problem["name"], str(seed), "1", str(problem["budget"])) in results.read(arguments.csv):
                    continue
                try:
                    row = run(problems, problem, optimizer, seed)
                except Exception as error:  # a peer that fails is no reason to lose the others
                    print(f"{optimizer} {problem['name']} seed {seed} FAILED: {type(error).__name__}: {error}", flush=True)
                    continue
                results.append(arguments.csv, row)
                print(*row.values(), flush=True)


if __name__ == "__main__":
    main()
