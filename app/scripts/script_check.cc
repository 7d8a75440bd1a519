#include "scripts/script_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "local/data/catalogue.h"
#include "local/plan/compiler.h"
#include "script/arguments.h"
#include "script/functions.h"
#include "scripts/script_hint.h"

namespace pxq {
namespace {

constexpr int64_t kWindowNs = 300'000'000'000;

// A value that the variable's type allows, for one that has no default.
std::string sample_value(const Variable& variable) {
  if (!variable.valid_values.empty()) return variable.valid_values.front();
  switch (variable.type) {
    case PxType::kBoolean: return "true";
    case PxType::kInt64: return "1";
    case PxType::kFloat64: return "1.0";
    case PxType::kList:
    case PxType::kStringList: return "['a']";
    // A variable that speaks of time mostly goes into start_time=, where another text would not
    // compile.
    default: return variable.name.find("time") == std::string::npos ? "a" : "-5m";
  }
}

class Checker final {
 public:
  Checker(const Script& script, int64_t now_ns, std::span<const std::string> probe_tables)
      : script_(script),
        vis_(script.vis.value_or(Vis{})),
        parsed_(pxl::parse(script.text)),
        now_ns_(now_ns),
        probe_tables_(probe_tables) {}

  ScriptCheck run() && {
    Result<std::vector<FunctionCall>> calls = default_calls();
    if (!calls.ok()) {
      add(found_.errors, {calls.status().message(), {script_.source, 0, 0}, calls.status().hint()});
    } else if (calls->empty()) {
      compile({});
    } else {
      for (const FunctionCall& call : *calls) compile(call);
    }
    return std::move(found_);
  }

 private:
  Result<std::vector<FunctionCall>> default_calls() {
    std::vector<Argument> arguments;
    for (const Variable& variable : vis_.variables) {
      if (variable.required()) {
        arguments.push_back({variable.name, sample_value(variable)});
      } else if (Status fits = check_value(variable, *variable.default_value);
                 !variable.default_value->empty() && !fits.ok()) {
        add(found_.errors,
            {fmt::format("vis.json: default of '{}': {}", variable.name, fits.message()),
             {script_.source, 0, 0},
             fits.hint()});
      }
    }
    return function_calls(vis_, arguments, script_.source);
  }

  void compile(const FunctionCall& call) {
    const local::FunctionCall function{call.function, call.arguments, call.output_prefix};
    local::CompileRequest request;
    request.text = script_.text;
    if (!call.function.empty()) request.functions = std::span(&function, 1);
    request.now_ns = now_ns_;
    request.plugin_window = local::PluginWindow{now_ns_ - kWindowNs, now_ns_};
    request.vocabulary = local::Vocabulary::kCluster;
    static const local::TableSet kTables = local::catalogue_tables();
    request.probe_tables = probe_tables_;
    request.parsed = &parsed_;
    const local::CompileResult result = local::compile(request, kTables);
    for (const local::CompileError& error : result.errors) {
      const bool first = &error == &result.errors.front();
      add(error.cause == local::Cause::kScript ? found_.errors : found_.untold,
          finding(error, first));
    }
    for (const local::CompileError& place : result.unchecked)
      add(found_.untold, finding(place, false));
  }

  // Of several syntax errors for one wrong word the first says where it is.
  Diagnostic finding(const local::CompileError& error, bool first) const {
    const Position where{script_.source, first ? error.line : 0, error.column};
    std::string hint = script_hint(error.message, script_.text, {.columns = error.columns}, where);
    if (hint.empty() && error.message.starts_with("Table '")) {
      hint = "not a table of Pixie; if a probe makes it, --table NAME says so";
    }
    if (error.message.starts_with("query does not output") && !script_.vis &&
        script_.text.find("def ") != std::string::npos) {
      hint = "functions run with --func NAME, or by a vis.json beside the file";
    }
    if (!error.has_position && error.line != 0) {
      hint += fmt::format("{}the place is pxq's, Pixie gives none", hint.empty() ? "" : "; ");
    }
    return {error.message, {script_.source, error.line, error.column}, std::move(hint)};
  }

  // Functions that share a helper would tell of its errors again and again.
  static void add(std::vector<Diagnostic>& all, Diagnostic finding) {
    const bool known = std::any_of(all.begin(), all.end(), [&](const Diagnostic& other) {
      return other.message == finding.message && other.where.line == finding.where.line &&
             other.where.column == finding.where.column;
    });
    if (!known) all.push_back(std::move(finding));
  }

  const Script& script_;
  const Vis vis_;
  const pxl::ParseResult parsed_;  // once: a script may have thirty functions to compile
  const int64_t now_ns_;
  const std::span<const std::string> probe_tables_;
  ScriptCheck found_;
};

}  // namespace

ScriptCheck check_script(const Script& script, int64_t now_ns,
                         std::span<const std::string> probe_tables) {
  return Checker(script, now_ns, probe_tables).run();
}

}  // namespace pxq
