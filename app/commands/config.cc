#include "settings/config.h"

#include <fmt/format.h>
#include <CLI/App.hpp>

#include <ctime>

#include "base/environment.h"
#include "cli/command.h"
#include "options/output_options.h"
#include "options/talk_options.h"
#include "options/target_options.h"
#include "process/print.h"
#include "result/listing.h"
#include "settings/key_source.h"
#include "settings/target.h"

namespace pxq {
namespace {

constexpr std::string_view kMask = "********";

struct KeyRow {
  std::string value;
  std::string source;
};

// What a key that is set is for, where the target in use takes another one.
std::string unused_key(Target::Kind kind) {
  if (kind == Target::Kind::kCloud && !environment("PX_DIRECT_VIZIER_KEY").empty()) {
    return "not used: $PX_DIRECT_VIZIER_KEY, as no Vizier is named";
  }
  if (kind == Target::Kind::kDirect && !environment("PX_API_KEY").empty()) {
    return "not used: $PX_API_KEY, as a Vizier is named";
  }
  return {};
}

// The one key that would be sent.
KeyRow key_row(const Settings& settings, Target::Kind kind) {
  if (kind == Target::Kind::kLocal) return {};
  const Result<wire::Credentials> key =
      kind == Target::Kind::kCloud ? cloud_key(settings, std::time(nullptr)) : direct_key(settings);
  if (!key.ok()) return {"", key.status().message()};
  if (key->key.empty()) return {"", unused_key(kind)};
  const bool variable = key->origin.starts_with("PX_");
  return {std::string(kMask), variable ? "$" + key->origin : key->origin};
}

// The setting that names the target in use, for those that it makes void.
std::string_view void_beside(std::string_view setting, Target::Kind kind) {
  const bool of_cloud = setting == "cloud" || setting == "cluster";
  if (kind == Target::Kind::kLocal) return of_cloud || setting == "addr" ? "--local" : "";
  if (kind == Target::Kind::kDirect) return of_cloud ? "addr" : "";
  return setting == "addr" ? "cloud" : "";
}

ListTable as_table(const Settings& settings, Target::Kind kind) {
  ListTable table{.name = "settings", .columns = {"setting", "value", "source"}, .rows = {}};
  const auto add = [&](std::string_view name, std::string value, std::string origin) {
    table.rows.push_back({std::string(name), std::move(value), std::move(origin)});
  };
  add("profile", settings.profile(), settings.profile_origin());
  for (const Setting& setting : pxq::settings()) {
    const SettingValue& value = settings[setting.name];
    const std::string_view beside = void_beside(setting.name, kind);
    if (setting.secret) {
      KeyRow row = key_row(settings, kind);
      add(setting.name, std::move(row.value), std::move(row.source));
    } else if (!beside.empty() && !value.text.empty()) {
      add(setting.name, "", fmt::format("not used: {} stands over it", beside));
    } else {
      add(setting.name, value.text, value.origin);
    }
  }
  return table;
}

class ConfigCommand final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.require_subcommand(1);
    CLI::App* view = app.add_subcommand("view", "each setting, its value and where it came from");
    view->fallthrough();
    path_ = app.add_subcommand("path", "where config.toml is, or would be");
    path_->fallthrough();
    target_.declare(app);
    output_.declare(app);
    talk_.declare(app);
  }

  Status run(Context& context) override {
    talk_.apply(context);
    if (path_->parsed()) return print_path(context);
    const Result<Settings> settings = Settings::gather(target_.given(), target_.profile);
    if (!settings.ok()) return settings.status();
    const Result<Target::Kind> kind = target_kind(target_, *settings);
    if (!kind.ok()) return kind.status();
    return write_tables({as_table(*settings, *kind)}, output_, talk_, context);
  }

 private:
  static Status print_path(Context& context) {
    const std::string path = config_path();
    if (path.empty()) {
      return {Code::kUsage, "no place for config.toml is known", "set HOME or PXQ_CONFIG"};
    }
    const Result<Config> config = read_config();
    if (config.ok() && !config->exists) context.console.line("there is no such file yet");
    return print(path + "\n");
  }

  CLI::App* path_ = nullptr;
  TargetOptions target_;
  OutputOptions output_;
  TalkOptions talk_;
};

}  // namespace

std::unique_ptr<Command> make_config_command() { return std::make_unique<ConfigCommand>(); }

}  // namespace pxq
