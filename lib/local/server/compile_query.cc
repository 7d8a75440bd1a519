#include "local/server/compile_query.h"

#include <set>
#include <utility>

#include "local/data/history/history.h"

namespace pxq::local {

CompileResult compile_query(const px::api::vizierpb::ExecuteScriptRequest& request,
                            const DataSet& data, int64_t now_ns) {
  std::vector<FunctionCall> functions;
  for (const auto& from : request.exec_funcs()) {
    FunctionCall call{from.func_name(), {}, from.output_table_prefix()};
    for (const auto& argument : from.arg_values()) {
      call.arguments.emplace_back(argument.name(), argument.value());
    }
    functions.push_back(std::move(call));
  }
  CompileRequest compile_request;
  compile_request.text = request.query_str();
  compile_request.functions = functions;
  compile_request.now_ns = now_ns;
  if (request.configs().has_plugin_config()) {
    const auto& plugin = request.configs().plugin_config();
    compile_request.plugin_window = PluginWindow{plugin.start_time_ns(), plugin.end_time_ns()};
  }
  if (data.history != nullptr && data.history->is_watched()) {
    compile_request.default_start_ns = now_ns;
  }
  return compile(compile_request, data.tables);
}

void for_each_source(const Plan& plan, const std::function<void(const Operator::Source&)>& action) {
  std::set<const Operator*> seen;
  std::vector<const Operator*> todo;
  for (const Plan::Sink& sink : plan.sinks) todo.push_back(sink.input.get());
  while (!todo.empty()) {
    const Operator& node = *todo.back();
    todo.pop_back();
    if (!seen.insert(&node).second) continue;
    if (const auto* source = std::get_if<Operator::Source>(&node.node)) action(*source);
    for (const OperatorPtr& input : node.inputs) todo.push_back(input.get());
  }
}

std::vector<std::string> tables_of(const Plan& plan,
                                   const std::function<bool(const Operator::Source&)>& chosen) {
  std::vector<std::string> tables;
  for_each_source(plan, [&](const Operator::Source& source) {
    if (chosen(source)) tables.push_back(source.table);
  });
  return tables;
}

}  // namespace pxq::local
