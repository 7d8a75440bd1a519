#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "local/data/table_source.h"
#include "local/functions/function.h"
#include "local/plan/flags.h"
#include "local/plan/plan.h"
#include "local/pxl/parser.h"

namespace pxq::local {

/// A function of the script to run, argument values as text, tables named by `output_prefix`.
struct FunctionCall {
  std::string function;
  std::vector<std::pair<std::string, std::string>> arguments;
  std::string output_prefix;
};

/// What px.plugin.start_time and end_time are, Unix nanoseconds.
struct PluginWindow {
  int64_t start_ns = 0;
  int64_t end_ns = 0;
};

/// What to compile. The views must outlive the call, not the result.
struct CompileRequest {
  std::string_view text;
  std::span<const FunctionCall> functions;  // not empty: their results are the tables
  int64_t now_ns = 0;                       // the query's one reading of the clock
  std::optional<PluginWindow> plugin_window = std::nullopt;
  std::optional<int64_t> default_start_ns = std::nullopt;  // of a px.DataFrame that names no start
  Vocabulary vocabulary = Vocabulary::kLocal;
  std::span<const std::string> probe_tables = {};  // kCluster: tables that probes make
  /// The text's parse, for who compiles one text several times; null: it is parsed here.
  const pxl::ParseResult* parsed = nullptr;
};

/// Whose doing an error is.
enum class Cause {
  kScript,   // the script's: a cluster would refuse it too
  kLimit,    // a bound of this compiler, which a cluster may well not have
  kAbsent,   // Pixie has it, and the local Vizier does not
  kCluster,  // only a cluster can tell
};

/// One reason, with Pixie's text. Lines and columns count from 1; errors of function calls have
/// the position 0:0, and some errors have none.
struct CompileError {
  uint64_t line = 0;
  uint64_t column = 0;
  std::string message;
  bool has_position = true;
  Cause cause = Cause::kScript;
  std::vector<std::string> columns = {};  // of the dataframe that lacks one; else empty
};

/// A plan, or why there is none.
struct CompileResult {
  Plan plan;
  QueryFlags flags;
  std::vector<CompileError> errors;     // empty: `plan` stands
  std::vector<CompileError> unchecked;  // what was passed over, its cause kCluster
  std::string status_message;           // what Pixie puts into Status.message beside the details
  bool flags_refused = false;  // a bad `#px:set` line: Pixie ends the call without a Status
  bool mutation = false;       // the script would install probes or change agents

  bool ok() const { return errors.empty(); }
};

/// Compiles a script as Pixie does: parse, walk, resolve types, place. Never reads a table. Any
/// text may be given: time, memory and stack are bounded.
CompileResult compile(const CompileRequest& request, const TableSet& tables);

}  // namespace pxq::local
