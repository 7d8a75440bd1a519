#pragma once

#include <CLI/App.hpp>
#include <string>

#include "base/clock.h"
#include "settings/settings.h"

namespace pxq {

/// Which Vizier to ask and how long it may take, as flags say it. Everything that has a name in
/// config.toml is kept as text by that name, to be laid over the environment and the file.
struct TargetOptions {
  std::string local;  // the source named by --local; "host" when none is named; empty: not local
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
  bool encrypt_ = false;
  bool plain_ = false;
  std::string px_encrypt_;  // of px's own --e2e_encryption
};

/// Reads a limit such as `500ms`, `5s`, `2m`, `1h`, `1m30s` or plain seconds; 0 means none. Throws
/// CLI::ValidationError, as CLI11 wants it.
Duration parse_limit(const std::string& text);

}  // namespace pxq
