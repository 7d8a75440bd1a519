#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "cloud_session.h"
#include "export_session.h"
#include "fake/temp_dir.h"

namespace pxq::app {

inline std::string id_of(int n) {
  return "00000000-0000-0000-0000-0000000000" + std::to_string(10 + n);
}

inline std::vector<fake::Cluster> clusters_named(const std::vector<std::string>& names) {
  std::vector<fake::Cluster> all;
  for (const std::string& name : names) {
    all.push_back({.id = id_of(static_cast<int>(all.size())), .name = name});
  }
  return all;
}

/// An export of three clusters as cron runs it, one after the other unless the flags say otherwise.
struct FleetJob {
  Cloud cloud{listed(clusters_named({"a", "b", "c"})), holding(three_events())};
  fake::TempDir dir;

  fake::Command command(std::vector<std::string> more = {}) const {
    std::vector<std::string> words = {"export",        "-e",
                                      "import px",     "--no-e2e",
                                      "--to",          dir.path("{cluster}-{start}.csv"),
                                      "--state",       dir.path("state"),
                                      "--lag",         "0ms",
                                      "--cloud",       cloud.vizier.address(),
                                      "--tls-ca",      "ca.pem",
                                      "--time-format", "unix_ns"};
    if (std::ranges::find(more, "--parallel") == more.end()) {
      words.insert(words.end(), {"--parallel", "1"});
    }
    words.insert(words.end(), more.begin(), more.end());
    return cloud.command(std::move(words));
  }
  fake::ProcessResult run(std::vector<std::string> more = {}) const {
    return fake::run(command(std::move(more)), std::chrono::seconds(60));
  }

  nlohmann::json jobs() {
    const auto result = cloud.run_bare({"jobs", "--state", dir.path("state"), "-o", "json-array"});
    CHECK(result.status() == 0);
    return nlohmann::json::parse(result.out, nullptr, false);
  }

  std::string verdict_on(const std::string& cluster) {
    const nlohmann::json all = jobs();
    for (const auto& job : all) {
      if (job["cluster"] == cluster) return job["verdict"];
    }
    return "no job";
  }

  /// All exported rows of a cluster, without the headers.
  std::multiset<std::string> rows_of(const std::string& cluster) const {
    std::multiset<std::string> found;
    for (const std::string& name : dir.list()) {
      if (!name.starts_with(cluster + "-") || !name.ends_with(".csv")) continue;
      std::istringstream lines(dir.read(name));
      std::string line;
      for (std::getline(lines, line); std::getline(lines, line);) found.insert(line);
    }
    return found;
  }
};

}  // namespace pxq::app
