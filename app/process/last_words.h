#pragma once

#include <string_view>

namespace pxq {

/// What is said, and with which exit code, when the process cannot go on and nothing can unwind:
/// memory or threads ran out in our code, in gRPC (which aborts) or anywhere else, or a library met
/// a defect. It ends there and then, as by SIGKILL: what is left behind is what the next run takes
/// away. Set before main, for libraries allocate before it.
class LastWords {
 public:
  /// Handles a failed allocation, an exception that nobody takes, and abort().
  static void prepare();

  /// No thread says them any more: the process ends otherwise. Does not return where one does
  /// already.
  static void forgo();

  /// From now on they are a line of JSON, as all of stderr.
  static void use_json(bool json);
  /// stderr stands in a line that is to be drawn over first.
  static void set_line_open(bool open);
  /// An error that gRPC logs. What it asserts is kept, as it aborts then; that it cannot watch a
  /// connection or accept one ends the process.
  static void heed(std::string_view grpc_error);
};

}  // namespace pxq
