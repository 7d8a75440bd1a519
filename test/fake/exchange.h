#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace pxq::fake {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// What a raw peer says in answer to one request, or, from_scratch(), on one new connection. Steps
/// are carried out in order and need not make any sense. After the last one the connection stays
/// open: it answers pings and takes the next request.
class Exchange {
 public:
  struct Bytes {
    std::string bytes;  // onto the socket as they are
  };
  struct Frame {
    uint8_t type = 0;
    uint8_t flags = 0;
    bool of_connection = false;  // stream 0 instead of the request's
    std::string payload;
  };
  struct Data {
    std::string bytes;  // split into frames, as the client's windows allow
    bool end_stream = false;
  };
  struct HeaderBlock {
    Headers headers;
    bool end_stream = false;
  };
  struct Close {
    bool reset = false;
  };
  struct Wait {
    std::string gate;
  };
  struct Silence {};
  using Step = std::variant<Bytes, Frame, Data, HeaderBlock, Close, Wait, Silence>;

  Exchange() = default;

  /// Starts with the connection: no settings are sent and no request is awaited.
  static Exchange from_scratch();

  /// Response headers; without arguments those of a good gRPC answer.
  Exchange& headers(const Headers& headers = grpc_headers());
  Exchange& headers(int status, std::string_view content_type);

  /// A length-prefixed message in DATA frames.
  Exchange& message(std::string_view bytes);
  template <typename Message>
  Exchange& send(const Message& message) {
    return this->message(message.SerializeAsString());
  }

  /// A message whose prefix says what is given here, true or not.
  Exchange& framed(uint8_t compressed, uint32_t length, std::string_view bytes);
  Exchange& data(std::string_view bytes, bool end_stream = false);

  /// The last headers of the stream.
  Exchange& trailers(const Headers& trailers);
  Exchange& trailers(std::string_view grpc_status, std::string_view grpc_message = {});
  Exchange& ok() { return trailers("0"); }

  /// One header block that is both first and last, as servers refuse calls.
  Exchange& trailers_only(std::string_view grpc_status, std::string_view grpc_message = {});

  Exchange& end_stream() { return data({}, true); }
  Exchange& rst_stream(uint32_t code);
  Exchange& goaway(uint32_t code, std::string_view debug = {});
  Exchange& pings(int count);
  Exchange& settings(int count);
  Exchange& bytes(std::string_view bytes);
  Exchange& close();
  Exchange& reset();

  /// Goes on when the test calls RawHttp2::open(gate).
  Exchange& wait(std::string_view gate);
  Exchange& silence();

  const std::vector<Step>& steps() const { return steps_; }
  bool is_from_scratch() const { return from_scratch_; }

  static Headers grpc_headers();

 private:
  Exchange& add(Step step);

  std::vector<Step> steps_;
  bool from_scratch_ = false;
};

}  // namespace pxq::fake
