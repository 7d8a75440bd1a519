#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include "script/request.h"
#include "sink/result_sink.h"
#include "wire/call_metadata.h"
#include "wire/decoder.h"
#include "wire/limits.h"
#include "wire/retry.h"
#include "wire/run_events.h"

namespace grpc {
class Channel;
}

namespace pxq::wire {

class Envelope;
class RecordingWriter;

/// What helps where a peer refuses or cannot be found, known only to whoever chose address and key;
/// empty: nothing better than what the peer's own words tell.
struct PeerAdvice {
  std::string key = {};   // the key was refused, or none was sent
  std::string name = {};  // the name of the host is unknown
};

/// Where a run goes.
struct Peer {
  std::shared_ptr<grpc::Channel> channel;
  std::string address;  // as messages name it
  CallMetadata metadata;
  PeerAdvice advice = {};
};

struct RunOptions {
  TimeLimits limits;
  DecodeLimits decode;
  size_t queue_bytes = 8u << 20;
  std::stop_token stop;
  RetryPolicy retry;
  /// Rows are to come encrypted for this key, and no others are accepted; nothing: in plain text.
  std::shared_ptr<Envelope> envelope;
  /// After a cut, what the server still has of the query is asked for: rows in between may be lost,
  /// and the run is whole only if all tables had ended before.
  bool resume = false;
  /// Takes down what comes, encrypted rows in plain text; its failure ends the run.
  RecordingWriter* record = nullptr;
  /// Hears what happens; outlives the run.
  RunEvents* events = &RunEvents::unheard();
};

/// Runs a script: sends the request, decodes what comes, hands tables to `sink` on this thread,
/// and returns the same summary that sink.end() got. A sink that failed ends the run with its
/// status; one that is satisfied cancels the call, and the run is whole by the user's own measure.
/// An attempt that failed before the first row is repeated where the failure may pass and the
/// script has no side effects; one that installs probes is sent again until they are there; one
/// that cannot be repeated is resumed if that is wanted. Never throws; the summary's status says
/// all.
Summary run_script(const Peer& peer, const ScriptRequest& request, const RunOptions& options,
                   ResultSink& sink);

}  // namespace pxq::wire
