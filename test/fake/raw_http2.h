#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fake/exchange.h"
#include "fake/vizier.h"

namespace pxq::fake {

/// A peer on a random loopback port that speaks HTTP/2 by hand, without a library, and so can say
/// what gRPC's own server would not. It does not decode request headers.
class RawHttp2 {
 public:
  /// The exchanges serve requests (or connections) in turn; the last one serves all further ones.
  explicit RawHttp2(std::vector<Exchange> exchanges);
  explicit RawHttp2(const Exchange& exchange) : RawHttp2(std::vector<Exchange>{exchange}) {}
  RawHttp2(const RawHttp2&) = delete;
  RawHttp2& operator=(const RawHttp2&) = delete;
  ~RawHttp2();

  std::string address() const;
  int port() const;

  /// Lets every exchange past this gate, now and later.
  void open(std::string_view gate);

  /// The messages of all requests so far, without their length prefixes.
  std::vector<std::string> requests() const;
  size_t connections() const;

  bool wait_for_connection(Duration patience = kPatience) const;
  bool wait_for_request(Duration patience = kPatience) const;

  /// Whether the client gave a stream up (RST_STREAM) or went away.
  bool wait_for_cancel(Duration patience = kPatience) const;

 private:
  class Connection;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pxq::fake
