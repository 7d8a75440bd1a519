#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "cli/flag_types.h"
#include "settings/settings.h"

namespace pxq {

/// Which Vizier to ask and how long it may take, as flags say it. Everything that has a name in
/// config.toml is kept as text by that name, to be laid over the environment and the file.
struct TargetOptions {
  std::string local;   // the source named by --local; "host" when none is named; empty: not local
  std::string at;      // the text of --at; empty: none
  std::string sample;  // the text of --sample; empty: none
  std::string profile;

  /// `several`: the command asks as many clusters as are named.
  void declare(CLI::App& app, bool several = false);
  /// --sample, of commands that can wait.
  void declare_sample(CLI::App& app);

  /// The words of -c; more than one, or a glob, only where the command takes several.
  static std::vector<std::string> cluster_words(const std::string& setting);
  /// All clusters, each in a line of its own, in the setting's one text.
  static std::string cluster_setting(const std::vector<std::string>& words);

  /// What flags gave, by setting.
  GivenSettings given() const;

 private:
  void declare_target(CLI::App& app, bool several);
  void declare_clusters(CLI::App& app, bool several);
  void declare_security(CLI::App& app);
  void declare_limits(CLI::App& app);

  GivenSettings given_;
  std::vector<std::string> clusters_;  // where several may be named
  bool all_clusters_ = false;
  bool insecure_ = false;
  std::string encrypt_;  // how keys may be agreed on
  bool plain_ = false;
  std::string px_encrypt_;  // of px's own --e2e_encryption
};

/// Reads a time limit in the grammar of text/duration.h, at most a year; 0 means none. `what` names
/// the flag or setting in messages.
Result<Duration> parse_limit(const std::string& text, std::string_view what);

}  // namespace pxq
