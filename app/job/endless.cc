#include "job/endless.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "job/window_request.h"
#include "local/data/catalogue.h"
#include "local/plan/compiler.h"
#include "text/visible.h"

namespace pxq {
namespace {

// The plan of a request on a cluster, whose tables of its own are taken as the script has them.
local::CompileResult plan_of(const ScriptRequest& request, int64_t now_ns) {
  constexpr size_t kMostTables = 16;
  constexpr std::string_view kBefore = "Table '";
  constexpr std::string_view kAfter = "' not found";
  std::vector<local::FunctionCall> functions;
  for (const FunctionCall& call : request.functions) {
    functions.push_back({call.function, call.arguments, call.output_prefix});
  }
  std::vector<std::string> own_tables;
  local::CompileRequest asked;
  asked.text = request.text;
  asked.functions = functions;
  asked.now_ns = now_ns;
  asked.vocabulary = local::Vocabulary::kCluster;
  if (request.plugin_window) {
    asked.plugin_window =
        local::PluginWindow{request.plugin_window->start_ns, request.plugin_window->end_ns};
  }
  const local::TableSet tables = local::catalogue_tables();
  for (;;) {
    asked.probe_tables = own_tables;
    local::CompileResult result = local::compile(asked, tables);
    if (result.ok() || own_tables.size() == kMostTables) return result;
    const std::string& message = result.errors.front().message;
    const size_t end = message.find(kAfter);
    if (!message.starts_with(kBefore) || end == std::string::npos) return result;
    own_tables.push_back(message.substr(kBefore.size(), end - kBefore.size()));
  }
}

}  // namespace

Status check_end(const ScriptOptions& asked, const Script& script, const WindowOptions& options,
                 const Context& context) {
  // Without the word there is no such call, and nothing to compile.
  if (script.text.find("stream") == std::string::npos) return {};
  const Result<ScriptRequest> request =
      windowed_request(asked, script, plan_window({}, options), context);
  if (!request.ok()) return {};  // told when it is sent
  const local::CompileResult compiled = plan_of(*request, options.now_ns);
  if (!compiled.ok()) return {};
  const auto& sinks = compiled.plan.sinks;
  const auto endless = std::ranges::find_if(sinks, &local::Plan::Sink::streams);
  if (endless == sinks.end()) return {};
  return {
      Code::kUsage,
      fmt::format("{}: the rows of '{}' are a stream, which never ends, and an export has an end",
                  visible(script.source), visible(endless->table)),
      "without .stream() each run exports what is new; `pxq run --for 10m` takes a stream for "
      "a while"};
}

}  // namespace pxq
