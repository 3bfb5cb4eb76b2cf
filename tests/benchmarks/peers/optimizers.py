"""Other optimizers through their public ask-and-tell interfaces, with their defaults.

An adapter is made with (problem, seed) and has
    ask()         the next point: one number per parameter, for a choice the index of the value
    tell(y)       the loss at the point asked for last
    recommend()   the point it holds to be the best
    attach(x, y)  tells of a point of somebody else's choice (only those that are timed side by side)
"""

import logging
import subprocess
import tempfile
import warnings

warnings.filterwarnings("ignore")


class Ax:
    def __init__(self, problem, seed):
        import torch
        from ax.api.client import Client
        from ax.api.configs import ChoiceParameterConfig, RangeParameterConfig

        torch.set_num_threads(1)
        logging.disable(logging.WARNING)
        self.names = [p["name"] for p in problem["parameters"]]
        self.client = Client(random_seed=seed)

        def config(p):
            if p["kind"] == "choice":
                return ChoiceParameterConfig(
                    name=p["name"], parameter_type="str", values=[str(i) for i in range(p["count"])], is_ordered=False
                )
            whole = p["kind"] == "integer"
            bounds = (int(p["lower"]), int(p["upper"])) if whole else (p["lower"], p["upper"])
            return RangeParameterConfig(name=p["name"], bounds=bounds, parameter_type="int" if whole else "float")

        self.client.configure_experiment(parameters=[config(p) for p in problem["parameters"]])
        self.client.configure_optimization(objective="-loss")

    def point(self, parameterization):
        return [float(parameterization[name]) for name in self.names]

    def attach(self, x, y):  # real parameters only
        trial = self.client.attach_trial(parameters=dict(zip(self.names, x)))
        self.client.complete_trial(trial_index=trial, raw_data={"loss": y})

    def ask(self):
        ((self.trial, parameterization),) = self.client.get_next_trials(max_trials=1).items()
        return self.point(parameterization)

    def tell(self, y):
        self.client.complete_trial(trial_index=self.trial, raw_data={"loss": y})

    def recommend(self):
        return self.point(self.client.get_best_parameterization()[0])


class Optuna:
    def __init__(self, problem, seed):
        import optuna
        from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

        optuna.logging.set_verbosity(optuna.logging.ERROR)

        def distribution(p):
            if p["kind"] == "choice":
                return CategoricalDistribution([str(i) for i in range(p["count"])])
            if p["kind"] == "integer":
                return IntDistribution(int(p["lower"]), int(p["upper"]))
            return FloatDistribution(p["lower"], p["upper"])

        self.space = {p["name"]: distribution(p) for p in problem["parameters"]}
        self.study = optuna.create_study(sampler=self.sampler(optuna.samplers, seed))

    def point(self, values):
        return [float(values[name]) for name in self.space]

    def attach(self, x, y):  # real parameters only
        from optuna.trial import create_trial

        values = dict(zip(self.space, x))
        self.study.add_trial(create_trial(params=values, distributions=self.space, value=y))

    def ask(self):
        self.trial = self.study.ask(self.space)
        return self.point(self.trial.params)

    def tell(self, y):
        self.study.tell(self.trial, y)

    def recommend(self):
        return self.point(self.study.best_params)


class OptunaGP(Optuna):
    def sampler(self, samplers, seed):
        return samplers.GPSampler(seed=seed)


class OptunaTPE(Optuna):
    def sampler(self, samplers, seed):
        return samplers.TPESampler(seed=seed)


class Smac:
    def __init__(self, problem, seed):
        from ConfigSpace import Categorical, ConfigurationSpace, Float, Integer
        from smac import BlackBoxFacade, Scenario
        from smac.runhistory.dataclasses import TrialValue

        def hyperparameter(p):
            if p["kind"] == "choice":
                return Categorical(p["name"], [str(i) for i in range(p["count"])])
            if p["kind"] == "integer":
                return Integer(p["name"], (int(p["lower"]), int(p["upper"])))
            return Float(p["name"], (p["lower"], p["upper"]))

        space = ConfigurationSpace(seed=seed)
        space.add([hyperparameter(p) for p in problem["parameters"]])
        self.names = [p["name"] for p in problem["parameters"]]
        self.value = TrialValue
        self.folder = tempfile.TemporaryDirectory()
        scenario = Scenario(space, n_trials=problem["budget"], seed=seed, deterministic=True, output_directory=self.folder.name)
        self.optimizer = BlackBoxFacade(scenario, lambda config, seed=0: 0.0, overwrite=True, logging_level=False)

    def point(self, config):
        return [float(config[name]) for name in self.names]

    def ask(self):
        self.trial = self.optimizer.ask()
        return self.point(self.trial.config)

    def tell(self, y):
        self.optimizer.tell(self.trial, self.value(cost=y))

    def recommend(self):
        return self.point(self.optimizer.intensifier.get_incumbent())


class Hebo:
    def __init__(self, problem, seed):
        import numpy
        import torch
        from hebo.design_space.design_space import DesignSpace
        from hebo.optimizers.hebo import HEBO

        torch.set_num_threads(1)
        numpy.random.seed(seed)
        torch.manual_seed(seed)

        def dimension(p):
            if p["kind"] == "choice":
                return {"name": p["name"], "type": "cat", "categories": [str(i) for i in range(p["count"])]}
            return {"name": p["name"], "type": "int" if p["kind"] == "integer" else "num", "lb": p["lower"], "ub": p["upper"]}

        self.array = numpy.array
        self.names = [p["name"] for p in problem["parameters"]]
        self.optimizer = HEBO(DesignSpace().parse([dimension(p) for p in problem["parameters"]]), scramble_seed=seed)

    def ask(self):
        self.asked = self.optimizer.suggest(1)
        return [float(self.asked.iloc[0][name]) for name in self.names]

    def tell(self, y):
        self.optimizer.observe(self.asked, self.array([[y]]))

    def recommend(self):
        best = self.optimizer.best_x.iloc[0]
        return [float(best[name]) for name in self.names]


class Stune:
    """Ours, behind a pipe."""

    def __init__(self, problem, seed, service):
        self.process = subprocess.Popen(
            [service, problem["name"], str(seed)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def cpu_seconds(self):
        with open(f"/proc/{self.process.pid}/schedstat") as file:
            return 1e-9 * int(file.read().split()[0])

    def attach(self, x, y):
        self.process.stdin.write(f"attach {y!r} {' '.join(map(repr, x))}\n")

    def ask(self):
        self.process.stdin.write("ask\n")
        return [float(v) for v in self.process.stdout.readline().split()]

    def tell(self, y):
        self.process.stdin.write(f"tell {y!r}\n")


OPTIMIZERS = {"ax": Ax, "optuna-gp": OptunaGP, "optuna-tpe": OptunaTPE, "smac": Smac, "hebo": Hebo}
