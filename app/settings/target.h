#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "options/target_options.h"
#include "settings/settings.h"
#include "wire/credentials.h"
#include "wire/endpoint.h"
#include "wire/envelope.h"
#include "wire/limits.h"

namespace pxq {

/// Which Vizier is meant and how to reach it, after all flags, variables and files have been heard.
struct Target {
  enum class Kind { kLocal, kDirect, kCloud };
  Kind kind = Kind::kLocal;
  std::string local;                    // the source of the local Vizier
  std::optional<int64_t> at_ns;         // what time it is there; none: now
  std::optional<Duration> sample = {};  // for how long this machine is read before the run
  wire::Endpoint endpoint;              // of kDirect and kCloud
  bool is_default_cloud = false;        // nobody named one
  std::string cluster;                  // as named for a cloud; empty: the only healthy one
  /// The words for clusters where they may mean several: more than one, or a glob. Then `cluster`
  /// is the first of them.
  std::vector<std::string> fleet = {};
  wire::Credentials credentials;  // an empty key: none
  bool encrypt = false;
  wire::KeyChoice key_choice = wire::KeyChoice::kAny;  // where rows are encrypted
  wire::TimeLimits limits;
  int retries = 2;
  size_t max_message = wire::kMaxMessageBytes;
};

/// Which kind of target holds, where that is clear.
Result<Target::Kind> target_kind(const TargetOptions& options, const Settings& settings);

/// Whether nobody says a word about a target: no flag, no variable, no setting, no profile.
bool names_no_target(const TargetOptions& options, const Settings& settings);

/// Finds out what is meant; nothing is connected to. kUsage where that is not clear or not safe,
/// kAuth where a cloud is meant and there is no key for it.
Result<Target> resolve_target(const TargetOptions& options);

/// What --at says, Unix nanoseconds; nothing for an empty text. kUsage where it is no time.
Result<std::optional<int64_t>> read_moment(const std::string& text);
/// The same of a command with targets; kUsage also where it is for no local source.
Result<std::optional<int64_t>> read_moment(const TargetOptions& options);

/// The size of --max-message in bytes.
Result<size_t> parse_size(const std::string& flag, const std::string& text);

}  // namespace pxq
