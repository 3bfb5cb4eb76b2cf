/// \file What coordinator and workers tell each other, as bytes. Both run the same program on the same kind of machine,
/// so that numbers travel as they are in memory.
///
///     message := kind:u8 field*     number as in memory | text := length:u64 bytes | list := count:u64 item*
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/children.hpp"
#include "stune/mpi_runner.hpp"

namespace stune::mpi {

/// What every rank tells all others once, when the run begins.
struct Introduction {
  std::string host{};
  std::string node{};       ///< what launchers call it
  std::vector<int> cpus{};  ///< that it may use, before anything is shared out
  std::vector<std::string> gpus{};
  ProcessIdentity process{};
};

// ---- from rank 0

/// A runner has been opened; everything from an earlier one is void.
struct Open {
  Workplace workplace{};  ///< without clock and commands
  MpiOptions options{};
};
struct Assign {
  std::string token{};
  Job job{};
};
/// An attempt that an earlier process started, or meant to start, on this node.
struct Adopt {
  std::string token{};
  Job job{};
};
struct Stop {
  AttemptId id{};
};
/// Gives back what has not begun.
struct Recall {
  AttemptId id{};
};
struct Ping {};
/// Ends once what runs has ended.
struct Quit {};
/// All are done: time for MPI_Finalize.
struct Leave {
  bool somebody_died = false;
};

// ---- to rank 0

struct Hello {
  std::string folder{};     ///< of the experiment that it is ready for, or not
  bool in_process = false;  ///< trials are calls of a function
  std::string trouble{};    ///< why nothing can run there; empty: ready
};
struct Report {
  JobReport report{};
};
struct Recalled {
  AttemptId id{};
};
struct Beat {
  bool winding_down = false;  ///< starts nothing new
};
struct Bye {};
/// A rank beside the sender is dead.
struct Died {
  int rank = 0;
};

// ---- among the ranks of one trial

struct Evaluate {
  Job job{};
};
struct Evaluated {
  AttemptId id{};
  std::string error{};
};

using Message = std::variant<Introduction, Open, Assign, Adopt, Stop, Recall, Ping, Quit, Leave, Hello, Report,
                             Recalled, Beat, Bye, Died, Evaluate, Evaluated>;

std::string encode(const Message& message);
/// Throws std::invalid_argument for what is no message.
Message decode(std::string_view bytes);

}  // namespace stune::mpi
