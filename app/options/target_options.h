#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/status.h"
#include "cli/flag_types.h"
#include "settings/settings.h"

namespace pxq {

/// Which Vizier to ask and how long it may take, as flags say it. Everything that has a name in
/// config.toml is kept as text by that name, to be laid over the environment and the file.
struct TargetOptions {
  std::string local;  // the source named by --local; "host" when none is named; empty: not local
  std::string at;     // the text of --at; empty: none
  std::string profile;

  void declare(CLI::App& app);

  /// What flags gave, by setting.
  GivenSettings given() const;

 private:
  void declare_target(CLI::App& app);
  void declare_security(CLI::App& app);
  void declare_limits(CLI::App& app);

  GivenSettings given_;
  bool insecure_ = false;
  std::string encrypt_;  // how keys may be agreed on
  bool plain_ = false;
  std::string px_encrypt_;  // of px's own --e2e_encryption
};

/// Reads a time limit in the grammar of text/duration.h, at most a year; 0 means none. `what` names
/// the flag or setting in messages.
Result<Duration> parse_limit(const std::string& text, std::string_view what);

}  // namespace pxq
