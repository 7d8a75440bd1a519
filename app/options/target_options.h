#pragma once

#include <CLI/App.hpp>
#include <string>

#include "wire/limits.h"

namespace pxq {

/// Which Vizier to ask and how long it may take.
struct TargetOptions {
  std::string local;  // the source named by --local; "host" when none is named; empty: not local
  std::string address;
  std::string tls_ca;
  std::string tls_server_name;
  bool insecure = false;
  std::string max_message = "16M";
  wire::TimeLimits limits;

  void declare(CLI::App& app);
};

/// Reads a limit such as `500ms`, `5s`, `2m`, `1h`, `1m30s` or plain seconds; 0 means none. Throws
/// CLI::ValidationError, as CLI11 wants it.
Duration parse_limit(const std::string& text);

}  // namespace pxq
