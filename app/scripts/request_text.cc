#include "scripts/request_text.h"

#include <nlohmann/json.hpp>

namespace pxq {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kIndent = 1;

Json function_json(const FunctionCall& call) {
  Json arguments = Json::array();
  for (const auto& [name, value] : call.arguments) {
    arguments.push_back({{"name", name}, {"value", value}});
  }
  return {{"func_name", call.function},
          {"arg_values", std::move(arguments)},
          {"output_table_prefix", call.output_prefix}};
}

Json configs_json(const ScriptRequest& request) {
  Json configs = Json::object();
  if (request.plugin_window) {
    configs["plugin_config"] = {{"start_time_ns", request.plugin_window->start_ns},
                                {"end_time_ns", request.plugin_window->end_ns}};
  }
  if (request.otel_endpoint) {
    Json headers = Json::object();
    for (const auto& header : request.otel_endpoint->headers) headers[header.first] = "***";
    configs["otel_endpoint_config"] = {{"url", request.otel_endpoint->url},
                                       {"headers", std::move(headers)},
                                       {"insecure", request.otel_endpoint->insecure},
                                       {"timeout", request.otel_endpoint->timeout_s}};
  }
  return configs;
}

}  // namespace

std::string request_text(const ScriptRequest& request) {
  Json json;
  json["query_name"] = request.name;
  json["cluster_id"] = request.cluster_id;
  json["mutation"] = request.mutation;
  json["query_str"] = request.text;
  json["exec_funcs"] = Json::array();
  for (const FunctionCall& call : request.functions) {
    json["exec_funcs"].push_back(function_json(call));
  }
  if (Json configs = configs_json(request); !configs.empty()) json["configs"] = std::move(configs);
  return json.dump(kIndent, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace pxq
