#include "request_text.h"

#include <google/protobuf/util/json_util.h>

#include "wire/request_message.h"

namespace pxq {

std::string request_text(ScriptRequest request) {
  if (request.otel_endpoint) {
    for (auto& [name, value] : request.otel_endpoint->headers) value = "***";
  }
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.preserve_proto_field_names = true;
  std::string text;
  const auto status =
      google::protobuf::util::MessageToJsonString(wire::to_message(request), &text, options);
  return status.ok() ? text : std::string("{}\n");
}

}  // namespace pxq
