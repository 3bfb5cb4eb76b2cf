"""Seconds per candidate side by side: each optimizer is given the same outcomes and then asked, told, asked, ...

All optimizers take turns, several times over, so that whatever else the machine does meets them alike. CPU time of the
process that chooses, one thread.
"""

import argparse
import statistics
import time

import torch

from optimizers import Ax, OptunaGP, Stune
from problems import Problems

PROBLEM = "hartmann6"


def measure(adapter, problems, asks):
    clock = getattr(adapter, "cpu_seconds", time.process_time)
    adapter.ask()  # the first fit is a cold one, and may load what is loaded late
    adapter.tell(0.0)
    seconds = []
    for _ in range(asks):
        begin = clock()
        x = adapter.ask()
        seconds.append(clock() - begin)
        adapter.tell(problems.evaluate(PROBLEM, x)[0])
    return seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--service", required=True, help="the program problem_service")
    parser.add_argument("--stune", required=True, help="the program ask_tell_service")
    parser.add_argument("--outcomes", type=int, nargs="+", default=[50, 100, 200])
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    problems = Problems(arguments.service)
    problem = problems.all[PROBLEM]
    makers = {
        "stune": (lambda seed: Stune(problem, seed, arguments.stune), 20),
        "optuna-gp": (lambda seed: OptunaGP(problem, seed), 5),
        "ax": (lambda seed: Ax(problem, seed), 3),
    }
    print(f"{PROBLEM}: median milliseconds per candidate, and how many times longer than stune")
    for n in arguments.outcomes:
        seconds = {name: [] for name in makers}
        for turn in range(1, arguments.rounds + 1):
            points = torch.quasirandom.SobolEngine(6, scramble=True, seed=turn).draw(n, dtype=torch.double).tolist()
            for name, (make, asks) in makers.items():
                adapter = make(turn)
                for x in points:
                    adapter.attach(x, problems.evaluate(PROBLEM, x)[0])
                seconds[name] += measure(adapter, problems, asks)
        medians = {name: statistics.median(values) for name, values in seconds.items()}
        line = [f"{name} {1e3 * m:.1f} ({m / medians['stune']:.0f}x)" for name, m in medians.items()]
        print(f"n = {n:4}:", ", ".join(line), flush=True)


if __name__ == "__main__":
    main()
