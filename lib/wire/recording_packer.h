#pragma once

#include <lz4frame.h>

#include <cstddef>
#include <string_view>

#include "base/output.h"

namespace pxq::wire {

/// Compresses a recording's records into one LZ4 frame, straight into an Output, which must outlive
/// it. A failure is the output's.
class RecordingPacker {
 public:
  explicit RecordingPacker(Output& out);
  RecordingPacker(const RecordingPacker&) = delete;
  RecordingPacker& operator=(const RecordingPacker&) = delete;
  ~RecordingPacker();

  void add(std::string_view bytes);
  /// Hands on so much that all that was added can be unpacked from it.
  void flush();
  /// Ends the frame, and hands it on. REQUIRES: called once, as the last.
  void end();

 private:
  void put(size_t packed);
  void begin();

  Output& out_;
  LZ4F_cctx* context_ = nullptr;
  bool begun_ = false;
};

}  // namespace pxq::wire
