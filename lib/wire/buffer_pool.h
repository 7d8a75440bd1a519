#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace pxq::wire {

/// Buffers for messages of a stream, used again and again: they are of one size, and memory that
/// was just written is still in the cache. Buffers may outlive the pool. One thread.
class BufferPool {
 public:
  /// Room for `size` bytes, given back when the last owner lets go.
  std::shared_ptr<char> take(size_t size) {
    Buffer buffer = spares_->find(size);
    if (buffer.bytes == nullptr) {
      buffer = {std::unique_ptr<char[]>(new char[size]), size};  // not make_unique: it would zero
    }
    char* bytes = buffer.bytes.get();
    auto kept = std::make_shared<Buffer>(std::move(buffer));
    return {bytes,
            [spares = spares_, kept = std::move(kept)](char*) { spares->keep(std::move(*kept)); }};
  }

 private:
  struct Buffer {
    std::unique_ptr<char[]> bytes;
    size_t capacity = 0;
  };

  static constexpr size_t kMostSpares = 4;
  static constexpr size_t kSmallestKept = 4u << 10;
  static constexpr size_t kLargestKept = 4u << 20;

  class Spares {
   public:
    Buffer find(size_t size) {
      for (Buffer& buffer : buffers_) {
        // One that is far too large is left for a message that needs it.
        if (buffer.capacity < size || buffer.capacity / 4 > size) continue;
        std::swap(buffer, buffers_.back());
        Buffer found = std::move(buffers_.back());
        buffers_.pop_back();
        return found;
      }
      return {};
    }

    void keep(Buffer buffer) {
      if (buffer.capacity < kSmallestKept || buffer.capacity > kLargestKept) return;
      if (buffers_.size() == kMostSpares) buffers_.erase(buffers_.begin());
      buffers_.push_back(std::move(buffer));
    }

   private:
    std::vector<Buffer> buffers_;
  };

  std::shared_ptr<Spares> spares_ = std::make_shared<Spares>();
};

}  // namespace pxq::wire
