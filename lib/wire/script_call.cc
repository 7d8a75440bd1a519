#include "wire/script_call.h"

#include <fmt/format.h>

#include <optional>
#include <system_error>

#include "script/mutation.h"
#include "wire/attempt.h"
#include "wire/credentials.h"
#include "wire/envelope.h"
#include "wire/plain_message.h"
#include "wire/recording_writer.h"
#include "wire/request_message.h"
#include "wire/server_texts.h"

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

/// A run's way through its attempts and their streams.
class ScriptRun {
 public:
  ScriptRun(const Peer& peer, const ScriptRequest& request, const RunOptions& options,
            ResultSink& sink)
      : peer_(peer),
        request_(request),
        options_(options),
        sink_(sink),
        repeatable_(is_repeatable(request)),
        secrets_(secrets_of(peer, request)),
        retrying_(options.retry, options.limits, repeatable_, start_) {}

  Summary go();

 private:
  FailedAttempt account_for(const Status& status, TimePoint began) const;
  void begin();
  void go_on_after(Status cut);
  bool can_ask_otherwise(const Status& end) const;
  Status ask_otherwise(const Status& refusal);
  Status read_stream(const TimeLimits& limits);

  const Peer& peer_;
  const ScriptRequest& request_;
  const RunOptions& options_;
  ResultSink& sink_;
  const TimePoint start_ = MonotonicClock::now();
  const bool repeatable_;
  const CallMetadata secrets_;  // of the call and of a collector: nobody may see them
  Retrying retrying_;
  px::api::vizierpb::ExecuteScriptRequest message_;
  grpc::ByteBuffer bytes_;  // of the request for the next stream
  std::optional<Attempt> attempt_;
  bool waited_ = false;  // for probes, before this attempt
};

Summary ScriptRun::go() {
  auto message = make_message(request_, options_, start_);
  if (!message.ok()) return Attempt(options_, sink_, start_).close(message.status());
  message_ = *std::move(message);
  retrying_.connect_from(MonotonicClock::now());
  begin();
  while (true) {
    const TimePoint began = MonotonicClock::now();
    Status status = read_stream(retrying_.limits_left(began));
    if (status.ok()) return attempt_->close({});
    if (can_ask_otherwise(status)) {
      if (Status other = ask_otherwise(status); !other.ok()) return attempt_->close(other);
      continue;
    }
    const FailedAttempt failed = account_for(status, began);
    const std::optional<Duration> pause = retrying_.pause_after(failed, MonotonicClock::now());
    if (!pause) {
      const bool late = failed.probes_pending || (waited_ && attempt_->ran_out_unheard());
      return attempt_->close(late ? retrying_.probes_too_slow() : std::move(status));
    }
    waited_ = failed.probes_pending;
    if (!waited_) options_.on_retry(status, *pause);
    if (!options_.retry.wait(*pause, options_.stop)) {
      return attempt_->close({Code::kInterrupted, "interrupted"});
    }
    if (failed.resumable) {
      go_on_after(std::move(status));
    } else {
      begin();
    }
  }
}

FailedAttempt ScriptRun::account_for(const Status& status, TimePoint began) const {
  const bool probes = attempt_->probes_pending() && request_.mutation;
  const bool repeatable = repeatable_ && !attempt_->visible();
  return {.status = status,
          .visible = attempt_->visible(),
          .heard = attempt_->heard(),
          .probes_pending = probes,
          .resumable = !probes && !repeatable && attempt_->resumable(status),
          .held = attempt_->fed() ? MonotonicClock::now() - began : Duration::zero()};
}

void ScriptRun::begin() {
  attempt_.emplace(options_, sink_, start_);
  bytes_ = to_buffer(message_);
}

// A server that cannot seal for our kind of key says so before anything has run. Any other failure
// is none of the key's business, and no failure leads to plain text.
bool ScriptRun::can_ask_otherwise(const Status& end) const {
  return options_.envelope != nullptr && !attempt_->heard() && refuses_key(end) &&
         options_.envelope->fall_back();
}

Status ScriptRun::ask_otherwise(const Status& refusal) {
  options_.on_oddity(fmt::format("the server does not encrypt for {} ({}): asking again with {}",
                                 algorithm_name(KeyAgreement::kEcdh), refusal.message(),
                                 algorithm_name(options_.envelope->agreement())));
  auto message = make_message(request_, options_, start_);
  if (!message.ok()) return message.status();
  message_ = *std::move(message);
  retrying_.connect_from(MonotonicClock::now());
  begin();
  return {};
}

void ScriptRun::go_on_after(Status cut) {
  attempt_->resume(std::move(cut));
  bytes_ = to_buffer(rest_of(message_, attempt_->query_id()));
}

Status ScriptRun::read_stream(const TimeLimits& limits) try {
  MessageStream stream(peer_.channel, kExecuteScript, bytes_,
                       {limits, peer_.metadata, options_.queue_bytes, options_.on_held},
                       options_.stop);
  if (options_.record == nullptr) {
    return without_keys(attempt_->go(stream, peer_.address), secrets_);
  }
  RecordedSource recorded(stream, *options_.record, plain_for(options_), attempt_->resumed());
  return without_keys(attempt_->go(recorded, peer_.address), secrets_);
} catch (const std::system_error& error) {
  return {Code::kLimit, fmt::format("cannot start a thread: {}", error.what())};
}

}  // namespace

Summary run_script(const Peer& peer, const ScriptRequest& request, const RunOptions& options,
                   ResultSink& sink) {
  return ScriptRun(peer, request, options, sink).go();
}

}  // namespace pxq::wire
