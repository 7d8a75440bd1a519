#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace pxq::wire {

/// Unpacks one compressed frame, as its bytes come. Its memory is bounded, whatever the frame says.
class Unpacker {
 public:
  /// How far one step came.
  struct Step {
    size_t taken = 0;             // of the packed bytes
    size_t given = 0;             // of the room
    bool frame_done = false;      // nothing follows in it, and its checksum is right, if it has one
    std::string_view fault = {};  // what is wrong with the frame
  };

  Unpacker() = default;
  Unpacker(const Unpacker&) = delete;
  Unpacker& operator=(const Unpacker&) = delete;
  virtual ~Unpacker() = default;

  /// Without packed bytes it gives what it still holds.
  virtual Step step(std::string_view packed, char* out, size_t room) = 0;
};

/// Null where there is no memory. A zstd frame may look back `window_log` bits.
std::unique_ptr<Unpacker> make_zstd_unpacker(int window_log);
std::unique_ptr<Unpacker> make_lz4_unpacker();

}  // namespace pxq::wire
