#include "wire/request_message.h"

namespace pxq::wire {

px::api::vizierpb::ExecuteScriptRequest to_message(const ScriptRequest& request) {
  px::api::vizierpb::ExecuteScriptRequest message;
  message.set_query_str(request.text);
  message.set_query_name(request.name);
  message.set_cluster_id(request.cluster_id);
  message.set_mutation(request.mutation);
  for (const FunctionCall& call : request.functions) {
    auto* function = message.add_exec_funcs();
    function->set_func_name(call.function);
    function->set_output_table_prefix(call.output_prefix);
    for (const auto& [name, value] : call.arguments) {
      auto* argument = function->add_arg_values();
      argument->set_name(name);
      argument->set_value(value);
    }
  }
  if (request.plugin_window) {
    auto* plugin = message.mutable_configs()->mutable_plugin_config();
    plugin->set_start_time_ns(request.plugin_window->start_ns);
    plugin->set_end_time_ns(request.plugin_window->end_ns);
  }
  if (request.otel_endpoint) {
    auto* otel = message.mutable_configs()->mutable_otel_endpoint_config();
    otel->set_url(request.otel_endpoint->url);
    otel->set_insecure(request.otel_endpoint->insecure);
    otel->set_timeout(request.otel_endpoint->timeout_s);
    for (const auto& [name, value] : request.otel_endpoint->headers) {
      (*otel->mutable_headers())[name] = value;
    }
  }
  return message;
}

void ask_for_encryption(const std::string& key, KeyAgreement agreement,
                        px::api::vizierpb::ExecuteScriptRequest& message) {
  auto* options = message.mutable_encryption_options();
  options->set_jwk_key(key);
  options->set_key_alg(std::string(algorithm_name(agreement)));
  options->set_content_alg(std::string(kContentAlgorithm));
  options->set_compression_alg(std::string(kCompression));
}

px::api::vizierpb::ExecuteScriptRequest rest_of(px::api::vizierpb::ExecuteScriptRequest message,
                                                const std::string& query_id) {
  // The query that this attaches to has its probes already.
  message.set_query_id(query_id);
  message.set_mutation(false);
  return message;
}

grpc::ByteBuffer to_buffer(const google::protobuf::MessageLite& message) {
  const grpc::Slice slice(message.SerializeAsString());
  return grpc::ByteBuffer(&slice, 1);
}

}  // namespace pxq::wire
