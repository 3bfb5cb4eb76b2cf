"""Trivial trials through DeepHyper: random search, so that only giving out and taking in is measured.

usage: mpirun -n 9 python deephyper_throughput.py TRIALS mpicomm   (rank 0 searches), or
       python deephyper_throughput.py TRIALS thread|process|serial WORKERS
"""
import sys
import tempfile
import time

from deephyper.evaluator import Evaluator
from deephyper.hpo import HpProblem, RandomSearch


def run(job):
    return -sum(value * value for value in job.parameters.values())


def search(evaluator, trials, label):
    problem = HpProblem()
    for i in range(6):
        problem.add_hyperparameter((0.0, 1.0), f"x{i}")
    with tempfile.TemporaryDirectory() as folder:
        searcher = RandomSearch(problem, log_dir=folder, random_state=1)
        begun = time.time()
        results = searcher.search(evaluator, max_evals=trials)
        wall = time.time() - begun
    print(f"{'DeepHyper, ' + label:24} {'random':8} {'nothing':8} {evaluator.num_workers:7} {len(results):7} {len(results) / wall:9.0f}")


if __name__ == "__main__":
    trials, method = int(sys.argv[1]), sys.argv[2]
    if method == "mpicomm":
        with Evaluator.create(run, method=method) as evaluator:
            if getattr(evaluator, "is_master", True):
                search(evaluator, trials, method)
    else:
        search(Evaluator.create(run, method=method, method_kwargs={"num_workers": int(sys.argv[3])}), trials, method)
