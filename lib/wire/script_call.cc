#include "wire/script_call.h"

#include <fmt/format.h>

#include <optional>
#include <system_error>

#include "base/no_thread.h"
#include "script/mutation.h"
#include "wire/attempt_source.h"
#include "wire/classify.h"
#include "wire/credentials.h"
#include "wire/envelope.h"
#include "wire/message_stream.h"
#include "wire/opening_source.h"
#include "wire/recording_writer.h"
#include "wire/request_message.h"
#include "wire/server_texts.h"

namespace pxq::wire {
namespace {

constexpr const char* kExecuteScript = "/px.api.vizierpb.VizierService/ExecuteScript";

Result<px::api::vizierpb::ExecuteScriptRequest> make_message(const ScriptRequest& request,
                                                             const RunOptions& options,
                                                             TimePoint start) {
  auto message = to_message(request);
  if (options.envelope == nullptr) return message;
  const TimePoint deadline =
      options.limits.total > Duration::zero() ? start + options.limits.total : TimePoint::max();
  Result<std::string> key = options.envelope->public_key(options.stop, deadline);
  if (!key.ok()) return key.status();
  ask_for_encryption(*key, options.envelope->agreement(), message);
  return message;
}

// Whether the script may run twice. Where rows go to a collector, they would go there twice.
bool is_repeatable(const ScriptRequest& request) {
  return !request.mutation && !request.otel_endpoint && find_effects(request.text).repeatable();
}

CallMetadata secrets_of(const Peer& peer, const ScriptRequest& request) {
  CallMetadata secrets = peer.metadata;
  if (request.otel_endpoint) {
    const auto& headers = request.otel_endpoint->headers;
    secrets.insert(secrets.end(), headers.begin(), headers.end());
  }
  return secrets;
}

/// The streams of a live run: one call each.
class CalledAttempts final : public AttemptSource {
 public:
  CalledAttempts(const Peer& peer, const ScriptRequest& request, const RunOptions& options,
                 TimePoint start)
      : peer_(peer),
        request_(request),
        options_(options),
        start_(start),
        repeatable_(is_repeatable(request)),
        secrets_(secrets_of(peer, request)),
        retrying_(options.retry, options.limits, repeatable_, start) {}

  /// Makes the request; before anything else.
  Status prepare();

  Status read(Attempt& attempt) override;
  NextStream after(const Attempt& attempt, const Status& failure) override;

 private:
  FailedAttempt account_for(const Attempt& attempt, const Status& failure) const;
  bool can_ask_otherwise(const Attempt& attempt, const Status& end) const;
  NextStream ask_otherwise(const Status& refusal);

  const Peer& peer_;
  const ScriptRequest& request_;
  const RunOptions& options_;
  const TimePoint start_;
  const bool repeatable_;
  const CallMetadata secrets_;  // of the call and of a collector: nobody may see them
  Retrying retrying_;
  px::api::vizierpb::ExecuteScriptRequest message_;
  grpc::ByteBuffer bytes_;    // of the request for the next stream
  TimePoint began_ = start_;  // the last stream
  bool waited_ = false;       // for probes, before this stream
};

Status CalledAttempts::prepare() {
  auto message = make_message(request_, options_, start_);
  if (!message.ok()) return message.status();
  message_ = *std::move(message);
  bytes_ = to_buffer(message_);
  retrying_.connect_from(MonotonicClock::now());
  return {};
}

NextStream CalledAttempts::after(const Attempt& attempt, const Status& failure) {
  using Kind = NextStream::Kind;
  if (can_ask_otherwise(attempt, failure)) return ask_otherwise(failure);
  const FailedAttempt failed = account_for(attempt, failure);
  const std::optional<Duration> pause = retrying_.pause_after(failed, MonotonicClock::now());
  if (!pause) {
    const bool late = failed.probes_pending || (waited_ && attempt.ran_out_unheard());
    return {Kind::kNone, late ? retrying_.probes_too_slow() : failure};
  }
  waited_ = failed.probes_pending;
  if (!waited_) options_.events->retrying(failure, *pause);
  if (!options_.retry.wait(*pause, options_.stop)) {
    return {Kind::kNone, {Code::kInterrupted, "interrupted"}};
  }
  bytes_ =
      failed.resumable ? to_buffer(rest_of(message_, attempt.query_id())) : to_buffer(message_);
  return {failed.resumable ? Kind::kGoOn : Kind::kAgain};
}

FailedAttempt CalledAttempts::account_for(const Attempt& attempt, const Status& failure) const {
  const bool probes = attempt.probes_pending() && request_.mutation;
  // Where nothing was shown yet, a repeat is better than a resumption: only a repeat can be whole.
  const bool repeatable = repeatable_ && !attempt.visible();
  return {.status = failure,
          .visible = attempt.visible(),
          .heard = attempt.heard(),
          .probes_pending = probes,
          .resumable = !probes && !repeatable && attempt.resumable(failure),
          .held = attempt.fed() ? MonotonicClock::now() - began_ : Duration::zero()};
}

// A server that cannot seal for our kind of key says so before anything has run. Any other failure
// is none of the key's business, and no failure leads to plain text.
bool CalledAttempts::can_ask_otherwise(const Attempt& attempt, const Status& end) const {
  return options_.envelope != nullptr && !attempt.heard() && refuses_key(end) &&
         options_.envelope->fall_back();
}

NextStream CalledAttempts::ask_otherwise(const Status& refusal) {
  options_.events->odd(fmt::format("the server does not encrypt for {} ({}): asking again with {}",
                                   algorithm_name(KeyAgreement::kEcdh), refusal.message(),
                                   algorithm_name(options_.envelope->agreement())));
  if (Status made = prepare(); !made.ok()) return {NextStream::Kind::kNone, std::move(made)};
  return {NextStream::Kind::kAgain};
}

Status CalledAttempts::read(Attempt& attempt) try {
  began_ = MonotonicClock::now();
  MessageStream stream(peer_.channel, kExecuteScript, bytes_,
                       {retrying_.limits_left(began_), peer_.metadata, options_.queue_bytes,
                        [this] { options_.events->held(); }},
                       options_.stop);
  MessageSource* source = &stream;
  std::optional<OpeningSource> opening;
  if (options_.envelope != nullptr) {
    source = &opening.emplace(*source, *options_.envelope, options_.decode.batch_bytes);
  }
  std::optional<RecordedSource> recorded;
  if (options_.record != nullptr) {
    source = &recorded.emplace(*source, *options_.record, attempt.resumed());
  }
  return without_keys(with_advice(attempt.go(*source, peer_.address), peer_.advice), secrets_);
  // That no thread is to be had is told by std::thread in an exception only.
} catch (const std::system_error& error) {
  return no_thread(error);
}

}  // namespace

Summary run_script(const Peer& peer, const ScriptRequest& request, const RunOptions& options,
                   ResultSink& sink) {
  const TimePoint start = MonotonicClock::now();
  CalledAttempts attempts(peer, request, options, start);
  Status ready = attempts.prepare();
  if (!ready.ok()) return Attempt(options, sink, start).close(std::move(ready));
  return run_attempts(attempts, options, sink, start);
}

}  // namespace pxq::wire
