#include "text/x86_kernels.h"

#if defined(__x86_64__)

#include <tmmintrin.h>

#include <bit>

#include "text/block_copy.h"
#include "text/spread_table.h"

// SSE2 is part of every x86-64. SSSE3 adds the shuffle that makes room for several escapes at once.
// What AVX2 and AVX-512 add is in files of their own.
#define PXQ_SSSE3 __attribute__((target("ssse3")))

namespace pxq {
namespace {

/// Sixteen bytes in an SSE register.
class SseBlock {
 public:
  using Mask = unsigned;
  static constexpr size_t kSize = 16;

  static SseBlock load(const char* in, size_t count) {
    if (count == kSize) return SseBlock(_mm_loadu_si128(reinterpret_cast<const __m128i*>(in)));
    const PaddedWords words(in, count);
    return SseBlock(
        _mm_set_epi64x(static_cast<long long>(words.high), static_cast<long long>(words.low)));
  }
  void store(char* out) const { _mm_storeu_si128(reinterpret_cast<__m128i*>(out), bytes_); }
  static size_t first(Mask mask) { return static_cast<size_t>(std::countr_zero(mask)); }
  static Mask first_bytes(size_t count) { return (1u << count) - 1; }

  Mask quotes() const { return mask(equal('"')); }
  Mask csv_special() const {
    return mask(
        _mm_or_si128(_mm_or_si128(equal(','), equal('"')), _mm_or_si128(equal('\n'), equal('\r'))));
  }
  // As signed numbers the bytes beyond ASCII lie below 0x20 too.
  Mask json_special() const {
    return mask(_mm_or_si128(below_space(), _mm_or_si128(equal('"'), equal('\\'))));
  }
  Mask beyond_ascii() const { return mask(bytes_); }
  Mask unprintable() const { return mask(_mm_or_si128(below_space(), equal(0x7f))); }

  const __m128i& bytes() const { return bytes_; }
  __m128i equal(char byte) const { return _mm_cmpeq_epi8(bytes_, _mm_set1_epi8(byte)); }
  static Mask mask(__m128i matches) { return static_cast<Mask>(_mm_movemask_epi8(matches)); }

 private:
  explicit SseBlock(__m128i bytes) : bytes_(bytes) {}
  __m128i below_space() const { return _mm_cmplt_epi8(bytes_, _mm_set1_epi8(0x20)); }

  __m128i bytes_;
};

// Writes the low eight bytes with `escape` before each byte of the set; gives nothing, as the
// caller knows how many bytes count.
PXQ_SSSE3 inline void spread(__m128i bytes, __m128i escape, unsigned set, char* out) {
  const __m128i order = _mm_load_si128(reinterpret_cast<const __m128i*>(kSpreads[set].data()));
  const __m128i source = _mm_unpacklo_epi64(bytes, escape);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), _mm_shuffle_epi8(source, order));
}

inline size_t bits(unsigned mask) {
  static constexpr uint8_t kBits[16] = {0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4};
  return size_t{kBits[mask & 15]} + kBits[mask >> 4 & 15];
}

// Writes the first `count` bytes of a block with `escape` before each byte of the set.
PXQ_SSSE3 inline char* spread_block(__m128i bytes, char escape, unsigned set, size_t count,
                                    char* out) {
  const __m128i escapes = _mm_set1_epi8(escape);
  spread(bytes, escapes, set & 0xff, out);
  if (count <= 8) return out + count + bits(set);
  out += 8 + bits(set & 0xff);
  spread(_mm_srli_si128(bytes, 8), escapes, set >> 8, out);
  return out + (count - 8) + bits(set >> 8);
}

PXQ_SSSE3 CsvCopied copy_csv_quoted_ssse3(const char* in, size_t size, char* out) {
  unsigned beyond = 0;
  while (size != 0) {
    const size_t count = std::min(size, SseBlock::kSize);
    const SseBlock block = SseBlock::load(in, count);
    beyond |= block.beyond_ascii();
    const unsigned quotes = block.quotes();  // zeros behind the bytes are none
    in += count;
    size -= count;
    if (quotes != 0) {
      out = spread_block(block.bytes(), '"', quotes, count, out);
      continue;
    }
    block.store(out);
    out += count;
    const size_t more = BlockCopy<SseBlock>::copy_stretch<&SseBlock::quotes>(in, size, out, beyond);
    in += more;
    out += more;
    size -= more;
  }
  return {out, beyond == 0, false};
}

PXQ_SSSE3 Copied copy_json_ssse3(const char* in, size_t size, char* out) {
  const char* const start = in;
  while (size != 0) {
    size_t count = std::min(size, SseBlock::kSize);
    const SseBlock block = SseBlock::load(in, count);
    const unsigned special = block.json_special() & SseBlock::first_bytes(count);
    if (special == 0) {
      block.store(out);
      unsigned ignored = 0;
      const size_t more = count + BlockCopy<SseBlock>::copy_stretch<&SseBlock::json_special>(
                                      in + count, size - count, out + count, ignored);
      out += more;
      in += more;
      size -= more;
      continue;
    }
    const __m128i line = block.equal('\n');
    const __m128i carriage = block.equal('\r');
    const __m128i tab = block.equal('\t');
    const __m128i themselves = _mm_or_si128(block.equal('"'), block.equal('\\'));
    const __m128i two_letters =
        _mm_or_si128(_mm_or_si128(line, carriage), _mm_or_si128(tab, themselves));
    const unsigned escaped = SseBlock::mask(two_letters) & special;
    const unsigned beyond = special & ~escaped;
    if (beyond != 0) count = SseBlock::first(beyond);
    __m128i letters = block.bytes();
    const auto turn = [&letters](__m128i where, char from, char to) {
      letters =
          _mm_xor_si128(letters, _mm_and_si128(where, _mm_set1_epi8(static_cast<char>(from ^ to))));
    };
    turn(line, '\n', 'n');
    turn(carriage, '\r', 'r');
    turn(tab, '\t', 't');
    out = spread_block(letters, '\\', escaped & SseBlock::first_bytes(count), count, out);
    in += count;
    size -= count;
    if (beyond != 0) break;
  }
  return {static_cast<size_t>(in - start), out};
}

constexpr TextKernels kSse2 = block_kernels<SseBlock>("sse2");

constexpr TextKernels kSsse3 = {.name = "ssse3",
                                .copy_csv_plain = kSse2.copy_csv_plain,
                                .copy_csv_quoted = copy_csv_quoted_ssse3,
                                .quoted_tells_special = false,
                                .copy_json = copy_json_ssse3,
                                .copy_printable = kSse2.copy_printable,
                                .is_utf8 = kSse2.is_utf8,
                                .decode_base64url = decode_no_base64url};

}  // namespace

void add_x86_kernels(std::vector<const TextKernels*>& all) {
  all.push_back(&kSse2);
  if (__builtin_cpu_supports("ssse3")) all.push_back(&kSsse3);
}

}  // namespace pxq

#else

namespace pxq {

void add_x86_kernels(std::vector<const TextKernels*>&) {}

}  // namespace pxq

#endif
