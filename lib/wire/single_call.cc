#include "wire/single_call.h"

#include <fmt/format.h>

#include <system_error>

#include "base/no_thread.h"
#include "wire/classify.h"
#include "wire/message_stream.h"
#include "wire/request_message.h"
#include "wire/stream_end.h"

namespace pxq::wire {

namespace {

struct Reply {
  Status status;
  bool heard = false;
  std::string bytes;
};

Reply ask(const Peer& peer, const std::string& method, const grpc::ByteBuffer& request,
          const TimeLimits& limits, const std::stop_token& stop) try {
  MessageStream stream(peer.channel, method, request, {limits, peer.metadata}, stop);
  Reply reply;
  if (const std::optional<Message> message = stream.next()) {
    reply.heard = true;
    reply.bytes = message->bytes.whole();
  }
  // Without a second read nobody would notice a server that streams where one reply was asked for.
  if (reply.heard && stream.next()) {
    stream.cancel();
    reply.status = {Code::kIncomplete, "the server sent two replies to one question"};
    return reply;
  }
  reply.status = with_advice(
      classify_end(stream.finish(), reply.heard ? Progress::kMessages : Progress::kNothing,
                   peer.address, limits),
      peer.advice);
  if (reply.status.ok() && !reply.heard) {
    reply.status = {Code::kIncomplete, fmt::format("{} sent no reply", peer.address)};
  }
  return reply;
} catch (const std::system_error& error) {
  return {no_thread(error), false, {}};
}

}  // namespace

Result<std::string> call_once(const Peer& peer, const std::string& method,
                              const google::protobuf::MessageLite& request,
                              const CallOptions& options) {
  const grpc::ByteBuffer bytes = to_buffer(request);
  Retrying retrying(options.retry, options.limits, true, MonotonicClock::now());
  while (true) {
    Reply reply =
        ask(peer, method, bytes, retrying.limits_left(MonotonicClock::now()), options.stop);
    if (reply.status.ok()) return std::move(reply.bytes);
    const std::optional<Duration> pause =
        retrying.pause_after({.status = reply.status, .heard = reply.heard}, MonotonicClock::now());
    if (!pause) return reply.status;
    options.events->retrying(reply.status, *pause);
    if (!options.retry.wait(*pause, options.stop)) return Status(Code::kInterrupted, "interrupted");
  }
}

}  // namespace pxq::wire
