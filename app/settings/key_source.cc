#include "settings/key_source.h"

#include <fmt/format.h>

#include <optional>
#include <string>

#include "base/environment.h"

namespace pxq {
namespace {

using wire::Credentials;
using Found = Result<std::optional<Credentials>>;

Found found(Result<Secret> key, Credentials::Kind kind, std::string origin) {
  if (!key.ok()) return key.status();
  return std::optional<Credentials>(Credentials{*std::move(key), kind, std::move(origin)});
}

Found from_file(const SettingValue& file, Credentials::Kind kind) {
  const std::string path = with_home(file.text);
  return found(wire::read_key_file(path), kind, fmt::format("the key file {}", path));
}

Found from_variable(const char* name, Credentials::Kind kind) {
  std::string text = environment(name);
  if (text.empty()) return std::optional<Credentials>();
  return found(wire::check_key(std::move(text), name), kind, name);
}

// A key of config.toml goes where its own section says, or one that is weaker. Anything stronger,
// such as a flag, names another server than the one the key was written down for.
Found from_config(const Settings& settings, Layer target, Credentials::Kind kind) {
  for (const Layer layer : {Layer::kProfile, Layer::kDefaults}) {
    if (target < layer) continue;
    if (settings.layer("key_file") == layer) return from_file(settings["key_file"], kind);
    if (settings.layer("key") == layer) {
      return found(wire::check_key(settings.text("key"), settings["key"].origin), kind,
                   settings["key"].origin);
    }
  }
  return std::optional<Credentials>();
}

Found first_of(const Settings& settings, const char* name, Layer target, Credentials::Kind kind) {
  // What is typed for this run stands over what the environment holds for all.
  if (settings.layer("key_file") == Layer::kFlag) return from_file(settings["key_file"], kind);
  Found key = from_variable(name, kind);
  if (!key.ok() || key->has_value()) return key;
  return from_config(settings, target, kind);
}

}  // namespace

Result<std::optional<Credentials>> px_login(int64_t now_s) {
  const std::string home = environment("HOME");
  if (home.empty()) return std::optional<Credentials>();
  return wire::read_login_file(home + "/.pixie/auth.json", now_s);
}

Result<Credentials> cloud_key(const Settings& settings, int64_t now_s) {
  Found key = first_of(settings, "PX_API_KEY", settings.layer("cloud"), Credentials::Kind::kApiKey);
  if (!key.ok()) return key.status();
  if (key->has_value()) return **std::move(key);
  Found login = px_login(now_s);
  if (!login.ok()) return login.status();
  return login->has_value() ? **std::move(login) : Credentials();
}

Result<Credentials> direct_key(const Settings& settings) {
  Found key = first_of(settings, "PX_DIRECT_VIZIER_KEY", settings.layer("addr"),
                       Credentials::Kind::kDirect);
  if (!key.ok()) return key.status();
  return key->has_value() ? **std::move(key) : Credentials();
}

}  // namespace pxq
