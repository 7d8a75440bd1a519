#include "local/plan/metadata.h"
#include "local/plan/names.h"

#include <algorithm>

namespace pxq::local {
namespace {

struct Entry {
  MetadataKey key;
  std::vector<std::string_view> aliases;
};

// The sources of a key stand in the order in which they are tried: the first that the dataframe has
// is used.
const std::vector<Entry>& entries() {
  static const std::vector<Entry> kEntries = {
      {{"container_id", {"upid"}}, {}},
      {{"service_id", {"upid", "service_name", "pod_id", "pod_name"}}, {}},
      {{"pod_id", {"upid", "pod_name"}}, {}},
      {{"deployment_id",
        {"upid", "deployment_name", "pod_id", "pod_name", "replicaset_id", "replicaset_name"}},
       {}},
      {{"replicaset_id", {"upid", "pod_id", "pod_name", "replicaset_name"}}, {"replica_set_id"}},
      {{"service_name", {"upid", "service_id", "pod_id", "pod_name"}}, {"service"}},
      {{"pod_name", {"upid", "pod_id"}}, {"pod"}},
      {{"deployment_name",
        {"upid", "deployment_id", "pod_id", "pod_name", "replicaset_id", "replicaset_name"}},
       {"deployment"}},
      {{"namespace", {"upid", "pod_id", "pod_name", "service_name"}}, {}},
      {{"replicaset_name", {"upid", "pod_id", "pod_name", "replicaset_id"}},
       {"replica_set", "replicaset"}},
      {{"node_name", {"upid", "pod_id"}}, {"node"}},
      {{"hostname", {"upid"}}, {"host"}},
      {{"container_name", {"upid"}}, {"container"}},
      {{"cmdline", {"upid"}}, {"cmd"}},
      {{"asid", {"upid"}}, {}},
      {{"pid", {"upid"}}, {}},
  };
  return kEntries;
}

}  // namespace

std::vector<std::string> metadata_key_names() {
  std::vector<std::string> names;
  for (const Entry& entry : entries()) {
    names.emplace_back(entry.key.name);
    names.insert(names.end(), entry.aliases.begin(), entry.aliases.end());
  }
  return names;
}

std::vector<std::string> metadata_sources(std::string_view key) {
  const MetadataKey* known = find_metadata_key(key);
  if (known == nullptr) return {};
  return {known->sources.begin(), known->sources.end()};
}

const MetadataKey* find_metadata_key(std::string_view name) {
  for (const Entry& entry : entries()) {
    const auto& aliases = entry.aliases;
    if (entry.key.name == name) return &entry.key;
    if (std::find(aliases.begin(), aliases.end(), name) != aliases.end()) return &entry.key;
  }
  return nullptr;
}

}  // namespace pxq::local
