#pragma once

#include <zstd.h>

#include <cstddef>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/unique_fd.h"

namespace pxq::wire {

/// The bytes of a recording: a plain prefix, then what one zstd frame unpacks to. Its memory is
/// bounded by the frame's window (recording::kWindowLog), whatever the file says.
class RecordingBytes {
 public:
  enum class Got { kAll, kCut, kDamaged };

  explicit RecordingBytes(UniqueFd fd);
  RecordingBytes(const RecordingBytes&) = delete;
  RecordingBytes& operator=(const RecordingBytes&) = delete;
  ~RecordingBytes();

  /// The file's first bytes, fewer where it is shorter.
  Result<std::string> prefix(size_t count);

  /// The next bytes behind the prefix, unpacked.
  Got read(char* to, size_t count);

  /// Whether the frame ends here, with its checksum right, and the file with it.
  Got read_close();

  /// After kDamaged.
  const std::string& damage() const { return damage_; }

 private:
  bool refill();
  Got unpack(ZSTD_outBuffer& out);

  UniqueFd fd_;
  ZSTD_DCtx* context_;
  std::vector<char> packed_;
  ZSTD_inBuffer in_ = {nullptr, 0, 0};
  bool at_end_ = false;  // of the file
  bool frame_done_ = false;
  std::string damage_;
};

}  // namespace pxq::wire
