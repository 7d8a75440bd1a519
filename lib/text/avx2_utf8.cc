#include "text/avx2_kernels.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include <array>
#include <cstdint>

#include "text/avx2_blocks.h"

namespace pxq {
namespace {

using namespace avx2;

// What can be wrong with two bytes that follow one another, a bit each. A pair is wrong in a way if
// the upper half of its first byte, the lower half of that and the upper half of its second byte
// all allow it: so three shuffles judge thirty-two pairs. The way is Keiser and Lemire's.
constexpr uint8_t kTooShort = 1 << 0;   // a sequence begins, and no continuation follows
constexpr uint8_t kTooLong = 1 << 1;    // a continuation after ASCII
constexpr uint8_t kOverlong3 = 1 << 2;  // e0 and too low a byte
constexpr uint8_t kTooLarge = 1 << 3;   // beyond U+10FFFF, by f4 or more
constexpr uint8_t kSurrogate = 1 << 4;  // ed and too high a byte
constexpr uint8_t kOverlong2 = 1 << 5;  // c0 or c1
constexpr uint8_t kOther4 = 1 << 6;     // f0 and too low a byte, or f5 and more before such a one
constexpr uint8_t kTwoTails = 1 << 7;   // right only behind a first byte of three or four
constexpr uint8_t kAnyFirst = kTooShort | kTooLong | kTwoTails;  // says the upper half alone

using Halves = std::array<uint8_t, 16>;
constexpr Halves kFirstUpper = [] {
  Halves wrong{};
  for (size_t half = 0; half < 8; ++half) wrong[half] = kTooLong;
  for (size_t half = 8; half < 12; ++half) wrong[half] = kTwoTails;
  wrong[12] = kTooShort | kOverlong2;
  wrong[13] = kTooShort;
  wrong[14] = kTooShort | kOverlong3 | kSurrogate;
  wrong[15] = kTooShort | kTooLarge | kOther4;
  return wrong;
}();
constexpr Halves kFirstLower = [] {
  Halves wrong{};
  wrong.fill(kAnyFirst);
  wrong[0] |= kOverlong2 | kOverlong3 | kOther4;
  wrong[1] |= kOverlong2;
  wrong[4] |= kTooLarge;
  for (size_t half = 5; half < 16; ++half) wrong[half] |= kTooLarge | kOther4;
  wrong[13] |= kSurrogate;
  return wrong;
}();
constexpr Halves kSecondUpper = [] {
  constexpr uint8_t kAnyTail = kTooLong | kOverlong2 | kTwoTails;
  Halves wrong{};
  wrong.fill(kTooShort);
  wrong[8] = kAnyTail | kOverlong3 | kOther4;
  wrong[9] = kAnyTail | kOverlong3 | kTooLarge;
  wrong[10] = wrong[11] = kAnyTail | kSurrogate | kTooLarge;
  return wrong;
}();

PXQ_AVX2 inline __m256i by_half(const Halves& table, __m256i halves) {
  const auto* const bytes = reinterpret_cast<const char*>(table.data());
  return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(load_half(bytes)), halves);
}

PXQ_AVX2 inline __m256i upper_half(__m256i bytes) {
  return _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(0x0f));
}

// Zero where bytes are well-formed after those of the block before.
PXQ_AVX2 inline __m256i wrong_in(__m256i bytes, __m256i before) {
  const __m256i across = _mm256_permute2x128_si256(before, bytes, 0x21);
  const __m256i one_back = _mm256_alignr_epi8(bytes, across, 15);
  const __m256i two_back = _mm256_alignr_epi8(bytes, across, 14);
  const __m256i three_back = _mm256_alignr_epi8(bytes, across, 13);
  const __m256i lower = _mm256_and_si256(one_back, _mm256_set1_epi8(0x0f));
  const __m256i wrong = _mm256_and_si256(
      _mm256_and_si256(by_half(kFirstUpper, upper_half(one_back)), by_half(kFirstLower, lower)),
      by_half(kSecondUpper, upper_half(bytes)));
  // The second and third byte after a first one must be continuations too: its top bit stays set.
  const __m256i of_three = _mm256_subs_epu8(two_back, _mm256_set1_epi8(0xe0 - 0x80));
  const __m256i of_four = _mm256_subs_epu8(three_back, _mm256_set1_epi8(0xf0 - 0x80));
  const __m256i tails =
      _mm256_and_si256(_mm256_or_si256(of_three, of_four), _mm256_set1_epi8(-0x80));
  return _mm256_xor_si256(wrong, tails);
}

}  // namespace

PXQ_AVX2 bool is_utf8_avx2(const char* in, size_t size) {
  __m256i wrong = _mm256_setzero_si256();
  __m256i before = wrong;
  size_t count = kBlock;
  for (Blocks blocks(in, size); blocks.left() != 0; blocks.take(count)) {
    const __m256i bytes = blocks.next(count);
    wrong = _mm256_or_si256(wrong, wrong_in(bytes, before));
    before = bytes;
  }
  // A zero behind the bytes, which a last block that is not full has, shows what is cut.
  if (count == kBlock) wrong = _mm256_or_si256(wrong, wrong_in(_mm256_setzero_si256(), before));
  return _mm256_testz_si256(wrong, wrong) != 0;
}

}  // namespace pxq

#endif
