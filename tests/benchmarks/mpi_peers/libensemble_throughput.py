"""Trivial trials through libEnsemble: all points are drawn in one call, so that only giving out and taking in is measured.

usage: mpirun -n 9 python libensemble_throughput.py TRIALS   (rank 0 manages), or, with processes of its own:
       python libensemble_throughput.py TRIALS WORKERS
"""
import sys
import time

import numpy as np
from libensemble import Ensemble
from libensemble.alloc_funcs.give_sim_work_first import give_sim_work_first
from libensemble.gen_funcs.sampling import uniform_random_sample
from libensemble.specs import AllocSpecs, ExitCriteria, GenSpecs, LibeSpecs, SimSpecs


def objective(points):
    result = np.zeros(1, dtype=[("f", float)])
    result["f"] = np.sum(points["x"] ** 2)
    return result


if __name__ == "__main__":
    trials = int(sys.argv[1])
    specs = {"comms": "local", "nworkers": int(sys.argv[2])} if len(sys.argv) > 2 else {"comms": "mpi"}
    ensemble = Ensemble(
        libE_specs=LibeSpecs(**specs, disable_log_files=True, save_H_and_persis_on_abort=False, safe_mode=False),
        sim_specs=SimSpecs(sim_f=objective, inputs=["x"], outputs=[("f", float)]),
        gen_specs=GenSpecs(gen_f=uniform_random_sample, outputs=[("x", float, (6,))],
                           user={"gen_batch_size": trials, "lb": np.zeros(6), "ub": np.ones(6)}),
        alloc_specs=AllocSpecs(alloc_f=give_sim_work_first, user={"num_active_gens": 1}),
        exit_criteria=ExitCriteria(sim_max=trials),
    )
    ensemble.add_random_streams()
    history, _, _ = ensemble.run()
    if ensemble.is_manager:
        done = history[history["sim_ended"]]
        wall = done["sim_ended_time"].max() - done["sim_started_time"].min()
        name = "libEnsemble, " + specs["comms"]
        print(f"{name:24} {'random':8} {'nothing':8} {ensemble.nworkers:7} {len(done):7} {len(done) / wall:9.0f}")
