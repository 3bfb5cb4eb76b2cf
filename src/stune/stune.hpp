/// \file The whole public API.
#pragma once

#include "stune/card.hpp"
#include "stune/client.hpp"
#include "stune/configuration.hpp"
#include "stune/error.hpp"
#include "stune/hdf5_metric.hpp"
#include "stune/local_runner.hpp"
#include "stune/metric.hpp"
#include "stune/objective.hpp"
#include "stune/observation.hpp"
#include "stune/parameter.hpp"
#include "stune/progress.hpp"
#include "stune/runner.hpp"
#include "stune/slurm_runner.hpp"
#include "stune/trial.hpp"
#include "stune/trial_runner.hpp"
#include "stune/value.hpp"
