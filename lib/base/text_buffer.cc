#include "base/text_buffer.h"

#include <algorithm>

namespace pxq {

void TextBuffer::grow(size_t count) {
  const size_t wanted = std::max({size_ + count, capacity_ * 2, size_t{4096}});
  std::unique_ptr<char[]> larger(new char[wanted]);  // not make_unique: that would zero it
  if (size_ != 0) std::memcpy(larger.get(), bytes_.get(), size_);
  bytes_ = std::move(larger);
  capacity_ = wanted;
}

}  // namespace pxq
