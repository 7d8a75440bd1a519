#include "text/avx512_kernels.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include <algorithm>
#include <bit>
#include <cstdint>

#include "text/avx2_kernels.h"
#include "text/nibble_set.h"

// VBMI2 moves bytes apart by a mask, so that any number of escapes costs the same: text full of
// quotes is written in a third of the time that SSSE3's shuffles take.
#define PXQ_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi2,bmi2,popcnt")))

namespace pxq {
namespace {

constexpr size_t kBlock = 32;

PXQ_AVX512 inline __m256i load(const char* in, size_t count) {
  if (count == kBlock) return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(in));
  return _mm256_maskz_loadu_epi8((__mmask32{1} << count) - 1, in);
}

PXQ_AVX512 inline void store(__m256i bytes, char* out) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), bytes);
}

PXQ_AVX512 inline __mmask32 equal(__m256i bytes, char byte) {
  return _mm256_cmpeq_epi8_mask(bytes, _mm256_set1_epi8(byte));
}

// The byte of the set that each byte could only be.
PXQ_AVX512 inline __m256i like_in(const NibbleSet& set, __m256i bytes) {
  const __m128i table = _mm_load_si128(reinterpret_cast<const __m128i*>(set.bytes));
  return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(table), bytes);
}

// As signed numbers the bytes beyond ASCII lie below the space too.
PXQ_AVX512 inline __mmask32 below_space(__m256i bytes) {
  return _mm256_cmplt_epi8_mask(bytes, _mm256_set1_epi8(0x20));
}

PXQ_AVX512 inline __mmask32 first_bytes(size_t count) {
  return static_cast<__mmask32>((uint64_t{1} << count) - 1);
}

struct CsvSpecial {
  PXQ_AVX512 static __mmask32 in(__m256i bytes) {
    return _mm256_cmpeq_epi8_mask(bytes, like_in(kCsvSpecial, bytes));
  }
};

struct Unprintable {
  PXQ_AVX512 static __mmask32 in(__m256i bytes) { return below_space(bytes) | equal(bytes, 0x7f); }
};

// All bytes that were looked at are added to `seen`.
template <typename Match>
PXQ_AVX512 inline size_t copy_until(const char* in, size_t size, char* out, __m256i& seen) {
  for (size_t at = 0; at < size; at += kBlock) {
    const size_t count = std::min(size - at, kBlock);
    const __m256i bytes = load(in + at, count);
    store(bytes, out + at);
    seen = _mm256_or_si256(seen, bytes);
    const __mmask32 found = Match::in(bytes)&first_bytes(count);
    if (found != 0) return at + static_cast<size_t>(std::countr_zero(found));
  }
  return size;
}

// Writes a block with `escape` before each byte of the set: of two places for each byte, the one
// before it is kept where it is in the set, and the bytes go to what is left of their own places.
PXQ_AVX512 inline void store_escaped(__m256i bytes, char escape, __mmask32 set, char* out) {
  constexpr uint64_t kOwn = 0xaaaaaaaaaaaaaaaa;
  const uint64_t kept = kOwn | _pdep_u64(set, ~kOwn);
  const __m512i spread = _mm512_mask_expand_epi8(_mm512_set1_epi8(escape), _pext_u64(kOwn, kept),
                                                 _mm512_castsi256_si512(bytes));
  _mm512_storeu_si512(out, spread);
}

PXQ_AVX512 inline bool all_ascii(__m256i seen) { return _mm256_movepi8_mask(seen) == 0; }

PXQ_AVX512 CsvCopied copy_csv_plain(const char* in, size_t size, char* out) {
  __m256i seen = _mm256_setzero_si256();
  const size_t taken = copy_until<CsvSpecial>(in, size, out, seen);
  return {out + taken, all_ascii(seen), taken != size};
}

PXQ_AVX512 size_t copy_printable(const char* in, size_t size, char* out) {
  __m256i seen = _mm256_setzero_si256();
  return copy_until<Unprintable>(in, size, out, seen);
}

PXQ_AVX512 CsvCopied copy_csv_quoted(const char* in, size_t size, char* out) {
  __m256i seen = _mm256_setzero_si256();
  __mmask32 special = 0;
  while (size != 0) {
    const size_t count = std::min(size, kBlock);
    const __m256i bytes = load(in, count);
    seen = _mm256_or_si256(seen, bytes);
    special |= CsvSpecial::in(bytes);  // no zero behind the bytes is one
    const __mmask32 quotes = equal(bytes, '"') & first_bytes(count);
    if (quotes == 0) {
      store(bytes, out);
    } else {
      store_escaped(bytes, '"', quotes, out);
    }
    in += count;
    out += count + static_cast<size_t>(std::popcount(quotes));
    size -= count;
  }
  return {out, all_ascii(seen), special != 0};
}

PXQ_AVX512 Copied copy_json(const char* in, size_t size, char* out) {
  const char* const start = in;
  while (size != 0) {
    size_t count = std::min(size, kBlock);
    __m256i bytes = load(in, count);
    const __mmask32 inside = first_bytes(count);
    __mmask32 escaped = _mm256_cmpeq_epi8_mask(bytes, like_in(kJsonEscaped, bytes)) & inside;
    const __mmask32 beyond = below_space(bytes) & inside & ~escaped;
    if ((escaped | beyond) == 0) {
      store(bytes, out);
      in += count;
      out += count;
      size -= count;
      continue;
    }
    if (beyond != 0) {
      count = static_cast<size_t>(std::countr_zero(beyond));
      escaped &= first_bytes(count);
    }
    bytes = _mm256_mask_mov_epi8(bytes, escaped, like_in(kJsonLetters, bytes));
    store_escaped(bytes, '\\', escaped, out);
    in += count;
    out += count + static_cast<size_t>(std::popcount(escaped));
    size -= count;
    if (beyond != 0) break;
  }
  return {static_cast<size_t>(in - start), out};
}

constexpr TextKernels kAvx512 = {.name = "avx512",
                                 .copy_csv_plain = copy_csv_plain,
                                 .copy_csv_quoted = copy_csv_quoted,
                                 .quoted_tells_special = true,
                                 .copy_json = copy_json,
                                 .copy_printable = copy_printable,
                                 .is_utf8 = is_utf8_avx2,
                                 .decode_base64url = decode_base64url_avx2};

}  // namespace

void add_avx512_kernels(std::vector<const TextKernels*>& all) {
  const bool here = __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                    __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("bmi2");
  if (here) all.push_back(&kAvx512);
}

}  // namespace pxq

#else

namespace pxq {

void add_avx512_kernels(std::vector<const TextKernels*>&) {}

}  // namespace pxq

#endif
