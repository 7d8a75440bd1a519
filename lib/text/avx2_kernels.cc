#include "text/avx2_kernels.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include <algorithm>
#include <bit>
#include <cstdint>

#include "text/block_copy.h"
#include "text/spread_table.h"

// Thirty-two bytes are compared at once, which halves the work of looking. What is left of SSSE3's
// time goes into moving bytes apart, eight at a time by a table of shuffles: AVX2 shuffles no
// further, but its machines count bits in one instruction.
#define PXQ_AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt")))

namespace pxq {
namespace {

constexpr size_t kBlock = 32;

// The 0 to 16 bytes at `at`, without reading past them; zeros follow.
PXQ_AVX2 inline __m128i padded(const char* at, size_t size) {
  if (size == 0) return _mm_setzero_si128();
  if (size == 16) return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const PaddedWords words(at, size);
  return _mm_set_epi64x(static_cast<long long>(words.high), static_cast<long long>(words.low));
}

PXQ_AVX2 inline __m256i load_rest(const char* in, size_t count) {
  const size_t low = std::min<size_t>(count, 16);
  return _mm256_set_m128i(padded(in + low, count - low), padded(in, low));
}

PXQ_AVX2 inline __m256i load(const char* in, size_t count) {
  if (count == kBlock) return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(in));
  return load_rest(in, count);
}

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

constexpr uint32_t first_bytes(size_t count) {
  return static_cast<uint32_t>((uint64_t{1} << count) - 1);
}

struct CsvSpecial {
  PXQ_AVX2 static uint32_t in(__m256i bytes) {
    const __m256i ends = _mm256_or_si256(equal(bytes, '\n'), equal(bytes, '\r'));
    return mask_of(_mm256_or_si256(ends, _mm256_or_si256(equal(bytes, ','), equal(bytes, '"'))));
  }
};

struct Unprintable {
  PXQ_AVX2 static uint32_t in(__m256i bytes) {
    return mask_of(_mm256_or_si256(below_space(bytes), equal(bytes, 0x7f)));
  }
};

template <typename Match>
PXQ_AVX2 size_t copy_until(const char* in, size_t size, char* out) {
  for (size_t at = 0; at < size; at += kBlock) {
    const size_t count = std::min(size - at, kBlock);
    const __m256i bytes = load(in + at, count);
    store(bytes, out + at);
    const uint32_t found = Match::in(bytes)&first_bytes(count);
    if (found != 0) return at + static_cast<size_t>(std::countr_zero(found));
  }
  return size;
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

// Writes the first `count` bytes of a block with `escape` before each byte of the set.
PXQ_AVX2 inline char* spread_block(__m256i bytes, char escape, uint32_t set, size_t count,
                                   char* out) {
  const __m128i escapes = _mm_set1_epi8(escape);
  char* const end = out + count + std::popcount(set);
  out = spread(_mm256_castsi256_si128(bytes), escapes, set & 0xffff, out);
  if (count > 16) spread(_mm256_extracti128_si256(bytes, 1), escapes, set >> 16, out);
  return end;
}

PXQ_AVX2 char* copy_csv_quoted(const char* in, size_t size, char* out) {
  while (size != 0) {
    const size_t count = std::min(size, kBlock);
    const __m256i bytes = load(in, count);
    const uint32_t quotes = mask_of(equal(bytes, '"')) & first_bytes(count);
    if (quotes == 0) {
      store(bytes, out);
      out += count;
    } else {
      out = spread_block(bytes, '"', quotes, count, out);
    }
    in += count;
    size -= count;
  }
  return out;
}

PXQ_AVX2 inline __m256i turned(__m256i bytes, char from, char to) {
  return _mm256_blendv_epi8(bytes, _mm256_set1_epi8(to), equal(bytes, from));
}

PXQ_AVX2 Copied copy_json(const char* in, size_t size, char* out) {
  const char* const start = in;
  while (size != 0) {
    size_t count = std::min(size, kBlock);
    __m256i bytes = load(in, count);
    const uint32_t inside = first_bytes(count);
    uint32_t escaped = mask_of(_mm256_or_si256(equal(bytes, '"'), equal(bytes, '\\'))) & inside;
    const uint32_t low = mask_of(below_space(bytes)) & inside;
    if ((escaped | low) == 0) {
      store(bytes, out);
      in += count;
      out += count;
      size -= count;
      continue;
    }
    uint32_t beyond = 0;
    if (low != 0) {  // rare in real text: what has a letter of its own, and what ends the copy
      const __m256i lines = _mm256_or_si256(equal(bytes, '\n'), equal(bytes, '\r'));
      const uint32_t letters = mask_of(_mm256_or_si256(lines, equal(bytes, '\t'))) & inside;
      beyond = low & ~letters;
      if (beyond != 0) count = static_cast<size_t>(std::countr_zero(beyond));
      escaped = (escaped | letters) & first_bytes(count);
      bytes = turned(turned(turned(bytes, '\n', 'n'), '\r', 'r'), '\t', 't');
    }
    out = spread_block(bytes, '\\', escaped, count, out);
    in += count;
    size -= count;
    if (beyond != 0) break;
  }
  return {static_cast<size_t>(in - start), out};
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
                               .copy_csv_plain = copy_until<CsvSpecial>,
                               .copy_csv_quoted = copy_csv_quoted,
                               .copy_json = copy_json,
                               .copy_printable = copy_until<Unprintable>,
                               .decode_base64url = decode_base64url_avx2};

}  // namespace

PXQ_AVX2 size_t decode_base64url_avx2(const char* in, size_t size, char* out) {
  size_t taken = 0;
  // The second store of a block ends four bytes after what the block gives: eight digits that
  // follow give six.
  for (; size - taken >= kBlock + 8; taken += kBlock, out += 24) {
    const __m256i bytes = load(in + taken, kBlock);
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
