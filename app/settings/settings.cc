#include "settings/settings.h"

#include <fmt/format.h>

#include <vector>

#include "base/environment.h"
#include "base/suggest.h"

namespace pxq {
namespace {

Status unknown_profile(const Config& config, const std::string& name, std::string_view origin) {
  if (!config.exists) {
    return {Code::kUsage,
            fmt::format("{}: no profile '{}': there is no {}", origin, name, config.path)};
  }
  std::vector<std::string_view> names;
  for (const auto& [known, section] : config.profiles) names.push_back(known);
  return {Code::kUsage, fmt::format("{}: no profile '{}' in {}", origin, name, config.path),
          did_you_mean(name, names)};
}

}  // namespace

void Settings::lay(const ConfigSection& section, Layer layer, std::string_view title) {
  for (const auto& [name, value] : section) {
    values_[name] = {value.text, layer,
                     fmt::format("{}:{} [{}]", value.where.file, value.where.line, title)};
  }
}

Result<Settings> Settings::gather(const GivenSettings& flags, const std::string& profile) {
  Result<Config> config = read_config();
  if (!config.ok()) return config.status();
  Settings all;
  all.config_file_ = config->path;
  all.config_exists_ = config->exists;
  all.profile_ = profile.empty() ? environment("PXQ_PROFILE") : profile;
  if (!all.profile_.empty()) all.profile_origin_ = profile.empty() ? "$PXQ_PROFILE" : "--profile";
  for (const Setting& setting : settings()) {
    const std::string name(setting.name);
    all.values_[name] = setting.built_in.empty() ? SettingValue{}
                                                 : SettingValue{std::string(setting.built_in),
                                                                Layer::kBuiltIn, "built in"};
  }
  all.lay(config->defaults, Layer::kDefaults, "defaults");
  if (!all.profile_.empty()) {
    const auto chosen = config->profiles.find(all.profile_);
    if (chosen == config->profiles.end())
      return unknown_profile(*config, all.profile_, all.profile_origin_);
    all.lay(chosen->second, Layer::kProfile, fmt::format("profile.{}", all.profile_));
  }
  for (const Setting& setting : settings()) {
    const std::string name(setting.name);
    // The last that is set stands.
    for (const std::string_view variable : {setting.other_variable, setting.variable}) {
      if (std::string text = environment(variable); !text.empty()) {
        all.values_[name] = {std::move(text), Layer::kEnvironment, fmt::format("${}", variable)};
      }
    }
    if (const auto given = flags.find(name); given != flags.end()) {
      all.values_[name] = {given->second, Layer::kFlag, fmt::format("--{}", setting.flag)};
    }
  }
  return all;
}

const SettingValue& Settings::operator[](std::string_view name) const {
  static const SettingValue kNone;
  const auto found = values_.find(name);
  return found == values_.end() ? kNone : found->second;
}

}  // namespace pxq
