#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/flag_types.h"
#include "script/request.h"
#include "script/source.h"

namespace pxq {

/// Which script to run, with which arguments and times.
struct ScriptOptions {
  std::string script;  // the positional
  std::string file;
  std::string inline_text;
  std::vector<std::string> bundles;
  std::vector<std::string> arguments;
  std::string function;
  std::optional<std::string> since;
  std::optional<std::string> start;
  std::optional<std::string> end;
  std::string max_rows;
  bool mutate = false;
  std::optional<int64_t> now_ns = {};  // by another clock than the one here: --at, or a Vizier's

  void declare(CLI::App& app);
  /// Parts of it: the script itself, and its times.
  void declare_source(CLI::App& app);
  void declare_times(CLI::App& app);

  bool names_script() const { return !script.empty() || !file.empty() || !inline_text.empty(); }

  /// Where `flag` is an argument of the script that is named: how it is given. Else empty.
  std::string as_argument(const std::string& flag, Context& context) const;

  /// The script that is meant, its bytes as found.
  Result<Script> load(Context& context) const;
  /// What to ask the server for it; every argument is checked here, before any connection. Times
  /// without a zone are of `time_zone`, an IANA name; empty: UTC.
  Result<ScriptRequest> request(const Script& script, const std::string& time_zone,
                                const Context& context) const;
};

/// Declares --bundle.
void declare_bundles(CLI::App& app, std::vector<std::string>& bundles);

}  // namespace pxq
