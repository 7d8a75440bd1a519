#include "wire/script_call.h"

#include <fmt/format.h>

#include <optional>
#include <system_error>

#include "script/mutation.h"
#include "wire/attempt.h"
#include "wire/envelope.h"
#include "wire/plain_message.h"
#include "wire/recording_writer.h"
#include "wire/request_message.h"

namespace pxq::wire {
namespace {

constexpr const char* kExecuteScript = "/px.api.vizierpb.VizierService/ExecuteScript";

// What is written down can be read without the run's key.
RecordedSource::Plain plain_for(const RunOptions& options) {
  if (options.envelope == nullptr) return {};
  return [&options](std::string_view message) {
    return plain_message(message, *options.envelope, options.decode.batch_bytes);
  };
}

Status run_attempt(Attempt& attempt, const Peer& peer, const grpc::ByteBuffer& request,
                   const RunOptions& options, const TimeLimits& limits) try {
  MessageStream stream(peer.channel, kExecuteScript, request,
                       {limits, peer.metadata, options.queue_bytes}, options.stop);
  if (options.record == nullptr) return attempt.go(stream, peer.address);
  RecordedSource recorded(stream, *options.record, plain_for(options));
  return attempt.go(recorded, peer.address);
} catch (const std::system_error& error) {
  return {Code::kLimit, fmt::format("cannot start a thread: {}", error.what())};
}

Result<grpc::ByteBuffer> make_request(const ScriptRequest& request, const RunOptions& options,
                                      TimePoint start) {
  auto message = to_message(request);
  if (options.envelope != nullptr) {
    const TimePoint deadline =
        options.limits.total > Duration::zero() ? start + options.limits.total : TimePoint::max();
    Result<std::string> key = options.envelope->public_key(options.stop, deadline);
    if (!key.ok()) return key.status();
    ask_for_encryption(*key, message);
  }
  return to_buffer(message);
}

}  // namespace

Summary run_script(const Peer& peer, const ScriptRequest& request, const RunOptions& options,
                   ResultSink& sink) {
  const TimePoint start = MonotonicClock::now();
  const Result<grpc::ByteBuffer> bytes = make_request(request, options, start);
  if (!bytes.ok()) return Attempt(options, sink, start).close(bytes.status());
  const bool repeatable = !request.mutation && find_effects(request.text).repeatable();
  Retrying retrying(options.retry, options.limits, repeatable, start);
  retrying.connect_from(MonotonicClock::now());
  while (true) {
    Attempt attempt(options, sink, start);
    Status status =
        run_attempt(attempt, peer, *bytes, options, retrying.limits_left(MonotonicClock::now()));
    if (status.ok()) return attempt.close({});
    const bool probes = attempt.probes_pending() && request.mutation;
    const std::optional<Duration> pause = retrying.pause_after(
        {status, attempt.visible(), attempt.heard(), probes}, MonotonicClock::now());
    if (!pause) {
      return attempt.close(probes ? retrying.probes_too_slow() : std::move(status));
    }
    if (!probes) options.on_retry(status, *pause);
    if (!options.retry.wait(*pause, options.stop)) {
      return attempt.close({Code::kInterrupted, "interrupted"});
    }
  }
}

}  // namespace pxq::wire
