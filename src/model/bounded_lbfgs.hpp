/// \file Minimization inside a box by limited-memory BFGS, turned inside out: the caller evaluates. So several
/// independent searches can be evaluated as one batch (one matrix product for all), and a rejected step costs no
/// gradient.
///
/// Method: coordinates that rest on a bound with the gradient pushing outwards are held; the two-loop recursion runs on
/// the others; the step is projected into the box and shortened until it leads down and the value has dropped enough
/// (Armijo).
/// References: Nocedal & Wright (2006), algorithm 7.4; Bertsekas (1982), projected quasi-Newton.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

namespace stune::model {

struct LbfgsOptions {
  int memory = 8;                    ///< correction pairs kept
  int max_iterations = 100;          ///< accepted steps
  int max_backtracks = 15;           ///< rejected steps in a row before a search ends as stuck
  double gradient_tolerance = 1e-5;  ///< converged when the projected gradient is below this everywhere
  double relative_decrease = 1e-7;   ///< converged when a step gains less than this times max(|f|, 1)
  double longest_step = 1e300;       ///< no coordinate moves further than this in one step
};

/// One search. Use:
///     while (!search.done()) {
///       if (search.tell_value(f(search.query()))) search.tell_gradient(g(search.query()));
///     }
class BoundedLbfgs {
 public:
  ///     running --> converged    no first-order improvement left, or none that the arithmetic could take
  ///        |------> limit        max_iterations reached; the point is usable
  ///        |------> stuck        not even steepest descent brought a decrease; the point is usable
  ///        +------> failed       the start has no finite value; the point is the start
  enum class State : std::uint8_t { running, converged, limit, stuck, failed };

  /// The start is projected into the box. All three have one size.
  BoundedLbfgs(const Eigen::VectorXd& start, Eigen::VectorXd lower, Eigen::VectorXd upper, const LbfgsOptions& options);

  bool done() const { return state_ != State::running; }
  State state() const { return state_; }
  /// Where the caller evaluates next; inside the box.
  const Eigen::VectorXd& query() const { return query_; }
  /// Tells the value at query(); non-finite counts as too high. True: the gradient at the same point is wanted next.
  bool tell_value(double value);
  /// Tells the gradient at query(), after tell_value returned true.
  void tell_gradient(const Eigen::VectorXd& gradient);

  /// Best point so far and its value.
  const Eigen::VectorXd& point() const { return x_; }
  double value() const { return f_; }
  int iterations() const { return iterations_; }

 private:
  void remember(const Eigen::VectorXd& step, const Eigen::VectorXd& change);
  Eigen::VectorXd direction() const;
  bool held(Eigen::Index j) const;
  void start_step();
  void forget_or_end(State end);
  void shorten_step(double value);
  void propose();

  LbfgsOptions options_;
  Eigen::VectorXd lower_, upper_;
  Eigen::VectorXd x_, g_, d_, query_;
  double f_ = 0.0;
  double query_value_ = 0.0;
  double t_ = 1.0;
  int iterations_ = 0;
  int backtracks_ = 0;
  bool started_ = false;
  State state_ = State::running;
  std::vector<Eigen::VectorXd> s_, y_;  // newest last
};

}  // namespace stune::model
