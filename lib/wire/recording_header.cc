#include "wire/recording_header.h"

#include <concepts>
#include <nlohmann/json.hpp>

#include "text/json_bytes.h"

namespace pxq::wire {
namespace {

using Json = nlohmann::ordered_json;

Json functions_json(const std::vector<FunctionCall>& functions) {
  Json all = Json::array();
  for (const FunctionCall& call : functions) {
    Json arguments = Json::array();
    for (const auto& [name, value] : call.arguments) {
      arguments.push_back(Json::array({name, value}));
    }
    all.push_back({{"function", call.function},
                   {"prefix", call.output_prefix},
                   {"arguments", std::move(arguments)}});
  }
  return all;
}

// Members that are missing and texts of another type read as empty, so that a header which lacks
// one can still be shown.
const Json& member(const Json& object, const char* name) {
  static const Json kNothing;
  if (!object.is_object()) return kNothing;
  const auto found = object.find(name);
  return found == object.end() ? kNothing : *found;
}

std::string text(const Json& value) {
  return value.is_string() ? value.get<std::string>() : std::string();
}

// Throws the library's exception where the value is there and no such number: what times and counts
// a run had is not guessed.
template <std::integral Number>
Number number(const Json& value) {
  return value.is_null() ? Number{0} : whole<Number>(value);
}

std::vector<FunctionCall> to_functions(const Json& all) {
  std::vector<FunctionCall> functions;
  if (!all.is_array()) return functions;
  for (const Json& one : all) {
    FunctionCall call{text(member(one, "function")), {}, text(member(one, "prefix"))};
    const Json& arguments = member(one, "arguments");
    for (const Json& pair : arguments.is_array() ? arguments : Json::array()) {
      if (pair.is_array() && pair.size() == 2) {
        call.arguments.emplace_back(text(pair[0]), text(pair[1]));
      }
    }
    functions.push_back(std::move(call));
  }
  return functions;
}

RecordingHeader to_header(const Json& json) {
  const Json& script = member(json, "script");
  const Json& cluster = member(json, "cluster");
  const Json& limits = member(json, "limits");
  RecordingHeader header;
  header.pxq_version = text(member(json, "pxq"));
  header.started_unix_ns = number<int64_t>(member(json, "started"));
  header.script_name = text(member(script, "name"));
  header.script_source = text(member(script, "source"));
  header.script_sha256 = text(member(script, "sha256"));
  header.lines_before = number<uint64_t>(member(script, "lines_before"));
  header.row_cap = number<uint64_t>(member(script, "row_cap"));
  header.functions = to_functions(member(json, "functions"));
  header.cluster_id = text(member(cluster, "id"));
  header.cluster_name = text(member(cluster, "name"));
  header.address = text(member(json, "address"));
  header.limits.connect = Duration(number<int64_t>(member(limits, "connect_ns")));
  header.limits.idle = Duration(number<int64_t>(member(limits, "idle_ns")));
  header.limits.total = Duration(number<int64_t>(member(limits, "total_ns")));
  header.decrypted = text(member(json, "encryption")) == "decrypted";
  return header;
}

}  // namespace

std::string to_json(const RecordingHeader& header) {
  Json json;
  json["pxq"] = header.pxq_version;
  json["started"] = header.started_unix_ns;
  json["script"] = {{"name", header.script_name},
                    {"source", header.script_source},
                    {"sha256", header.script_sha256},
                    {"lines_before", header.lines_before},
                    {"row_cap", header.row_cap}};
  json["functions"] = functions_json(header.functions);
  json["cluster"] = {{"id", header.cluster_id}, {"name", header.cluster_name}};
  json["address"] = header.address;
  json["limits"] = {{"connect_ns", header.limits.connect.count()},
                    {"idle_ns", header.limits.idle.count()},
                    {"total_ns", header.limits.total.count()}};
  json["encryption"] = header.decrypted ? "decrypted" : "none";
  // Names and arguments may hold bytes that are no UTF-8, where dump() would throw otherwise.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<RecordingHeader> parse_recording_header(std::string_view bytes) {
  const Json json = Json::parse(bytes, nullptr, false);
  try {
    if (json.is_object()) return to_header(json);
  } catch (const Json::exception&) {  // told below, like what is no object
  }
  return Status(Code::kIncomplete, "the recording's header is damaged");
}

}  // namespace pxq::wire
