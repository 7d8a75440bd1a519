#pragma once

#include <cstddef>
#include <stop_token>
#include <string_view>

#include "base/status.h"
#include "local/functions/function.h"

namespace pxq::local {

/// What a query may use at most; beyond it the query ends with kLimit.
struct ExecutionLimits {
  /// What aggregates, joins and unions hold together, and what one of them makes of one batch.
  size_t held_bytes = size_t{2} << 30;
};

/// What every operator of one running query shares.
struct Execution {
  FunctionContext& functions;
  const std::stop_token& stop;
  const ExecutionLimits& limits;
  size_t held_bytes = 0;  // by all operators, see Holding

  /// kInterrupted once somebody asked the query to stop.
  Status check() const {
    return stop.stop_requested() ? Status{Code::kInterrupted, "the query was stopped"} : Status{};
  }
};

/// What one operator holds of the query's memory. Lives no longer than the Execution.
class Holding {
 public:
  /// `call` is the script's name of the operator, such as "merge()".
  Holding(Execution& execution, std::string_view call) : execution_(execution), call_(call) {}
  Holding(const Holding&) = delete;
  Holding& operator=(const Holding&) = delete;
  ~Holding() { execution_.held_bytes -= bytes_; }

  /// Says how much it is now; kLimit when the query holds too much.
  Status set(size_t bytes);
  Status add(size_t bytes) { return set(bytes_ + bytes); }

 private:
  Execution& execution_;
  std::string_view call_;
  size_t bytes_ = 0;
};

}  // namespace pxq::local
