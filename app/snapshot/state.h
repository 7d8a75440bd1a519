#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "connect/connection.h"
#include "local/cluster/state.h"
#include "snapshot/row_script.h"

namespace pxq {

/// The agents of a cluster, and what time it is there.
struct Agents {
  std::vector<local::Node> nodes;
  int64_t now_ns = 0;
};
Result<Agents> ask_agents(const Connection& connection);

/// What functions of PxL tell of everything that the tables' rows of a window name: processes, pods
/// and addresses, and what those belong to. What a cluster does not answer is added to
/// `unanswered`, by the function's name. Fails only where the cluster answers nothing at all.
Result<local::ClusterParts> ask_state(const Connection& connection,
                                      const std::vector<CatalogueTable>& tables,
                                      const Slice& window, std::vector<local::Node> agents,
                                      std::vector<std::string>& unanswered);

}  // namespace pxq
