#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"

namespace pxq::local {

/// The kernel's /proc, or a directory that looks like it. Processes come and go and not all may be
/// looked into: what cannot be read is simply not there.
class ProcDirectory {
 public:
  explicit ProcDirectory(std::string root) : root_(std::move(root)) {}

  /// All processes, ascending. Fails only when the directory itself cannot be read (kServer).
  Result<std::vector<uint32_t>> pids() const;

  /// A file's whole content; the path is relative to the directory.
  std::optional<std::string> read(std::string_view path) const;

  /// Where a symbolic link points.
  std::optional<std::string> link(std::string_view path) const;

  /// The numbers of the file descriptors that a process has open.
  std::vector<uint32_t> descriptors(uint32_t pid) const;

 private:
  std::string root_;
};

/// The words of a line of /proc, one after another.
class Words {
 public:
  explicit Words(std::string_view text) : rest_(text) {}

  /// The next word, empty at the end.
  std::string_view next();
  /// The next word as a number: what exceeds int64 becomes its maximum, what is no number nothing.
  std::optional<int64_t> number();
  void skip(size_t words) {
    while (words-- > 0) next();
  }

 private:
  std::string_view rest_;
};

/// Takes the first line off `text`, without its end.
std::string_view take_line(std::string_view& text);

}  // namespace pxq::local
