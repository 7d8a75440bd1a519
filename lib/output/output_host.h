#pragma once

#include <stop_token>

namespace pxq {

/// What the process gives to those who write: word that it is asked to stop, and somebody who looks
/// after the reader of a pipe.
class OutputHost {
 public:
  OutputHost() = default;
  OutputHost(const OutputHost&) = delete;
  OutputHost& operator=(const OutputHost&) = delete;
  virtual ~OutputHost() = default;

  virtual std::stop_token stop() const = 0;

  /// Asks for a stop when the reader of `fd` (a pipe or socket) goes away, also while nothing is
  /// being written. -1 ends that.
  virtual void watch_reader(int fd) = 0;

  /// A write has found that the reader is gone.
  virtual void reader_left() = 0;
};

}  // namespace pxq
