#pragma once

#include <span>
#include <stdexcept>
#include <string_view>

/// What libFuzzer runs for hours (scripts/fuzz) and the suite replays (replay_test.cc). A target
/// takes any bytes and returns; what it must not do is what the sanitizers find, an exception, or a
/// wait.
namespace pxq::fuzz {

struct Target {
  std::string_view name;
  void (*run)(std::string_view input);
};

#define PXQ_FUZZ_TARGET(name, what) void fuzz_##name(std::string_view input);
#include "fuzz/targets.def"
#undef PXQ_FUZZ_TARGET

/// All of them.
std::span<const Target> targets();

/// A property that held for every input so far. Throws: libFuzzer keeps the input then, and the
/// suite names it.
inline void expect(bool holds, const char* property) {
  if (!holds) throw std::logic_error(property);
}

/// Takes an input apart, front to back; what is missing is zero or empty. So that a few bytes
/// choose between many shapes of one thing.
class Feed {
 public:
  explicit Feed(std::string_view input) : left_(input) {}

  bool empty() const { return left_.empty(); }

  unsigned char byte() {
    if (left_.empty()) return 0;
    const auto first = static_cast<unsigned char>(left_.front());
    left_.remove_prefix(1);
    return first;
  }

  unsigned two_bytes() {
    const unsigned high = byte();
    return high << 8 | byte();
  }

  /// So many bytes, or what is left.
  std::string_view bytes(size_t count) {
    const std::string_view taken = left_.substr(0, count);
    left_.remove_prefix(taken.size());
    return taken;
  }

  /// A text with its length, two bytes, before it.
  std::string_view text() { return bytes(two_bytes()); }

  std::string_view rest() { return bytes(left_.size()); }

 private:
  std::string_view left_;
};

}  // namespace pxq::fuzz
