#include "wire/wire_reader.h"

namespace pxq::wire {

std::string_view Bytes::whole() const {
  if (here_ == size_) return {at_, size_};
  char* const to = pieces_->room(size_);
  WireReader(*this).copy_across(to, size_);
  return {to, size_};
}

// False: there is none. REQUIRES: the piece that is read is at its end.
bool WireReader::next_piece() {
  while (at_ == end_ && later_ != 0) {
    const std::string_view piece = (*pieces_)[next_++];
    const size_t size = std::min(piece.size(), later_);
    at_ = piece.data();
    end_ = at_ + size;
    later_ -= size;
  }
  return at_ != end_;
}

uint64_t WireReader::far_varint() {
  uint64_t value = 0;
  // Ten bytes hold 64 bits; a varint that goes on is damage.
  for (unsigned shift = 0; shift < 64 && !at_end(); shift += 7) {
    const uint64_t byte = static_cast<uint8_t>(*at_++);
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  fail();
  return 0;
}

void WireReader::pass_across(uint64_t count) {
  if (count > left()) return fail();
  while (count != 0 && !at_end()) {
    const size_t step = std::min<uint64_t>(count, here());
    at_ += step;
    count -= step;
  }
}

void WireReader::copy_across(char* to, size_t count) {
  if (count > left()) return fail();
  while (count != 0 && !at_end()) {
    const size_t step = std::min(count, here());
    std::memcpy(to, at_, step);
    to += step;
    at_ += step;
    count -= step;
  }
}

std::string_view WireReader::bytes_across(uint64_t length) {
  if (length > left()) {
    fail();
    return {};
  }
  char* const to = pieces_->room(length);
  copy_across(to, length);
  return {to, static_cast<size_t>(length)};
}

}  // namespace pxq::wire
