#pragma once

#include <string>
#include <vector>

#include "cli/flag_types.h"
#include "report/assertion.h"

namespace pxq {

/// What rows must be or not be for a run to succeed, beside being whole.
struct CheckOptions {
  bool fail_on_empty = false;
  std::vector<std::string> fail_if;

  void declare(CLI::App& app);

  /// kUsage for one that cannot be read.
  Result<std::vector<Assertion>> assertions() const;
};

}  // namespace pxq
