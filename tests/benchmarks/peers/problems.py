"""The problems as problem_service tells them; there is no second definition."""

import json
import subprocess


class Problems:
    def __init__(self, service):
        self.all = {p["name"]: p for p in json.loads(subprocess.check_output([service]))}
        self.process = subprocess.Popen(
            [service, "--evaluate"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def evaluate(self, name, x, seed=0, evaluation=0):
        """What the optimizer is told, and the value without noise."""
        self.process.stdin.write(f"{name} {seed} {evaluation} {' '.join(repr(float(v)) for v in x)}\n")
        told, true = self.process.stdout.readline().split()
        return float(told), float(true)
