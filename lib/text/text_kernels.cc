#include "text/text_kernels.h"

#include <algorithm>
#include <bit>

#include "base/environment.h"
#include "text/avx2_kernels.h"
#include "text/avx512_kernels.h"
#include "text/block_copy.h"
#include "text/byte_scan.h"
#include "text/x86_kernels.h"

namespace pxq {
namespace {

/// Eight bytes in an ordinary register, for any processor.
class WordBlock {
 public:
  using Mask = uint64_t;
  static constexpr size_t kSize = 8;

  static WordBlock load(const char* in, size_t count) {
    if (count == kSize) return WordBlock(load_word(in));
    char padded[kSize] = {};
    std::memcpy(padded, in, count);
    return WordBlock(load_word(padded));
  }
  void store(char* out) const {
    uint64_t word = word_;
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    std::memcpy(out, &word, sizeof word);
  }
  static size_t first(Mask mask) { return static_cast<size_t>(std::countr_zero(mask)) / 8; }
  static Mask first_bytes(size_t count) { return ~uint64_t{0} >> (64 - 8 * count); }

  Mask quotes() const { return bytes_equal(word_, '"'); }
  Mask csv_special() const {
    return bytes_equal(word_, ',') | quotes() | bytes_equal(word_, '\n') | bytes_equal(word_, '\r');
  }
  Mask json_special() const {
    return bytes_below(word_, 0x20) | quotes() | bytes_equal(word_, '\\') |
           bytes_above_ascii(word_);
  }
  Mask beyond_ascii() const { return bytes_above_ascii(word_); }
  Mask unprintable() const { return bytes_not_printable_ascii(word_); }

 private:
  explicit WordBlock(uint64_t word) : word_(word) {}

  uint64_t word_;
};

constexpr TextKernels kPortable = block_kernels<WordBlock>("portable");

}  // namespace

std::vector<const TextKernels*> all_text_kernels() {
  std::vector<const TextKernels*> all = {&kPortable};
  add_x86_kernels(all);
  add_avx2_kernels(all);
  add_avx512_kernels(all);
  return all;
}

const TextKernels& text_kernels_up_to(std::string_view most) {
  const auto all = all_text_kernels();
  const auto named =
      std::find_if(all.begin(), all.end(), [&](const auto* one) { return one->name == most; });
  return named == all.end() ? *all.back() : **named;
}

const TextKernels& text_kernels() {
  static const TextKernels& best = text_kernels_up_to(environment("PXQ_TEXT_KERNELS"));
  return best;
}

}  // namespace pxq
