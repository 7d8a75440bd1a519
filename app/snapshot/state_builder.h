#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "local/cluster/state.h"
#include "snapshot/answer.h"

namespace pxq {

/// A cell of an answer, empty or 0 where the column was not asked for.
std::string cell(const AnswerRow& row, const std::string& column);
int64_t number_cell(const AnswerRow& row, const std::string& column);
Uint128 id_cell(const AnswerRow& row, const std::string& column);

/// Puts the state of a cluster together from rows that each tell something of a process, an
/// address, a pod or the cluster (snapshot/state_script.h).
class StateBuilder {
 public:
  explicit StateBuilder(std::vector<local::Node> agents);

  void add(const AnswerRow& row);
  local::ClusterParts finish() && { return std::move(parts_); }

 private:
  using Numbers = std::map<std::string, size_t>;  // of entities, by id or name

  void add_cluster(const AnswerRow& row);
  void add_address(const AnswerRow& row);
  void add_process(const AnswerRow& row);
  size_t add_pod(const AnswerRow& row);
  size_t add_container(const AnswerRow& row, size_t pod);
  size_t add_service(const std::string& id, const std::string& name, const AnswerRow& row);
  size_t add_replica_set(const AnswerRow& row);
  size_t add_deployment(const AnswerRow& row);
  size_t add_node(const std::string& name);
  void add_namespace(const std::string& name, const std::string& id);

  local::ClusterParts parts_;
  Numbers pods_, containers_, services_, replica_sets_, deployments_, nodes_, namespaces_;
  std::map<std::string, size_t> processes_;
};

}  // namespace pxq
