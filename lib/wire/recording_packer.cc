#include "wire/recording_packer.h"

#include <lz4.h>
#include <lz4frame.h>

#include <utility>

#include "wire/recording_format.h"

namespace pxq::wire {
namespace {

// Blocks that know nothing of one another can be made by two threads, and take a seventh less than
// others for a file of the same size; and so do small ones: they stay in the processor's cache.
LZ4F_preferences_t preferences() {
  LZ4F_preferences_t wanted = {};
  wanted.frameInfo.blockSizeID = LZ4F_max64KB;
  wanted.frameInfo.blockMode = LZ4F_blockIndependent;
  // The records have checksums of their own, which say more.
  wanted.frameInfo.contentChecksumFlag = LZ4F_noContentChecksum;
  return wanted;
}

constexpr size_t kBlock = size_t{64} * 1024;
// Blocks that wait for the helper: with what is packed and waits for its turn, 8 MiB.
constexpr size_t kMostWaiting = 32;
// A twelfth less time than 1, for a file that is larger by a thirtieth.
constexpr int kAcceleration = 3;

constexpr size_t kBlockHead = 4;
constexpr uint32_t kStored = 1u << 31;

// A block of the frame: its size, and the bytes, as they are where they do not get fewer.
void pack(std::string_view bytes, TextBuffer& to) {
  const int size = static_cast<int>(bytes.size());
  const int bound = ::LZ4_compressBound(size);
  char* const at = to.reserve(kBlockHead + static_cast<size_t>(bound));
  const int packed = ::LZ4_compress_fast(bytes.data(), at + kBlockHead, size, bound, kAcceleration);
  if (packed > 0 && packed < size) {
    recording::put<uint32_t>(at, static_cast<uint32_t>(packed));
    return to.advance(kBlockHead + static_cast<size_t>(packed));
  }
  recording::put<uint32_t>(at, static_cast<uint32_t>(size) | kStored);
  to.advance(kBlockHead);
  to.append(bytes);
}

}  // namespace

RecordingPacker::RecordingPacker(Output& out)
    : out_(out), blocks_(kBlock, kMostWaiting, &pack, [this](std::string_view packed, bool last) {
        take(packed, last);
      }) {}

const Status& RecordingPacker::status() const {
  static const Status fine;
  return failed_ ? failure_ : fine;
}

void RecordingPacker::take(std::string_view packed, bool last) {
  if (failed_) return;
  out_.text().append(packed);
  out_.commit();
  if (last) out_.flush();
  if (out_.status().ok()) return;
  failure_ = out_.status();
  failed_ = true;
}

void RecordingPacker::fail(Status failure) {
  out_.fail(std::move(failure));
  take({}, /*last=*/false);
}

void RecordingPacker::begin() {
  if (begun_) return;
  begun_ = true;
  LZ4F_cctx* context = nullptr;
  const LZ4F_preferences_t wanted = preferences();
  char head[LZ4F_HEADER_SIZE_MAX];
  const size_t made = ::LZ4F_createCompressionContext(&context, LZ4F_VERSION);
  const size_t size =
      ::LZ4F_isError(made) != 0 ? made : ::LZ4F_compressBegin(context, head, sizeof head, &wanted);
  ::LZ4F_freeCompressionContext(context);
  if (::LZ4F_isError(size) != 0) return fail({Code::kOutput, ::LZ4F_getErrorName(size)});
  take({head, size}, /*last=*/false);
}

void RecordingPacker::add(std::string_view bytes) {
  begin();
  blocks_.add(bytes);
}

void RecordingPacker::flush() {
  begin();
  blocks_.flush();
}

void RecordingPacker::end() {
  begin();
  blocks_.drain();
  // Where a block's size would be: there is none.
  take(std::string_view("\0\0\0\0", kBlockHead), /*last=*/true);
}

}  // namespace pxq::wire
