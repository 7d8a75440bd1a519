#include "local/server/client_hello.h"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace pxq::local {
namespace {

constexpr uint8_t kHandshakeRecord = 22;
constexpr size_t kRecordHeader = 5;
constexpr size_t kMessageHeader = 4;
constexpr size_t kVersionAndRandom = 34;
constexpr size_t kProtocols = 16;  // the extension that lists them (RFC 7301)

/// Takes numbers and pieces off the front; once something is missing, all further ones are.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : left_(bytes) {}

  bool good() const { return good_; }
  bool empty() const { return left_.empty(); }

  std::string_view take(size_t size) {
    good_ = good_ && left_.size() >= size;
    if (!good_) return {};
    const std::string_view taken = left_.substr(0, size);
    left_.remove_prefix(size);
    return taken;
  }
  size_t number(size_t width) {
    size_t value = 0;
    for (const char byte : take(width)) value = value << 8 | static_cast<uint8_t>(byte);
    return value;
  }
  /// What a number in front says the length of.
  std::string_view piece(size_t width) { return take(number(width)); }

 private:
  std::string_view left_;
  bool good_ = true;
};

// Nothing: the message is none, or says so of no protocol.
std::optional<std::string_view> protocols_of(std::string_view message) {
  Bytes hello(message);
  hello.take(kMessageHeader + kVersionAndRandom);
  hello.piece(1);  // session
  hello.piece(2);  // ciphers
  hello.piece(1);  // compressions
  Bytes extensions(hello.piece(2));
  while (extensions.good() && !extensions.empty()) {
    const size_t kind = extensions.number(2);
    const std::string_view body = extensions.piece(2);
    if (kind == kProtocols && extensions.good()) return Bytes(body).piece(2);
  }
  return std::nullopt;
}

}  // namespace

Caller caller_of(std::string_view bytes) {
  if (bytes.empty()) return Caller::kUnknown;
  // Not TLS: gRPC tells it so.
  if (static_cast<uint8_t>(bytes[0]) != kHandshakeRecord) return Caller::kGrpc;
  if (bytes.size() < kRecordHeader) return Caller::kUnknown;
  const size_t size = Bytes(bytes.substr(3)).number(2);
  if (bytes.size() < kRecordHeader + size) return Caller::kUnknown;
  const std::optional<std::string_view> offered = protocols_of(bytes.substr(kRecordHeader, size));
  if (!offered) return Caller::kWeb;
  Bytes names(*offered);
  while (names.good() && !names.empty()) {
    if (names.piece(1) == "http/1.1") return Caller::kWeb;
  }
  return Caller::kGrpc;
}

}  // namespace pxq::local
