#include "text/avx2_kernels.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include <algorithm>
#include <bit>
#include <cstdint>

#include "text/avx2_blocks.h"
#include "text/nibble_set.h"
#include "text/spread_table.h"

// Thirty-two bytes are compared at once, which halves the work of looking. What is left of SSSE3's
// time goes into moving bytes apart, eight at a time by a table of shuffles: AVX2 shuffles no
// further, but its machines count bits in one instruction.
namespace pxq {
namespace {

using namespace avx2;

PXQ_AVX2 inline void store(__m256i bytes, char* out) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), bytes);
}

PXQ_AVX2 inline __m256i equal(__m256i bytes, char byte) {
  return _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(byte));
}

// As signed numbers the bytes beyond ASCII lie below the space too.
PXQ_AVX2 inline __m256i below_space(__m256i bytes) {
  return _mm256_cmpgt_epi8(_mm256_set1_epi8(0x20), bytes);
}

PXQ_AVX2 inline uint32_t mask_of(__m256i matches) {
  return static_cast<uint32_t>(_mm256_movemask_epi8(matches));
}

// The byte of the set that each byte could only be.
PXQ_AVX2 inline __m256i like_in(const NibbleSet& set, __m256i bytes) {
  return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(load_half(set.bytes)), bytes);
}

constexpr uint32_t first_bytes(size_t count) {
  return static_cast<uint32_t>((uint64_t{1} << count) - 1);
}

struct CsvSpecial {
  PXQ_AVX2 static __m256i matches(__m256i bytes) {
    return _mm256_cmpeq_epi8(bytes, like_in(kCsvSpecial, bytes));
  }
  PXQ_AVX2 static uint32_t in(__m256i bytes) { return mask_of(matches(bytes)); }
};

struct Unprintable {
  PXQ_AVX2 static uint32_t in(__m256i bytes) {
    return mask_of(_mm256_or_si256(below_space(bytes), equal(bytes, 0x7f)));
  }
};

PXQ_AVX2 inline size_t first(uint32_t mask) { return static_cast<size_t>(std::countr_zero(mask)); }

// Cells of at most a block, as most are. From sixteen bytes on they are two loads that overlap.
template <typename Match>
PXQ_AVX2 inline size_t copy_short_until(const char* in, size_t size, char* out, __m256i& seen) {
  if (size == 0) return 0;
  const bool halves = size >= 16;
  const size_t second = halves ? size - 16 : 0;
  const __m128i low = halves ? load_half(in) : load_few(in, size);
  const __m128i high = halves ? load_half(in + second) : low;
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), low);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out + second), high);
  seen = _mm256_set_m128i(high, low);
  const uint32_t both = Match::in(seen);
  const uint32_t found = ((both & 0xffff) | both >> 16 << second) & first_bytes(size);
  return found == 0 ? size : first(found);
}

// All bytes that were looked at are added to `seen`.
template <typename Match>
PXQ_AVX2 inline size_t copy_until(const char* in, size_t size, char* out, __m256i& seen) {
  if (size <= kBlock) return copy_short_until<Match>(in, size, out, seen);
  size_t at = 0;
  for (;;) {
    const __m256i bytes = load(in + at);
    store(bytes, out + at);
    seen = _mm256_or_si256(seen, bytes);
    const uint32_t found = Match::in(bytes);
    if (found != 0) return at + first(found);
    if (at + kBlock == size) return size;
    at = std::min(at + kBlock, size - kBlock);  // the last block overlaps the one before
  }
}

PXQ_AVX2 inline bool all_ascii(__m256i seen) { return _mm256_movemask_epi8(seen) == 0; }

PXQ_AVX2 CsvCopied copy_csv_plain(const char* in, size_t size, char* out) {
  __m256i seen = _mm256_setzero_si256();
  const size_t taken = copy_until<CsvSpecial>(in, size, out, seen);
  return {out + taken, all_ascii(seen), taken != size};
}

PXQ_AVX2 size_t copy_printable(const char* in, size_t size, char* out) {
  __m256i seen = _mm256_setzero_si256();
  return copy_until<Unprintable>(in, size, out, seen);
}

// Sixteen bytes and their escapes: both halves are moved apart by one shuffle and stored where the
// escapes before them say.
PXQ_AVX2 inline char* spread(__m128i bytes, __m128i escapes, uint32_t set, char* out) {
  const uint32_t low = set & 0xff;
  const uint32_t high = set >> 8 & 0xff;
  const __m256i source =
      _mm256_set_m128i(_mm_unpackhi_epi64(bytes, escapes), _mm_unpacklo_epi64(bytes, escapes));
  const __m256i order =
      _mm256_set_m128i(_mm_load_si128(reinterpret_cast<const __m128i*>(kSpreads[high].data())),
                       _mm_load_si128(reinterpret_cast<const __m128i*>(kSpreads[low].data())));
  const __m256i moved = _mm256_shuffle_epi8(source, order);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), _mm256_castsi256_si128(moved));
  out += 8 + std::popcount(low);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), _mm256_extracti128_si256(moved, 1));
  return out + 8 + std::popcount(high);
}

// Writes the first `count` bytes of a block with `escape` before each byte of the set. What is
// stored behind them is overwritten.
PXQ_AVX2 inline char* spread_block(__m256i bytes, char escape, uint32_t set, size_t count,
                                   char* out) {
  const __m128i escapes = _mm_set1_epi8(escape);
  char* const end = out + count + std::popcount(set);
  out = spread(_mm256_castsi256_si128(bytes), escapes, set & 0xffff, out);
  spread(_mm256_extracti128_si256(bytes, 1), escapes, set >> 16, out);
  return end;
}

