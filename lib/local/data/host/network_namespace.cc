#include "local/data/host/network_namespace.h"

#include <map>
#include <optional>
#include <utility>

namespace pxq::local {
namespace {

/// The inode in `net:[4026531840]`; 0 for anything else.
uint64_t inode_of(const std::optional<std::string>& link) {
  constexpr std::string_view kPrefix = "net:[";
  if (!link || !link->starts_with(kPrefix) || !link->ends_with(']')) return 0;
  const size_t length = link->size() - kPrefix.size() - 1;
  const std::string number = link->substr(kPrefix.size(), length);
  return static_cast<uint64_t>(Words{number}.number().value_or(0));
}

uint64_t host_inode(const ProcDirectory& proc) {
  const uint64_t first = inode_of(proc.link("1/ns/net"));
  return first != 0 ? first : inode_of(proc.link("self/ns/net"));
}

}  // namespace

std::optional<std::string> NetworkNamespace::read(const ProcDirectory& proc,
                                                  std::string_view file) const {
  // Any process of a namespace may end while its files are read; the others show the same.
  for (const std::string& path : paths) {
    std::optional<std::string> text = proc.read(path + '/' + std::string(file));
    if (text && !text->empty()) return text;
  }
  return std::nullopt;
}

Result<std::vector<NetworkNamespace>> network_namespaces(const ProcDirectory& proc) {
  const Result<std::vector<uint32_t>> pids = proc.pids();
  if (!pids.ok()) return pids.status();
  const uint64_t host = host_inode(proc);
  std::map<std::pair<bool, uint64_t>, NetworkNamespace> found;  // the host's sorts first
  for (const uint32_t pid : *pids) {
    const std::string directory = std::to_string(pid);
    const uint64_t inode = inode_of(proc.link(directory + "/ns/net"));
    if (inode == 0) continue;
    found[{inode != host, inode}].paths.push_back(directory + "/net");
  }
  // Where no process shows its namespace we still have our own.
  if (found.empty()) found[{false, host}].paths.push_back("net");

  std::vector<NetworkNamespace> namespaces;
  for (auto& [key, entry] : found) {
    entry.id = key.first ? "netns-" + std::to_string(key.second) : "host";
    namespaces.push_back(std::move(entry));
  }
  return namespaces;
}

}  // namespace pxq::local
