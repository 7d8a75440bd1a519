#include "wire/recording_bytes.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "wire/recording_format.h"

namespace pxq::wire {
namespace {

constexpr size_t kPacked = 64 * 1024;

}  // namespace

RecordingBytes::RecordingBytes(UniqueFd fd)
    : fd_(std::move(fd)), context_(::ZSTD_createDCtx()), packed_(kPacked) {
  // A hostile file may ask for a window of gigabytes; the writer's own level needs no more than
  // this.
  ::ZSTD_DCtx_setParameter(context_, ZSTD_d_windowLogMax, recording::kWindowLog);
}

RecordingBytes::~RecordingBytes() { ::ZSTD_freeDCtx(context_); }

// False: there is nothing more, or it could not be read.
bool RecordingBytes::refill() {
  // Asked again after its end, a terminal would wait for another one.
  if (at_end_) return false;
  ssize_t count = 0;
  do {
    count = ::read(fd_.get(), packed_.data(), packed_.size());
  } while (count < 0 && errno == EINTR);
  if (count < 0) damage_ = std::generic_category().message(errno);
  at_end_ = count <= 0;
  in_ = {packed_.data(), at_end_ ? 0 : static_cast<size_t>(count), 0};
  return !at_end_;
}

Result<std::string> RecordingBytes::prefix(size_t count) {
  std::string bytes;
  while (bytes.size() < count && (in_.pos < in_.size || refill())) {
    const size_t piece = std::min(count - bytes.size(), in_.size - in_.pos);
    bytes.append(static_cast<const char*>(in_.src) + in_.pos, piece);
    in_.pos += piece;
  }
  if (!damage_.empty()) return Status(Code::kUsage, damage_);
  return bytes;
}

RecordingBytes::Got RecordingBytes::unpack(ZSTD_outBuffer& out) {
  if (context_ == nullptr) {
    damage_ = "no memory to unpack it";
    return Got::kDamaged;
  }
  while (out.pos < out.size && !frame_done_) {
    if (in_.pos == in_.size) refill();
    if (!damage_.empty()) return Got::kDamaged;
    const size_t before = out.pos;
    const size_t left = ::ZSTD_decompressStream(context_, &out, &in_);
    if (::ZSTD_isError(left) != 0) {
      damage_ = ::ZSTD_getErrorName(left);
      return Got::kDamaged;
    }
    frame_done_ = left == 0;
    if (!frame_done_ && at_end_ && out.pos == before) return Got::kCut;
  }
  return Got::kAll;
}

RecordingBytes::Got RecordingBytes::read(char* to, size_t count) {
  ZSTD_outBuffer out{to, count, 0};
  const Got got = unpack(out);
  if (got != Got::kAll || out.pos == count) return got;
  damage_ = "it ends early";
  return Got::kDamaged;
}

RecordingBytes::Got RecordingBytes::read_close() {
  char more = 0;
  // One byte more is asked for, because only then does zstd look whether the frame ends here.
  ZSTD_outBuffer out{&more, 1, 0};
  if (const Got got = unpack(out); got != Got::kAll) return got;
  if (out.pos == 0 && in_.pos == in_.size && !refill() && damage_.empty()) return Got::kAll;
  if (damage_.empty()) damage_ = "there are bytes behind its end";
  return Got::kDamaged;
}

}  // namespace pxq::wire
