#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "local/data/host/proc_directory.h"

namespace pxq::local {

/// A network namespace that some process lives in.
struct NetworkNamespace {
  std::string id;                  // `host`, or `netns-` and its inode
  std::vector<std::string> paths;  // its net directories, below /proc; any one that is still there

  /// The content of a file there, such as `dev`; nothing when all the processes are gone.
  std::optional<std::string> read(const ProcDirectory& proc, std::string_view file) const;
};

/// The host's first (that of process 1 or, where that is hidden, our own), then by inode. Those of
/// processes that we may not look into are missing.
Result<std::vector<NetworkNamespace>> network_namespaces(const ProcDirectory& proc);

}  // namespace pxq::local
