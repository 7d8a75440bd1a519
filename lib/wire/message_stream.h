#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/support/byte_buffer.h>

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

#include "wire/call_metadata.h"
#include "wire/limits.h"
#include "wire/message_queue.h"
#include "wire/message_source.h"

namespace pxq::wire {

struct StreamOptions {
  TimeLimits limits;
  CallMetadata metadata;
  size_t queue_bytes = 8u << 20;          // read ahead of a slow writer, beside gRPC's own window
  std::function<void()> on_held = [] {};  // from another thread
};

/// One server-streaming call as raw message bytes. A generated stub would hide an undecodable
/// message behind status OK (docs/wire.md), so bytes are read and decoded by us. A thread of its
/// own reads ahead into a bounded queue. Destroying an unfinished stream cancels the call.
class MessageStream final : public MessageSource {
 public:
  /// Starts `method` ("/package.Service/Method"). `stop` ends the call from outside.
  MessageStream(std::shared_ptr<grpc::Channel> channel, const std::string& method,
                const grpc::ByteBuffer& request, StreamOptions options, std::stop_token stop);
  ~MessageStream() override;

  std::optional<Message> next() override;
  bool ready() override;
  void while_waiting(std::function<void()> told) override { told_ = std::move(told); }
  void cancel() override;  // asks the server to stop
  StreamEnd finish() override;

 private:
  struct Call;

  // Shared with the reading thread, which outlives this object where gRPC never returns.
  std::shared_ptr<Call> call_;
  std::thread reader_;
  std::function<void()> told_;  // that a message is waited for
  std::optional<std::stop_callback<std::function<void()>>> on_stop_;
};

}  // namespace pxq::wire
