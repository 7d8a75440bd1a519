#pragma once

#include <cstddef>
#include <cstring>

#include "base/text_buffer.h"

namespace pxq {

/// Appends blanks. Up to a block of them are one store of a fixed size: cells are padded by few,
/// and a call that fills any number costs more than the number's digits.
inline void append_blanks(size_t count, TextBuffer& out) {
  constexpr size_t kBlock = 32;
  if (count > kBlock) return out.append(count, ' ');
  std::memset(out.reserve(kBlock), ' ', kBlock);
  out.advance(count);
}

/// Puts blanks before what stands from `at` on. REQUIRES: at <= out.size().
inline void indent(size_t at, size_t count, TextBuffer& out) {
  constexpr size_t kBlock = 32;
  const size_t length = out.size() - at;
  char* const text = out.reserve(kBlock + count) - length;
  if (length <= kBlock && count <= kBlock) {
    char kept[kBlock];
    std::memcpy(kept, text, kBlock);
    std::memset(text, ' ', kBlock);
    std::memcpy(text + count, kept, kBlock);
  } else {
    std::memmove(text + count, text, length);
    std::memset(text, ' ', count);
  }
  out.advance(count);
}

}  // namespace pxq
