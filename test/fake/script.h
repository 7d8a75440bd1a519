#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <google/protobuf/message_lite.h>

namespace pxq::fake {

/// What the fake Vizier does in one call, step by step. A script that ends without finish() ends
/// the call with OK. Nothing here waits for time to pass: a script waits for gates that the test
/// opens, for the client to take what was written, or for the client to go away.
class Script {
 public:
  struct Send {
    std::vector<std::string> messages;  // sent in order, and that `times` times
    uint64_t times = 1;
  };
  struct Endless {
    std::vector<std::string> messages;
    std::chrono::milliseconds pause{0};  // between rounds, for heartbeats
  };
  struct Reply {
    std::function<std::string(const std::string& request)> make;  // a message for this request
  };
  struct Wait {
    std::string gate;
  };
  struct Silence {};
  struct Finish {
    int code = 0;
    std::string message;
    std::string details;
  };
  using Step = std::variant<Send, Endless, Reply, Wait, Silence, Finish>;

  /// One message, built or as raw bytes, which need not decode.
  template <typename Message>
  Script& send(const Message& message) {
    return raw(bytes_of(message));
  }
  Script& raw(std::string bytes) { return repeat(1, {std::move(bytes)}); }

  /// A message that depends on the request's bytes.
  Script& reply(std::function<std::string(const std::string& request)> make) {
    return add(Reply{.make = std::move(make)});
  }

  /// The same messages over and over.
  Script& repeat(uint64_t times, std::vector<std::string> messages) {
    return add(Send{.messages = std::move(messages), .times = times});
  }
  template <typename Message>
  Script& repeat(uint64_t times, const Message& message) {
    return repeat(times, std::vector<std::string>{bytes_of(message)});
  }

  /// The same message for as long as the client stays.
  template <typename Message>
  Script& endless(const Message& message,
                  std::chrono::milliseconds pause = std::chrono::milliseconds(0)) {
    return add(Endless{.messages = {bytes_of(message)}, .pause = pause});
  }

  /// Goes on when the test calls Vizier::open(gate).
  Script& wait(std::string_view gate) { return add(Wait{.gate = std::string(gate)}); }

  /// Says nothing more until the client goes away.
  Script& silence() { return add(Silence{}); }

  /// Ends the call. `details` is the binary google.rpc.Status of real servers, any bytes here.
  Script& finish(int code, std::string_view message = {}, std::string_view details = {}) {
    return add(
        Finish{.code = code, .message = std::string(message), .details = std::string(details)});
  }

  const std::vector<Step>& steps() const { return steps_; }

 private:
  // Builders such as Batch are no messages themselves, they convert into one.
  template <typename Message>
  static std::string bytes_of(const Message& message) {
    if constexpr (std::is_base_of_v<google::protobuf::MessageLite, Message>) {
      return message.SerializeAsString();
    } else {
      return message.response().SerializeAsString();
    }
  }

  Script& add(Step step) {
    steps_.push_back(std::move(step));
    return *this;
  }

  std::vector<Step> steps_;
};

}  // namespace pxq::fake
