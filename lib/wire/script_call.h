#pragma once

#include <grpcpp/channel.h>

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "script/request.h"
#include "sink/result_sink.h"
#include "wire/decoder.h"
#include "wire/message_stream.h"

namespace pxq::wire {

/// Where a run goes.
struct Peer {
  std::shared_ptr<grpc::Channel> channel;
  std::string address;  // as messages name it
  CallMetadata metadata;
};

struct RunOptions {
  TimeLimits limits;
  DecodeLimits decode;
  size_t queue_bytes = 8u << 20;
  std::stop_token stop;
  /// Asked once per batch: a destination that failed ends the run with its status.
  std::function<Status()> output_status = [] { return Status(); };
  /// Asked once per batch: the user has all the rows wanted (--limit). The call is then cancelled
  /// and the run is whole by the user's own measure.
  std::function<bool()> satisfied = [] { return false; };
};

/// Runs a script: sends the request, decodes what comes, hands tables to `sink` on this thread,
/// and returns the same summary that sink.end() got. Never throws; the summary's status says all.
Summary run_script(const Peer& peer, const ScriptRequest& request, const RunOptions& options,
                   ResultSink& sink);

}  // namespace pxq::wire
