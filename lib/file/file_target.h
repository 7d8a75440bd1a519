#pragma once

#include <string>
#include <vector>

#include "base/status.h"

namespace pxq {

/// What a user's path stands for, links followed. Regular files and names that do not exist yet
/// are replaced as a whole; devices, FIFOs, sockets and /dev/stdout and its like are written in
/// place. A symbolic link stays a link: the file it points to, which need not exist, is replaced.
struct FileTarget {
  std::string path;  // as the user gave it, for messages
  std::string file;  // after following links
  bool exists = false;
  bool in_place = false;
  int inherited_fd = -1;  // of /dev/stdout, /dev/stderr, /dev/fd/N; else -1
};

/// Directories, link loops and empty paths are kOutput.
Result<FileTarget> resolve_file_target(const std::string& path);

/// kUsage if two of the paths stand for one file, which the second would replace. Empty paths are
/// none; what is written in place may be shared.
Status check_distinct(const std::vector<std::string>& paths);

}  // namespace pxq
