#pragma once

#include <string>
#include <vector>

#include "options/script_options.h"
#include "output/output_plan.h"
#include "script/source.h"
#include "settings/target.h"

namespace pxq {

/// What makes two runs of `pxq export` runs of one job, however their command lines spell it:
/// arguments in any order and their defaults, `s` and `./s`, localhost and 127.0.0.1.
struct JobIdentity {
  std::string script;                  // a bundle's name, a path, or a hash of the text
  std::vector<std::string> arguments;  // that are not the defaults, sorted
  std::string family;                  // a hash of all of it but the cluster

  /// kUsage for arguments that are none.
  static Result<JobIdentity> of(const OutputPlan& output, const ScriptOptions& asked,
                                const std::vector<std::string>& script_arguments,
                                const Script& script, const std::string& path);

  /// The job's name on a cluster, as cluster_identity() names it.
  std::string name_on(const std::string& cluster) const;
};

/// The name of the same job in states of before version 2, which depended on the spelling.
std::string former_job_name(const OutputPlan& output, const ScriptOptions& asked,
                            const std::vector<std::string>& script_arguments, const Script& script,
                            const Target& target, const std::string& path);

/// An address as all its spellings: this machine is localhost.
std::string canonical_address(const wire::Endpoint& endpoint);

/// The names under which states may know a direct Vizier: the canonical one first.
std::vector<std::string> address_names(const wire::Endpoint& endpoint);

}  // namespace pxq
