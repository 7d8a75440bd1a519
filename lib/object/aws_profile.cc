#include "object/aws_profile.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/environment.h"
#include "base/letter_case.h"
#include "base/secret.h"
#include "base/trim.h"
#include "file/file_bytes.h"

namespace pxq::object {
namespace {

constexpr size_t kLargestFile = 1 << 20;
constexpr std::string_view kBlanks = " \t\r";

// `[profile work]`, `[services local]`, `[default]`.
std::string section_name(std::string_view line, bool has_profiles) {
  const std::string_view name = trimmed(line.substr(1, line.find(']') - 1), kBlanks);
  constexpr std::string_view kProfile = "profile";
  if (!has_profiles || !name.starts_with(kProfile) || name.size() == kProfile.size()) {
    return std::string(name);
  }
  const char after = name[kProfile.size()];
  if (after != ' ' && after != '\t') return std::string(name);
  return std::string(trimmed(name.substr(kProfile.size()), kBlanks));
}

std::string path_of(std::string_view variable, const std::string& fallback) {
  std::string path = environment(variable);
  const std::string home = environment("HOME");
  if (path.empty() && !home.empty()) return home + "/.aws/" + fallback;
  if (path.starts_with("~/") && !home.empty()) return home + path.substr(1);
  return path;
}

Result<std::map<std::string, AwsSection>> read_sections(const std::string& path,
                                                        bool has_profiles) {
  std::map<std::string, AwsSection> none;
  if (path.empty() || (::access(path.c_str(), F_OK) != 0)) return none;
  Result<std::string> text = read_file(path, kLargestFile, Code::kUsage);
  if (!text.ok()) return text.status();
  const Secret whole(*std::move(text));
  return parse_aws_file(whole.reveal(), has_profiles);
}

void wipe_values(AwsSection& section) {
  for (auto& [key, value] : section) wipe(value);
}

// Those of all other profiles.
void wipe_values(std::map<std::string, AwsSection>& sections) {
  for (auto& [name, section] : sections) wipe_values(section);
}

}  // namespace

std::map<std::string, AwsSection> parse_aws_file(std::string_view text, bool has_profiles) {
  std::map<std::string, AwsSection> sections;
  AwsSection* section = nullptr;
  std::string block;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::string_view words = trimmed(line, kBlanks);
    if (words.empty() || words.front() == '#' || words.front() == ';') continue;
    if (line.front() == '[') {
      section = &sections[section_name(line, has_profiles)];
      block.clear();
      continue;
    }
    const size_t equals = words.find('=');
    if (section == nullptr || equals == std::string_view::npos) continue;
    const std::string key = lower_case(trimmed(words.substr(0, equals), kBlanks));
    const std::string_view value = trimmed(words.substr(equals + 1), kBlanks);
    const bool indented = line.front() == ' ' || line.front() == '\t';
    if (!indented) block = value.empty() ? key : std::string();
    const bool inside = indented && !block.empty();
    (*section)[inside ? block + "." + key : key] = value;
  }
  return sections;
}

std::string AwsProfile::value(const std::string& key) const {
  for (const AwsSection* section : {&credentials, &config}) {
    const auto found = section->find(key);
    if (found != section->end() && !found->second.empty()) return found->second;
  }
  return {};
}

Result<AwsProfile> AwsProfile::load() {
  const std::string asked = environment("AWS_PROFILE");
  AwsProfile profile;
  profile.name = asked.empty() ? "default" : asked;
  profile.credentials_file = path_of("AWS_SHARED_CREDENTIALS_FILE", "credentials");
  profile.config_file = path_of("AWS_CONFIG_FILE", "config");
  auto credentials = read_sections(profile.credentials_file, false);
  if (!credentials.ok()) return credentials.status();
  auto config = read_sections(profile.config_file, true);
  if (!config.ok()) return config.status();
  if (!asked.empty() && !credentials->contains(asked) && !config->contains(asked)) {
    return Status(Code::kUsage,
                  fmt::format("AWS_PROFILE: no profile '{}' in {} or {}", asked,
                              profile.credentials_file, profile.config_file),
                  "`aws configure list-profiles` names those that there are");
  }
  profile.credentials = std::move((*credentials)[profile.name]);
  profile.config = std::move((*config)[profile.name]);
  const std::string services = profile.value("services");
  if (!services.empty()) profile.services = (*config)["services " + services];
  wipe_values(*credentials);
  wipe_values(*config);
  return profile;
}

AwsProfile::~AwsProfile() {
  wipe_values(credentials);
  wipe_values(config);
}

}  // namespace pxq::object
