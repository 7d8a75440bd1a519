#include "local/functions/function.h"

#include <algorithm>
#include <cstring>

namespace pxq::local {
namespace {

constexpr size_t kFirstBlock = 1024;
constexpr size_t kLargestBlock = 64 * 1024;

}  // namespace

const ClusterState& FunctionContext::state() const {
  static const ClusterState kNone;
  if (state_asked != nullptr) state_asked->store(true, std::memory_order_relaxed);
  return cluster == nullptr ? kNone : *cluster;
}

const ClusterState& FunctionContext::state_or_here() const {
  const bool here = cluster == nullptr || !cluster->parts().is_elsewhere;
  if (!here) return state();
  static const ClusterState kNone;
  return cluster == nullptr ? kNone : *cluster;
}

std::string_view StringArena::keep(std::string_view text) {
  if (text.empty()) return "";
  char* const place = reserve(text.size());
  std::memcpy(place, text.data(), text.size());
  return {place, text.size()};
}

char* StringArena::reserve(size_t size) {
  if (size > left_) {
    // A text that would waste most of a block gets one of its own, beside the open one.
    const size_t block = std::clamp(bytes_, kFirstBlock, kLargestBlock);
    const bool alone = size > block / 4;
    blocks_.push_back(std::make_unique<char[]>(alone ? size : block));
    bytes_ += alone ? size : block;
    if (alone) return blocks_.back().get();
    next_ = blocks_.back().get();
    left_ = block;
  }
  char* const place = next_;
  next_ += size;
  left_ -= size;
  return place;
}

}  // namespace pxq::local
