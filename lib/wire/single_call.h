#pragma once

#include <google/protobuf/message_lite.h>

#include <stop_token>
#include <string>

#include "base/status.h"
#include "wire/message_stream.h"
#include "wire/script_call.h"

namespace pxq::wire {

/// Asks for one message, under the same limits and with the same words for failures as a script.
/// The reply's bytes, or why there is none..
Result<std::string> call_once(const Peer& peer, const std::string& method,
                              const google::protobuf::MessageLite& request,
                              const TimeLimits& limits, std::stop_token stop);

}  // namespace pxq::wire
