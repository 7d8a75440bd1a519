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
#include "wire/retry.h"

namespace pxq::wire {

class Envelope;
class RecordingWriter;

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
  RetryPolicy retry;
  /// Rows are to come encrypted for this key, and no others are accepted; nothing: in plain text.
  std::shared_ptr<Envelope> envelope;
  /// Takes down what comes, encrypted rows in plain text; its status is for output_status to ask.
  RecordingWriter* record = nullptr;
  /// Asked once per batch: a destination that failed ends the run with its status.
  std::function<Status()> output_status = [] { return Status(); };
  /// Asked once per batch: the user has all the rows wanted (--limit). The call is then cancelled
  /// and the run is whole by the user's own measure.
  std::function<bool()> satisfied = [] { return false; };
  /// Told why and for how long, before an attempt is repeated.
  std::function<void(const Status&, Duration)> on_retry = [](const Status&, Duration) {};
  /// Told how the script's probes are, each time the server says so.
  std::function<void(const MutationInfo&)> on_probes = [](const MutationInfo&) {};
};

/// Runs a script: sends the request, decodes what comes, hands tables to `sink` on this thread,
/// and returns the same summary that sink.end() got. An attempt that failed before the first row is
/// repeated where the failure may pass and the script has no side effects; one that installs probes
/// is sent again until they are there. Never throws; the summary's status says all.
Summary run_script(const Peer& peer, const ScriptRequest& request, const RunOptions& options,
                   ResultSink& sink);

}  // namespace pxq::wire
