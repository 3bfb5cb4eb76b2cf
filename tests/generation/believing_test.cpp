#include "generation/believing.hpp"

#include <gtest/gtest.h>

#include "generation/raw_points.hpp"
#include "tests/generation/on_the_plane.hpp"

namespace stune::generation {
namespace {

// Trials end in another order than they were created in; some of the first are still pending.
Knowledge some_of_all(Eigen::Index measured, Eigen::Index pending) {
  const Eigen::MatrixXd points = spread_points(plane, measured + pending, 5);
  Knowledge known{{Eigen::MatrixXd(measured, 2), Eigen::VectorXd(measured), {}}, Eigen::MatrixXd(pending, 2)};
  Eigen::Index m = 0, p = 0;
  for (Eigen::Index trial = 0; trial < measured + pending; ++trial) {
    if (p < pending && (trial % 3 == 1 || m == measured)) {
      known.pending.row(p++) = points.row(trial);
      known.pending_trial.push_back(trial);
    } else {
      known.measured.X.row(m) = points.row(trial);
      known.measured.y(m++) = hill(points.row(trial).transpose());
      known.measured_trial.push_back(trial);
    }
  }
  return known;
}

model::Regression regression_of(const Knowledge& known) {
  return model::Regression::make(model::FeatureMap({0, 0}), known.measured, {}).value();
}

// From all points at once, each pending one with its predicted mean as outcome.
model::Posterior conditioned_on_all(const Knowledge& known, const model::Regression& regression) {
  const Eigen::Index n = known.measured.y.size(), p = known.pending.rows();
  const model::Posterior& posterior = regression.posterior();
  model::Observations all{Eigen::MatrixXd(n + p, 2), Eigen::VectorXd(n + p), {}};
  all.X << known.measured.X, known.pending;
  all.y << regression.outcomes(), posterior.predict_mean(known.pending);
  return model::Posterior::condition(posterior.covariance().map(), posterior.theta(), all).value();
}

TEST(WithPending, IsThePosteriorOfAllPointsWithTheSameHyperparameters) {
  const Knowledge known = some_of_all(25, 9);
  const model::Regression regression = regression_of(known);
  const Eigen::MatrixXd P = spread_points(plane, 50, 6);
  const model::Prediction exact = conditioned_on_all(known, regression).predict(P);

  for (const Eigen::Index base : {25, 18}) {
    model::KeptCovariance kept;
    const Beliefs beliefs = with_pending(plane, known, regression, base, 0.0, 1, kept);

    const model::Prediction found = beliefs.posterior.predict(P);
    EXPECT_LT((found.mean - exact.mean).cwiseAbs().maxCoeff(), 1e-6) << base;
    EXPECT_LT((found.variance - exact.variance).cwiseAbs().maxCoeff(), 1e-6) << base;
    EXPECT_TRUE(beliefs.box.is_everything());
  }
}

TEST(WithPending, WhatIsExpectedOfAPendingTrialIsToBeImprovedOn) {
  for (const Eigen::Index pending : {9, 500}) {
    Knowledge known = some_of_all(60, pending);
    known.pending.row(3).setConstant(0.4);
    for (Eigen::Index i = 0; i < 60; ++i) {
      if (known.measured.y(i) > -0.01) known.measured.X.row(i).setConstant(0.9), known.measured.y(i) = -0.5;
    }
    const model::Regression regression = regression_of(known);
    const double measured = regression.outcomes().maxCoeff();
    model::KeptCovariance kept;

    const Beliefs beliefs = with_pending(plane, known, regression, 60, measured, 1, kept);

    EXPECT_GT(beliefs.best, measured + 0.01) << pending;
    EXPECT_NEAR(beliefs.best, regression.posterior().predict_mean(known.pending).maxCoeff(), 0.05) << pending;
    EXPECT_EQ(beliefs.box.is_everything(), pending == 9);
  }
}

TEST(WithPending, WithoutAnyIsWhatIsMeasured) {
  const Knowledge known = some_of_all(25, 0);
  const model::Regression regression = regression_of(known);
  model::KeptCovariance kept;

  const Beliefs beliefs = with_pending(plane, known, regression, 25, 0.7, 1, kept);

  EXPECT_EQ(beliefs.best, 0.7);
  EXPECT_EQ(beliefs.posterior.size(), 25);
}

}  // namespace
}  // namespace stune::generation
