#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"

namespace pxq {

/// A file that a run of a job has made, and by which it is known again: one that was changed or
/// replaced since is not the job's own any more.
struct MadeFile {
  std::string path;    // from the root on
  int64_t end_ns = 0;  // all its rows are from before, Unix
  uint64_t bytes = 0;
  uint64_t inode = 0;

  bool operator==(const MadeFile&) const = default;
};

/// Where the files of a job are written down, beside its state.
std::string file_log_path(const std::string& state_path);

/// Nothing where there is none. kOutput for what is no such log: no file may be removed by it.
Result<std::vector<MadeFile>> load_file_log(const std::string& path);

/// Puts the log in place of the old one. kOutput.
Status save_file_log(const std::vector<MadeFile>& files, const std::string& path);

/// Removes the files that end before `before_ns` from the disk, as far as they are what the log
/// says, and from the log in any case. Directories that are empty then go, too, but for `top` and
/// those above it. What was removed is added to `removed`; the first failure is kOutput, and its
/// file stays in the log.
Status remove_old_files(std::vector<MadeFile>& files, int64_t before_ns, const std::string& top,
                        std::vector<std::string>& removed);

}  // namespace pxq
