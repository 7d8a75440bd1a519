#pragma once

#include <stop_token>
#include <string>

#include "base/status.h"
#include "wire/script_call.h"

namespace google::protobuf {
class MessageLite;
}

namespace pxq::wire {

struct CallOptions {
  TimeLimits limits;
  RetryPolicy retry;
  std::stop_token stop;
  /// Hears when the question is repeated.
  RunEvents* events = &RunEvents::unheard();
};

/// Asks for one message, under the same limits, with the same retries and the same words for
/// failures as a script. The reply's bytes; kIncomplete where the server says that all is well and
/// sends none, or more than one. REQUIRES: asking twice does no harm.
Result<std::string> call_once(const Peer& peer, const std::string& method,
                              const google::protobuf::MessageLite& request,
                              const CallOptions& options);

}  // namespace pxq::wire
