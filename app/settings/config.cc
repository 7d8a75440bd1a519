#include "settings/config.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

#include <toml++/toml.h>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <sstream>
#include <vector>

#include "base/environment.h"
#include "base/suggest.h"
#include "base/unique_fd.h"
#include "script/bounded_file.h"
#include "text/shell_word.h"

namespace pxq {
namespace {

constexpr size_t kLargestConfig = 1u << 20;

using Kind = Setting::Kind;

constexpr Setting kSettings[] = {
    {.name = "addr", .flag = "addr", .variable = "PX_DIRECT_VIZIER_ADDR", .built_in = {}},
    {.name = "cloud",
     .flag = "cloud",
     .variable = "PX_CLOUD_ADDR",
     .other_variable = "PL_CLOUD_ADDR",  // px's own
     .built_in = "getcosmic.ai"},
    {.name = "cluster", .flag = "cluster", .variable = "PXQ_CLUSTER", .built_in = {}},
    {.name = "key", .flag = {}, .variable = {}, .built_in = {}, .secret = true},
    {.name = "key_file", .flag = "key-file", .variable = {}, .built_in = {}},
    {.name = "tls_ca", .flag = "tls-ca", .variable = {}, .built_in = {}},
    {.name = "tls_server_name", .flag = "tls-server-name", .variable = {}, .built_in = {}},
    {.name = "insecure",
     .flag = "insecure",
     .variable = {},
     .kind = Kind::kTruth,
     .built_in = "false"},
    {.name = "e2e", .flag = "e2e", .variable = {}, .kind = Kind::kTruth, .built_in = {}},
    {.name = "timeout", .flag = "timeout", .variable = {}, .kind = Kind::kTime, .built_in = "0"},
    {.name = "connect_timeout",
     .flag = "connect-timeout",
     .variable = {},
     .kind = Kind::kTime,
     .built_in = "5s"},
    {.name = "idle_timeout",
     .flag = "idle-timeout",
     .variable = {},
     .kind = Kind::kTime,
     .built_in = "200s"},
    {.name = "retries", .flag = "retries", .variable = {}, .kind = Kind::kCount, .built_in = "2"},
    {.name = "max_message",
     .flag = "max-message",
     .variable = {},
     .kind = Kind::kSize,
     .built_in = "16M"},
};

Status wrong_at(const Position& where, std::string message, std::string hint = {}) {
  return Status(Code::kUsage, message).with_diagnostic({message, where, std::move(hint)});
}

Position position(const std::string& path, const toml::source_region& region) {
  return {path, region.begin.line, region.begin.column};
}

std::string_view kind_text(Kind kind) {
  switch (kind) {
    case Kind::kTruth: return "true or false";
    case Kind::kCount: return "a whole number";
    case Kind::kTime: return "a time such as \"30s\"";
    case Kind::kSize: return "a size such as \"16M\"";
    case Kind::kText: break;
  }
  return "a text in quotes";
}

// A value as text, or nothing if it is of another kind. Times and sizes may be plain numbers.
std::optional<std::string> value_text(const toml::node& node, Kind kind) {
  if (kind == Kind::kTruth) {
    const auto truth = node.value_exact<bool>();
    return truth ? std::optional<std::string>(*truth ? "true" : "false") : std::nullopt;
  }
  if (kind != Kind::kText) {
    const auto number = node.value_exact<int64_t>();
    if (number) return *number < 0 ? std::nullopt : std::optional(std::to_string(*number));
    if (kind == Kind::kCount) return std::nullopt;
  }
  return node.value_exact<std::string>();
}

Status read_section(const toml::node& node, const std::string& path, std::string_view title,
                    ConfigSection& section) {
  const toml::table* table = node.as_table();
  if (table == nullptr) {
    return wrong_at(position(path, node.source()), fmt::format("'{}' is no section", title),
                    fmt::format("write [{}]", title));
  }
  for (const auto& [key, value] : *table) {
    const Setting* setting = find_setting(key.str());
    if (setting == nullptr) {
      std::vector<std::string_view> names;
      for (const Setting& one : settings()) names.push_back(one.name);
      const std::string near = did_you_mean(key.str(), names);
      return wrong_at(position(path, key.source()), fmt::format("no setting '{}'", key.str()),
                      near.empty() ? fmt::format("there are {}", fmt::join(names, ", ")) : near);
    }
    std::optional<std::string> text = value_text(value, setting->kind);
    if (!text) {
      return wrong_at(position(path, value.source()),
                      fmt::format("'{}' is {}", key.str(), kind_text(setting->kind)));
    }
    section[std::string(key.str())] = {*std::move(text), position(path, key.source())};
  }
  return {};
}

Status read_table(const toml::table& table, Config& config) {
  for (const auto& [key, value] : table) {
    Status status;
    if (key == "defaults") {
      status = read_section(value, config.path, "defaults", config.defaults);
    } else if (key == "profile" && value.is_table()) {
      for (const auto& [name, section] : *value.as_table()) {
        status = read_section(section, config.path, fmt::format("profile.{}", name.str()),
                              config.profiles[std::string(name.str())]);
        if (!status.ok()) break;
      }
    } else {
      status = wrong_at(position(config.path, key.source()),
                        fmt::format("unknown section '{}'", key.str()),
                        "the sections are [defaults] and [profile.NAME]");
    }
    if (!status.ok()) return status;
  }
  return {};
}

bool others_write(const struct stat& info) { return (info.st_mode & S_IWOTH) != 0; }

Status check_owner(const struct stat& info, const Config& config) {
  if (others_write(info) || (info.st_uid != ::geteuid() && info.st_uid != 0)) {
    return {Code::kUsage, fmt::format("{} can be changed by others", config.path),
            fmt::format("it decides where keys are sent: chmod go-w {}", shell_word(config.path))};
  }
  const std::string directory = std::filesystem::path(config.path).parent_path().string();
  struct stat around {};
  if (::stat(directory.empty() ? "." : directory.c_str(), &around) == 0 && others_write(around) &&
      (around.st_mode & S_ISVTX) == 0) {
    return {Code::kUsage, fmt::format("everybody can replace files in {}", directory),
            fmt::format("chmod o-w {}", shell_word(directory))};
  }
  return {};
}

// A key written into the file makes the whole file a secret.
Status check_secrets(const struct stat& info, const Config& config) {
  const auto has_key = [](const ConfigSection& section) { return section.count("key") != 0; };
  bool any = has_key(config.defaults);
  for (const auto& [name, section] : config.profiles) any = any || has_key(section);
  if (!any || (info.st_mode & 077) == 0) return {};
  return {Code::kUsage, fmt::format("{} holds a key and can be read by others", config.path),
          fmt::format("chmod 600 {}", config.path)};
}

Status parse_into(const std::string& text, Config& config) try {
  return read_table(toml::parse(text), config);
} catch (const toml::parse_error& error) {
  return wrong_at(position(config.path, error.source()), std::string(error.description()));
}

}  // namespace

std::span<const Setting> settings() { return kSettings; }

const Setting* find_setting(std::string_view name) {
  for (const Setting& setting : kSettings) {
    if (setting.name == name) return &setting;
  }
  return nullptr;
}

std::string config_path() {
  if (std::string path = environment("PXQ_CONFIG"); !path.empty()) return path;
  const std::string directory = xdg_directory("XDG_CONFIG_HOME", ".config");
  return directory.empty() ? std::string() : directory + "/config.toml";
}

Result<Config> read_config() {
  Config config;
  config.path = config_path();
  if (config.path.empty()) return config;
  const UniqueFd fd(::open(config.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) {
    const bool missing = errno == ENOENT || errno == ENOTDIR;
    if (missing && environment("PXQ_CONFIG").empty()) return config;
    return errno_status(Code::kUsage, "cannot open", config.path, errno);
  }
  config.exists = true;
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
    return Status(Code::kUsage, fmt::format("{} is no file", config.path));
  }
  if (Status status = check_owner(info, config); !status.ok()) return status;
  const Result<std::string> text = read_bounded(fd.get(), config.path, kLargestConfig);
  if (!text.ok()) return text.status();
  if (Status status = parse_into(*text, config); !status.ok()) return status;
  if (Status status = check_secrets(info, config); !status.ok()) return status;
  return config;
}

}  // namespace pxq
