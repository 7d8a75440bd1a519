#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "base/status.h"

namespace pxq {

/// A setting that flags, the environment and config.toml can give.
struct Setting {
  enum class Kind { kText, kTruth, kCount, kTime, kSize };
  std::string_view name;                 // in config.toml
  std::string_view flag;                 // without dashes; empty: none
  std::string_view variable;             // of the environment; empty: none
  std::string_view other_variable = {};  // an older name, heard where `variable` is not set
  Kind kind = Kind::kText;
  std::string_view built_in;  // what holds where nobody says anything; empty: nothing
  bool secret = false;
};

/// All settings, in the order in which `pxq config view` lists them.
std::span<const Setting> settings();

/// nullptr if there is none.
const Setting* find_setting(std::string_view name);

/// A value of config.toml as text: truth is `true` or `false`, numbers are digits.
struct ConfigValue {
  std::string text;
  Position where;
};
using ConfigSection = std::map<std::string, ConfigValue, std::less<>>;

/// What config.toml says: [defaults] and [profile.NAME].
struct Config {
  std::string path;  // where it is, or would be; empty where no place is known
  bool exists = false;
  ConfigSection defaults;
  std::map<std::string, ConfigSection, std::less<>> profiles;
};

/// PXQ_CONFIG, else pxq/config.toml in $XDG_CONFIG_HOME or ~/.config.
std::string config_path();

/// Reads config.toml. A missing file is an empty one unless PXQ_CONFIG names it. kUsage, with line
/// and column, for what is no TOML, unknown, or of the wrong type, and for a file that others may
/// change, since it could send a key elsewhere.
Result<Config> read_config();

}  // namespace pxq
