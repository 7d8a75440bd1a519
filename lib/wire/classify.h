#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "wire/decoder.h"
#include "wire/limits.h"

namespace pxq::wire {

struct StreamEnd;

/// How far a run had come when it ended: the same RPC code means different things before the first
/// message, between rows and after the last table.
enum class Progress { kNothing, kMessages, kRows, kWhole };

/// What the end of a call means for the user (docs/wire.md, errors).
/// `address` names the peer in messages. Ok only for an OK status that we did not provoke.
Status classify_end(const StreamEnd& end, Progress progress, std::string_view address,
                    const TimeLimits& limits);

/// What an error status inside the stream means. REQUIRES: status.is_error()
Status classify_in_band(const InBandStatus& status);

struct PeerAdvice;

/// The status with the advice as its hint, where the advice knows better.
Status with_advice(Status status, const PeerAdvice& advice);

/// "UNAVAILABLE" for 14, "code 99" for numbers that gRPC does not know.
std::string grpc_code_name(int code);

}  // namespace pxq::wire
