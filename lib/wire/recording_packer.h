#pragma once

#include <atomic>
#include <string_view>

#include "base/block_line.h"
#include "base/output.h"

namespace pxq::wire {

/// Compresses a recording's records into one LZ4 frame and writes that to an Output, which must
/// outlive it: on the caller's thread and, once it has got help, on another one too. From then on
/// until end() the Output is its alone. One thread.
class RecordingPacker {
 public:
  explicit RecordingPacker(Output& out);

  /// For a recording that is long enough for a thread of its own.
  void get_help() { blocks_.get_help(); }

  void add(std::string_view bytes);
  /// For a caller that would wait otherwise: packs a block. False: none is left.
  bool work() { return blocks_.work(); }
  /// Writes soon so much that all that was added can be unpacked from it.
  void flush();
  /// Ends the frame, and waits until all is written. REQUIRES: called once, as the last.
  void end();

  /// Gives up: for the caller alone, before help is there.
  void fail(Status failure);

  /// kOk until the output has failed.
  const Status& status() const;

 private:
  void begin();
  void take(std::string_view packed, bool last);

  Output& out_;
  bool begun_ = false;
  Status failure_;  // of the output, written once, before `failed_`
  std::atomic<bool> failed_{false};
  BlockLine blocks_;  // last: its thread uses the members above
};

}  // namespace pxq::wire
