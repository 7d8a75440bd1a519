#include "job/cluster_jobs.h"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Option.hpp>
#include <array>
#include <string_view>

#include "file/path_template.h"
#include "job/command_words.h"
#include "text/visible.h"

namespace pxq {
namespace {

constexpr std::string_view kPlaceholder = "{cluster}";

// What each cluster's run is given in words of its own.
constexpr std::array<std::string_view, 6> kOfEach = {"cluster", "all-clusters", "parallel",
                                                     "job",     "summary",      "metrics"};
constexpr std::array<std::string_view, 2> kFiles = {"summary", "metrics"};

std::string value_of(const CLI::App& app, std::string_view name) {
  const CLI::Option* option = app.get_option_no_throw("--" + std::string(name));
  return option == nullptr || option->count() == 0 ? std::string() : option->results().front();
}

std::string for_cluster(std::string value, const std::string& safe) {
  for (size_t at = value.find(kPlaceholder); at != std::string::npos;
       at = value.find(kPlaceholder, at + safe.size())) {
    value.replace(at, kPlaceholder.size(), safe);
  }
  return value;
}

Status needs_placeholder(std::string_view flag, const std::string& value,
                         std::string_view example) {
  return {Code::kUsage,
          fmt::format("--{} '{}' would be the same for several clusters", flag, value),
          fmt::format("put {{cluster}} into it, such as {}", example)};
}

Status check_flags(const CLI::App& app) {
  const std::string to = value_of(app, "to");
  const Result<PathTemplate> path = PathTemplate::parse(to);
  if (!to.empty() && path.ok() && !path->has("cluster")) {
    return needs_placeholder("to", to, "'out/{cluster}/{table}-{start}.csv'");
  }
  const std::string snapshot = value_of(app, "snapshot");
  if (!snapshot.empty() && snapshot.find(kPlaceholder) == std::string::npos) {
    return needs_placeholder("snapshot", snapshot, "'past/{cluster}'");
  }
  for (const std::string_view name : kFiles) {
    const std::string value = value_of(app, name);
    if (value.empty() || value.find(kPlaceholder) != std::string::npos) continue;
    return needs_placeholder(name, value,
                             name == "summary" ? "'last-{cluster}.json'" : "'pxq-{cluster}.prom'");
  }
  return {};
}

}  // namespace

Result<std::vector<FileJob>> cluster_jobs(const Fleet& fleet, const CLI::App& app,
                                          const std::vector<std::string>& script_arguments) {
  if (Status usable = check_flags(app); !usable.ok()) return usable;
  std::vector<FileJob> jobs;
  for (const FleetMember& member : fleet.members) {
    if (member.label != member.cluster.title()) {
      return Status(Code::kUsage,
                    fmt::format("'{}' is the name of more than one of the clusters, so that "
                                "{{cluster}} would not tell them apart",
                                member.cluster.title()),
                    fmt::format("export them one by one, by their ids, with a --to for each; {} is "
                                "one of them",
                                member.cluster.id));
    }
    FileJob job{visible(member.label), {"export", "--cluster=" + member.cluster.id}};
    const std::string safe = path_safe(member.label);
    for (const std::string_view name : kFiles) {
      const std::string value = value_of(app, name);
      if (!value.empty())
        job.words.push_back(fmt::format("--{}={}", name, for_cluster(value, safe)));
    }
    // A job has one state, so the name of a job on several clusters is that of several jobs.
    if (std::string name = value_of(app, "job"); !name.empty()) {
      const bool placed = name.find(kPlaceholder) != std::string::npos;
      job.words.push_back("--job=" + (placed ? for_cluster(name, safe) : name + " " + safe));
    }
    const auto rest = words_without(kOfEach, app, script_arguments);
    job.words.insert(job.words.end(), rest.begin(), rest.end());
    jobs.push_back(std::move(job));
  }
  return jobs;
}

}  // namespace pxq
