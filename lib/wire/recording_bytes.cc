#include "wire/recording_bytes.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace pxq::wire {
namespace {

constexpr size_t kPacked = 64 * 1024;

}  // namespace

RecordingBytes::RecordingBytes(UniqueFd fd) : fd_(std::move(fd)), packed_(kPacked) {}

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
  in_ = {packed_.data(), at_end_ ? 0 : static_cast<size_t>(count)};
  return !at_end_;
}

Result<std::string> RecordingBytes::prefix(size_t count) {
  std::string bytes;
  while (bytes.size() < count && (!in_.empty() || refill())) {
    const std::string_view piece = in_.substr(0, count - bytes.size());
    bytes += piece;
    in_.remove_prefix(piece.size());
  }
  if (!damage_.empty()) return Status(Code::kUsage, damage_);
  return bytes;
}

RecordingBytes::Got RecordingBytes::unpack(char* to, size_t count, size_t& given) {
  if (unpacker_ == nullptr) {
    damage_ = "no memory to unpack it";
    return Got::kDamaged;
  }
  for (given = 0; given < count && !frame_done_;) {
    if (in_.empty()) refill();
    if (!damage_.empty()) return Got::kDamaged;
    const Unpacker::Step step = unpacker_->step(in_, to + given, count - given);
    if (!step.fault.empty()) {
      damage_ = step.fault;
      return Got::kDamaged;
    }
    in_.remove_prefix(step.taken);
    given += step.given;
    frame_done_ = step.frame_done;
    if (!frame_done_ && at_end_ && step.given == 0) return Got::kCut;
  }
  return Got::kAll;
}

RecordingBytes::Got RecordingBytes::read(char* to, size_t count) {
  size_t given = 0;
  const Got got = unpack(to, count, given);
  if (got != Got::kAll || given == count) return got;
  damage_ = "it ends early";
  return Got::kDamaged;
}

RecordingBytes::Got RecordingBytes::read_close() {
  char more = 0;
  size_t given = 0;
  // One byte more is asked for, because only then is it seen whether the frame ends here.
  if (const Got got = unpack(&more, 1, given); got != Got::kAll) return got;
  if (given == 0 && in_.empty() && !refill() && damage_.empty()) return Got::kAll;
  if (damage_.empty()) damage_ = "there are bytes behind its end";
  return Got::kDamaged;
}

}  // namespace pxq::wire
