#pragma once

#include <map>
#include <string>
#include <string_view>

#include "settings/config.h"

namespace pxq {

/// Who gave a setting its value, the strongest first.
enum class Layer { kFlag, kEnvironment, kProfile, kDefaults, kBuiltIn, kNobody };

/// A setting's value and where it came from, as messages may name it.
struct SettingValue {
  std::string text;
  Layer layer = Layer::kNobody;
  std::string origin;
};

/// Values by setting, as flags give them.
using GivenSettings = std::map<std::string, std::string, std::less<>>;

/// What holds once flags, environment, profile and defaults are laid over each other.
class Settings {
 public:
  /// `profile` is that of --profile; empty: PXQ_PROFILE, or none. kUsage for a profile that does
  /// not exist and for a bad config.toml.
  static Result<Settings> gather(const GivenSettings& flags, const std::string& profile);

  /// REQUIRES: there is such a setting.
  const SettingValue& operator[](std::string_view name) const;
  std::string text(std::string_view name) const { return (*this)[name].text; }
  Layer layer(std::string_view name) const { return (*this)[name].layer; }

  const std::string& config_file() const { return config_file_; }
  bool config_exists() const { return config_exists_; }
  const std::string& profile() const { return profile_; }
  /// Who chose the profile: `--profile` or `$PXQ_PROFILE`; empty where none is chosen.
  const std::string& profile_origin() const { return profile_origin_; }

 private:
  void lay(const ConfigSection& section, Layer layer, std::string_view title);

  std::map<std::string, SettingValue, std::less<>> values_;
  std::string config_file_;
  bool config_exists_ = false;
  std::string profile_;
  std::string profile_origin_;
};

}  // namespace pxq
