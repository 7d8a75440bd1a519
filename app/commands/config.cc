#include "settings/config.h"

#include <fmt/format.h>

#include <ctime>

#include "base/environment.h"
#include "cli/command.h"
#include "options/output_options.h"
#include "options/talk_options.h"
#include "options/target_options.h"
#include "process/print.h"
#include "result/listing.h"
#include "settings/key_source.h"

namespace pxq {
namespace {

constexpr std::string_view kMask = "********";

// Variables that hold a key: named where they are set, never shown.
constexpr std::string_view kKeyVariables[] = {"PX_API_KEY", "PX_DIRECT_VIZIER_KEY"};

ListTable as_table(const Settings& settings) {
  ListTable table{.name = "settings", .columns = {"setting", "value", "source"}, .rows = {}};
  const auto add = [&](std::string_view name, std::string value, std::string origin) {
    table.rows.push_back({std::string(name), std::move(value), std::move(origin)});
  };
  add("profile", settings.profile(), settings.profile_origin());
  for (const Setting& setting : pxq::settings()) {
    const SettingValue& value = settings[setting.name];
    const bool masked = setting.secret && !value.text.empty();
    add(setting.name, masked ? std::string(kMask) : value.text, value.origin);
  }
  for (const std::string_view name : kKeyVariables) {
    if (!environment(name).empty()) {
      add("key", std::string(kMask), fmt::format("${}", name));
    }
  }
  const auto login = px_login(std::time(nullptr));
  if (!login.ok()) add("key", "", login.status().message());
  if (login.ok() && login->has_value()) add("key", std::string(kMask), (*login)->origin);
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
    return write_tables({as_table(*settings)}, output_, talk_, context);
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
