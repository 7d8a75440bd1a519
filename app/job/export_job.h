#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "export/watermark.h"
#include "file/lock.h"
#include "file/path_template.h"
#include "job/job_identity.h"
#include "options/export_options.h"
#include "options/script_options.h"
#include "output/output_plan.h"
#include "script/source.h"
#include "settings/target.h"

namespace pxq {

/// What one export is told from all others by, and where it keeps what its next run must know.
struct ExportJob {
  JobIdentity identity;
  OutputPlan output;      // where its rows go, by a path from the root on
  std::string directory;  // of states and locks
  std::string cloud;      // empty: a direct Vizier
  /// As states know the cluster: its cloud's id or an address; the first is today's. Empty until a
  /// cloud has been asked.
  std::vector<std::string> clusters;

  std::string name;         // empty until the cluster is known, unless --job gives one
  std::string former_name;  // of the same job before states had version 2; empty: none
  std::string lock;         // paths
  std::string state;
  std::string journal;

  /// kUsage where the flags do not make a job that can be repeated, or there is no place for its
  /// state. A cluster of a cloud is known from an earlier run, or not yet.
  static Result<ExportJob> find(const ExportOptions& options, OutputPlan output,
                                const ScriptOptions& asked,
                                const std::vector<std::string>& script_arguments,
                                const Script& script, const Target& target);

  /// Whether the rows' place keeps the state itself.
  bool database() const { return output.kind->holds_runs; }
  const PathTemplate& path() const { return *output.path; }

  /// A job of its own that exports what this one never asked for. REQUIRES: has_place().
  ExportJob backfill() const;

  bool has_place() const { return !name.empty(); }

  /// The cloud has been asked: its cluster gives the job a name where it has none.
  void settle_on(const std::string& cluster_id);

  /// Takes over the state that lies under the job's former name, what a dead run has left of it
  /// included. kLocked while a run of an older pxq is at it. REQUIRES: the job's own lock is held.
  Status adopt(const std::stop_token& stop) const;

  /// How far the job is, or nothing: it never ran. `text` is what a database has of it.
  Result<std::optional<ExportState>> load(const std::string& database_file,
                                          const std::optional<std::string>& text,
                                          int64_t now_ns) const;

 private:
  void take_name(std::string text);
  void look_for_cluster(const Target& target);
};

/// Where states and locks are kept: `given`, or as the XDG rules say. Empty where nothing is known.
std::string state_directory(const std::string& given);

}  // namespace pxq
