#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pxq {

/// A function of the script to call, with argument values as text; its tables are named by
/// `output_prefix`. The server parses values by the parameters' annotations.
struct FunctionCall {
  std::string function;
  std::vector<std::pair<std::string, std::string>> arguments;
  std::string output_prefix;

  bool operator==(const FunctionCall&) const = default;
};

/// Unix nanoseconds, half-open: start included, end not.
struct TimeWindow {
  int64_t start_ns = 0;
  int64_t end_ns = 0;
};

/// Where px.export() sends data, for scripts that name no endpoint themselves.
struct OTelEndpoint {
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  bool insecure = false;
  int64_t timeout_s = 0;
};

/// All that is asked of a Vizier, free of how it is reached.
struct ScriptRequest {
  std::string text;    // PxL, the user's bytes unmodified
  std::string name;    // bundle name such as px/http_data; empty for local files
  std::string source;  // how messages name the script: a path, "<stdin>", "<inline>", a bundle name
  std::vector<FunctionCall> functions;
  uint64_t lines_before = 0;  // lines that pxq put before the user's own (--max-rows)
  bool mutation = false;      // let the script install probes
  std::string cluster_id;     // dashed UUID; empty for a direct address
  std::optional<TimeWindow> plugin_window;
  std::optional<OTelEndpoint> otel_endpoint;
};

}  // namespace pxq
