#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace pxq {

/// Where a script would run: hints name only what is there.
struct HintScope {
  struct Table {
    std::string name;
    std::vector<std::string> columns;
  };
  /// The local Vizier's tables; none: a cluster, with all that Pixie has.
  std::optional<std::vector<Table>> local_tables = {};
  /// The name of the local Vizier's data, as --local= takes it.
  std::string data = {};
  /// Those of the dataframe that lacks one, where they are known.
  std::vector<std::string> columns = {};
};

/// What to try when a compiler, the local one or a cluster's, gave this message for this script:
/// the nearest column, table, function, method, metadata key or name, or the overloads there are.
/// Empty where nothing is known. Columns are those of the scope's tables and the words of the
/// script. `where` is the place of a syntax error, whose message tells little; line 0: unknown.
std::string script_hint(std::string_view message, std::string_view script,
                        const HintScope& scope = {}, const Position& where = {});

}  // namespace pxq
