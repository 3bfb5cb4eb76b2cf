"""The side-by-side table of all runs in a CSV file.

Regret of the recommended point: where there is no noise, of the best point evaluated. Verdicts are those of one-sided tests
at 0.05: Wilcoxon's paired test over the seeds that both have run, and the rank-sum test over all seeds of each. With
fewer than 5 common seeds no paired test can tell anything.
"""

import sys
from collections import defaultdict
from statistics import median

from scipy.stats import mannwhitneyu, wilcoxon

import results

OURS = "stune"
BAR = ("ax", "optuna-gp")  # not to be significantly worse than the better of them
LEVEL = 0.05
NO_DIFFERENCE = 1e-6  # smaller regrets are all the same


def load(path):
    runs = defaultdict(dict)  # (problem, optimizer) -> seed -> regret
    seconds = defaultdict(list)
    for (optimizer, problem, seed, workers, _), row in results.read(path).items():
        if workers == "1":
            runs[problem, optimizer][int(seed)] = max(float(row["recommended"]), NO_DIFFERENCE)
            if row["candidate_seconds"] != "nan":
                seconds[problem, optimizer].append(float(row["candidate_seconds"]))
    return runs, seconds


def verdict(test):
    """`test` takes the alternative that ours is less, or greater, and gives a p-value."""
    return "win" if test("less") < LEVEL else "loss" if test("greater") < LEVEL else "tie"


def paired(ours, theirs):
    differences = [ours[seed] - theirs[seed] for seed in ours.keys() & theirs.keys()]
    if len(differences) < 5:
        return "few"
    return verdict(lambda side: wilcoxon(differences, alternative=side).pvalue) if any(differences) else "tie"


def rank_sum(ours, theirs):
    return verdict(lambda side: mannwhitneyu(list(ours.values()), list(theirs.values()), alternative=side).pvalue)


def print_regrets(runs, problems, optimizers):
    print("Median regret, and how many seeds:\n")
    print(f"{'problem':20}" + "".join(f"{o:>15}" for o in optimizers))
    for problem in problems:
        cells = [runs.get((problem, o), {}) for o in optimizers]
        print(f"{problem:20}" + "".join(f"{median(c.values()):10.3g} [{len(c):2}]" if c else f"{'-':>15}" for c in cells))


def print_verdicts(runs, problems, peers):
    print(f"\n{OURS} against each, paired / rank sum:\n")
    for peer in peers:
        counts = [defaultdict(int), defaultdict(int)]
        for problem in (p for p in problems if (p, peer) in runs):
            for count, test in zip(counts, (paired, rank_sum)):
                count[test(runs[problem, OURS], runs[problem, peer])] += 1
        line = [", ".join(f"{count[v]} {v}" for v in ("win", "tie", "loss", "few") if count[v]) for count in counts]
        print(f"{peer:12} {line[0]:40} / {line[1]}")


def print_bar(runs, problems):
    compared, worse, better = [], [], 0
    for problem in problems:
        there = [peer for peer in BAR if (problem, peer) in runs]
        if len(there) < len(BAR):
            continue
        best = min(there, key=lambda peer: median(runs[problem, peer].values()))
        ours, theirs = runs[problem, OURS], runs[problem, best]
        compared.append(problem)
        better += median(ours.values()) < median(theirs.values())
        if "loss" in (paired(ours, theirs), rank_sum(ours, theirs)):
            worse.append(problem)
    if compared:
        n = len(compared)
        print(f"\nAgainst the better of {' and '.join(BAR)} on {n} problems: better median on {better} ({100 * better / n:.0f} %,")
        print(f"wanted 70 %), significantly worse on {len(worse)} ({100 * len(worse) / n:.0f} %, at most 10 %): {' '.join(worse)}")


def print_seconds(seconds, problems, optimizers):
    print("\nMedian CPU milliseconds per candidate, and how many times longer than ours:\n")
    print(f"{'problem':20}" + "".join(f"{o:>18}" for o in optimizers))
    for problem in problems:
        ours = median(seconds[problem, OURS])
        cells = [median(s) if (s := seconds.get((problem, o))) else None for o in optimizers]
        print(f"{problem:20}" + "".join(f"{1e3 * c:9.1f} ({c / ours:5.1f}x)" if c else f"{'-':>18}" for c in cells))


def main():
    runs, seconds = load(sys.argv[1])
    problems = [problem for problem, optimizer in runs if optimizer == OURS]
    everyone = dict.fromkeys(optimizer for _, optimizer in runs)
    optimizers = [OURS] + sorted(o for o in everyone if o != OURS)
    print_regrets(runs, problems, optimizers)
    print_verdicts(runs, problems, optimizers[1:])
    print_bar(runs, problems)
    print_seconds(seconds, problems, optimizers)


if __name__ == "__main__":
    main()
