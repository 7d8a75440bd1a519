#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "local/plan/compiler.h"

namespace pxq::local::test {

/// 2024-05-06T07:08:09.5Z, at which every story happens.
inline constexpr int64_t kNow = 1714979289500000000;

/// Tables with Pixie's own schemas and no rows.
TableSet story_tables();

/// A script that was compiled, and the questions that tests ask about it.
struct Story {
  CompileResult result;

  /// "3:24 name 'x' is not defined", one line an error; "- text" for an error without a position;
  /// empty when the script compiled.
  std::string error() const;
  /// The tables' names, separated by blanks.
  std::string tables() const;
  /// "time_ t, upid u/UPID": the columns of a table, in the letters of Pixie's types.
  std::string columns(std::string_view table) const;
  /// "limit 5 (filter (source http_events))": the operators behind a table.
  std::string shape(std::string_view table) const;
  const Operator* op(std::string_view table) const;
};

Story compile_script(std::string_view text);
Story compile_functions(std::string_view text, std::vector<FunctionCall> functions);

/// What stands behind `import px`, two lines before, and `df`, made from http_events.
Story compile_line(std::string_view line);

std::string columns_text(const std::vector<ColumnInfo>& columns);

}  // namespace pxq::local::test
