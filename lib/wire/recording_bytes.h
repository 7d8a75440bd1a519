#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "base/unique_fd.h"
#include "wire/unpacker.h"

namespace pxq::wire {

/// The bytes of a recording: a plain prefix, then what one compressed frame unpacks to.
class RecordingBytes {
 public:
  enum class Got { kAll, kCut, kDamaged };

  explicit RecordingBytes(UniqueFd fd);

  /// The file's first bytes, fewer where it is shorter.
  Result<std::string> prefix(size_t count);

  /// What the frame behind the prefix is; null: there is no memory for it. Before it is read.
  void unpack_by(std::unique_ptr<Unpacker> unpacker) { unpacker_ = std::move(unpacker); }

  /// The next bytes behind the prefix, unpacked.
  Got read(char* to, size_t count);

  /// Whether the frame ends here, with its checksum right, and the file with it.
  Got read_close();

  /// After kDamaged.
  const std::string& damage() const { return damage_; }

 private:
  bool refill();
  /// Fills `to` up to `count` bytes, of which `given` are there afterwards.
  Got unpack(char* to, size_t count, size_t& given);

  UniqueFd fd_;
  std::unique_ptr<Unpacker> unpacker_;
  std::vector<char> packed_;
  std::string_view in_;  // of them, what is not unpacked yet
  bool at_end_ = false;  // of the file
  bool frame_done_ = false;
  std::string damage_;
};

}  // namespace pxq::wire