PXQ_AVX2 CsvCopied copy_csv_quoted(const char* in, size_t size, char* out) {
  __m256i seen = _mm256_setzero_si256();
  __m256i special = seen;
  for (Blocks blocks(in, size); blocks.left() != 0;) {
    size_t count = 0;
    const __m256i bytes = blocks.next(count);
    seen = _mm256_or_si256(seen, bytes);
    special = _mm256_or_si256(special, CsvSpecial::matches(bytes));
    // Zeros behind the bytes are no quotes.
    const uint32_t quotes = mask_of(equal(bytes, '"'));
    if (quotes == 0) {
      store(bytes, out);
      out += count;
    } else {
      out = spread_block(bytes, '"', quotes, count, out);
    }
    blocks.take(count);
  }
  return {out, all_ascii(seen), mask_of(special) != 0};
}

PXQ_AVX2 Copied copy_json(const char* in, size_t size, char* out) {
  Blocks blocks(in, size);
  while (blocks.left() != 0) {
    size_t count = 0;
    __m256i bytes = blocks.next(count);
    const __m256i escapes = _mm256_cmpeq_epi8(bytes, like_in(kJsonEscaped, bytes));
    uint32_t escaped = mask_of(escapes);
    const uint32_t beyond = mask_of(below_space(bytes)) & ~escaped & first_bytes(count);
    if ((escaped | beyond) == 0) {
      store(bytes, out);
      out += count;
      blocks.take(count);
      continue;
    }
    if (beyond != 0) {
      count = first(beyond);
      escaped &= first_bytes(count);
    }
    bytes = _mm256_blendv_epi8(bytes, like_in(kJsonLetters, bytes), escapes);
    out = spread_block(bytes, '\\', escaped, count, out);
    blocks.take(count);
    if (beyond != 0) break;
  }
  return {size - blocks.left(), out};
}

// 0xff where a byte lies between two, both of them ASCII: as signed numbers other bytes lie below.
PXQ_AVX2 inline __m256i between(__m256i bytes, char first, char last) {
  return _mm256_and_si256(_mm256_cmpgt_epi8(bytes, _mm256_set1_epi8(static_cast<char>(first - 1))),
                          _mm256_cmpgt_epi8(_mm256_set1_epi8(static_cast<char>(last + 1)), bytes));
}

PXQ_AVX2 inline __m256i where(__m256i matches, char value) {
  return _mm256_and_si256(matches, _mm256_set1_epi8(value));
}

// Thirty-two numbers of six bits each, the first in the lowest byte, as two runs of twelve bytes.
PXQ_AVX2 inline __m256i joined_sextets(__m256i sextets) {
  const __m256i pairs = _mm256_maddubs_epi16(sextets, _mm256_set1_epi16(0x0140));
  const __m256i fours = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00011000));
  // Each four lies in a word with its highest byte last: base64 has it first.
  const __m256i order = _mm256_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1,  //
                                         2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
  return _mm256_shuffle_epi8(fours, order);
}

constexpr TextKernels kAvx2 = {.name = "avx2",
                               .copy_csv_plain = copy_csv_plain,
                               .copy_csv_quoted = copy_csv_quoted,
                               .quoted_tells_special = true,
                               .copy_json = copy_json,
                               .copy_printable = copy_printable,
                               .is_utf8 = is_utf8_avx2,
                               .decode_base64url = decode_base64url_avx2};

}  // namespace

PXQ_AVX2 size_t decode_base64url_avx2(const char* in, size_t size, char* out) {
  size_t taken = 0;
  // The second store of a block ends four bytes after what the block gives: eight digits that
  // follow give six.
  for (; size - taken >= kBlock + 8; taken += kBlock, out += 24) {
    const __m256i bytes = load(in + taken);
    const __m256i upper = between(bytes, 'A', 'Z');
    const __m256i lower = between(bytes, 'a', 'z');
    const __m256i digit = between(bytes, '0', '9');
    const __m256i dash = equal(bytes, '-');
    const __m256i line = equal(bytes, '_');
    const __m256i letter = _mm256_or_si256(upper, lower);
    const __m256i known =
        _mm256_or_si256(_mm256_or_si256(letter, digit), _mm256_or_si256(dash, line));
    if (mask_of(known) != 0xffffffff) break;
    const __m256i letters = _mm256_or_si256(where(upper, 0 - 'A'), where(lower, 26 - 'a'));
    const __m256i others = _mm256_or_si256(
        where(digit, 52 - '0'), _mm256_or_si256(where(dash, 62 - '-'), where(line, 63 - '_')));
    const __m256i moved = joined_sextets(_mm256_add_epi8(bytes, _mm256_or_si256(letters, others)));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), _mm256_castsi256_si128(moved));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + 12), _mm256_extracti128_si256(moved, 1));
  }
  return taken;
}

void add_avx2_kernels(std::vector<const TextKernels*>& all) {
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") &&
      __builtin_cpu_supports("popcnt")) {
    all.push_back(&kAvx2);
  }
}

}  // namespace pxq

#else

namespace pxq {

void add_avx2_kernels(std::vector<const TextKernels*>&) {}

}  // namespace pxq

#endif
