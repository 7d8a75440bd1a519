#include "wire/single_call.h"

#include <fmt/format.h>

#include <system_error>

#include "wire/classify.h"
#include "wire/request_message.h"

namespace pxq::wire {

Result<std::string> call_once(const Peer& peer, const std::string& method,
                              const google::protobuf::MessageLite& request,
                              const TimeLimits& limits, std::stop_token stop) try {
  MessageStream stream(peer.channel, method, to_buffer(request), {limits, peer.metadata},
                       std::move(stop));
  const std::optional<Message> message = stream.next();
  std::string reply(message ? message->bytes : std::string_view());
  if (message && stream.next()) {
    stream.cancel();
    return Status(Code::kIncomplete, "the server sent two replies to one question");
  }
  const StreamEnd end = stream.finish();
  Status status =
      classify_end(end, message ? Progress::kMessages : Progress::kNothing, peer.address, limits);
  if (!status.ok()) return status;
  if (!message) {
    return Status(Code::kIncomplete, fmt::format("{} sent no reply", peer.address))
        .with_retryable(true);
  }
  return reply;
} catch (const std::system_error& error) {
  return Status(Code::kLimit, fmt::format("cannot start a thread: {}", error.what()));
}

}  // namespace pxq::wire
