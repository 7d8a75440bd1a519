#pragma once

#include <grpcpp/support/status.h>

#include <string>
#include <vector>

#include "base/status.h"
#include "wire/limits.h"

namespace pxq::wire {

/// How a stream ended: by the RPC's status, and why if we ended it.
struct StreamEnd {
  grpc::Status rpc;
  Ended ended = Ended::kNot;
  /// What is wrong with the source itself, such as a recording that is cut; stands over `rpc`.
  Status fault = {};
  /// What the server has to say of the rows, a sentence each: words of somebody else's.
  std::vector<std::string> notes = {};
};

}  // namespace pxq::wire
