#include "wire/recording_packer.h"

namespace pxq::wire {
namespace {

// The server waits while this packs: LZ4 takes half of the time of zstd's fastest useful level (2.4
// against 1.2 GB a second of wide rows) for a file that is a third larger. Level -2 takes a twelfth
// less than level 0, for a file that is larger by a thirtieth. Blocks that know nothing of one
// another take a seventh less than others for a file of the same size, and so do small ones: they
// stay in the processor's cache.
LZ4F_preferences_t preferences() {
  LZ4F_preferences_t wanted = {};
  wanted.compressionLevel = -2;
  wanted.frameInfo.blockSizeID = LZ4F_max64KB;
  wanted.frameInfo.blockMode = LZ4F_blockIndependent;
  // The records have checksums of their own, which say more.
  wanted.frameInfo.contentChecksumFlag = LZ4F_noContentChecksum;
  return wanted;
}

constexpr size_t kBlock = size_t{64} * 1024;

// What `bytes` more and all that is held back may be packed to.
size_t bound(size_t bytes) {
  const LZ4F_preferences_t wanted = preferences();
  return ::LZ4F_compressBound(bytes, &wanted);
}

}  // namespace

RecordingPacker::RecordingPacker(Output& out) : out_(out) {
  const size_t made = ::LZ4F_createCompressionContext(&context_, LZ4F_VERSION);
  if (::LZ4F_isError(made) != 0) context_ = nullptr;
}

RecordingPacker::~RecordingPacker() { ::LZ4F_freeCompressionContext(context_); }

void RecordingPacker::put(size_t packed) {
  if (::LZ4F_isError(packed) != 0) {
    return out_.fail({Code::kOutput, ::LZ4F_getErrorName(packed)});
  }
  out_.text().advance(packed);
  out_.commit();
}

void RecordingPacker::begin() {
  if (begun_) return;
  begun_ = true;
  if (context_ == nullptr) {
    return out_.fail({Code::kOutput, "no memory to compress a recording"});
  }
  const LZ4F_preferences_t wanted = preferences();
  char* const at = out_.text().reserve(LZ4F_HEADER_SIZE_MAX);
  put(::LZ4F_compressBegin(context_, at, LZ4F_HEADER_SIZE_MAX, &wanted));
}

void RecordingPacker::add(std::string_view bytes) {
  begin();
  while (!bytes.empty() && out_.status().ok()) {
    const std::string_view piece = bytes.substr(0, kBlock);
    const size_t room = bound(piece.size());
    // It writes straight into the output's buffer, which saves a copy of every message.
    char* const at = out_.text().reserve(room);
    put(::LZ4F_compressUpdate(context_, at, room, piece.data(), piece.size(), nullptr));
    bytes.remove_prefix(piece.size());
  }
}

void RecordingPacker::flush() {
  begin();
  if (!out_.status().ok()) return;
  const size_t room = bound(0);
  put(::LZ4F_flush(context_, out_.text().reserve(room), room, nullptr));
  out_.flush();
}

void RecordingPacker::end() {
  begin();
  if (!out_.status().ok()) return;
  const size_t room = bound(0);
  put(::LZ4F_compressEnd(context_, out_.text().reserve(room), room, nullptr));
  out_.flush();
}

}  // namespace pxq::wire
