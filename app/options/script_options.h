#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

#include "command.h"
#include "script/bundle.h"
#include "script/request.h"
#include "script/source.h"

namespace pxq {

/// Which script to run and with which arguments.
struct ScriptOptions {
  std::string script;  // the positional
  std::string file;
  std::string inline_text;
  std::vector<std::string> bundles;
  std::vector<std::string> arguments;
  std::string function;
  std::string max_rows;
  bool mutate = false;

  void declare(CLI::App& app);

  /// The script that is meant, its bytes as found.
  Result<Script> load(Context& context) const;
  /// What to ask the server for it; every argument is checked here, before any connection.
  Result<ScriptRequest> request(const Script& script, const Context& context) const;
};

/// Scripts by name, the user's own bundles first (--bundle, PX_BUNDLE), then those pxq ships.
Result<ScriptLibrary> open_library(const std::vector<std::string>& bundles, Context& context);

}  // namespace pxq
