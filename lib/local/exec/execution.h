#pragma once

#include <stop_token>

#include "base/status.h"
#include "local/functions/function.h"

namespace pxq::local {

/// What a query may use at most; beyond it the query ends with kLimit.
struct ExecutionLimits {
  /// The output of one join or union, the only operators that make more of their input.
  size_t operator_bytes = size_t{2} << 30;
};

/// What every operator of one running query shares.
struct Execution {
  FunctionContext& functions;
  const std::stop_token& stop;
  const ExecutionLimits& limits;

  /// kInterrupted once somebody asked the query to stop.
  Status check() const {
    return stop.stop_requested() ? Status{Code::kInterrupted, "the query was stopped"} : Status{};
  }
};

}  // namespace pxq::local
