#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/status.h"
#include "cli/flag_types.h"

namespace pxq {

/// How often and how long a script is run.
struct WatchPlan {
  std::optional<Duration> every = {};  // from one beginning to the next; nothing: once
  std::optional<Duration> length = {};
};

/// The flags about it.
struct WatchOptions {
  std::string watch;
  std::string length;  // --for

  void declare(CLI::App& app);
  Result<WatchPlan> plan() const;
};

}  // namespace pxq
