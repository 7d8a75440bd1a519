#include "cli/cli.h"

#include <fmt/format.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <cstdio>
#include <string>

#include "base/suggest.h"
#include "process/print.h"

namespace pxq {
namespace {

constexpr std::string_view kFirstPage =
    R"page(pxq runs PxL scripts on Pixie, or with no cluster at all, and keeps the results.

  pxq run --local -e "import px; px.display(px.DataFrame('process_stats').head(5))"
  pxq run slow.pxl --addr vizier.example:50300 | jq .latency
  pxq run slow.pxl --addr vizier.example:50300 -o slow.csv

`pxq --help` lists the commands, `pxq run --help` the flags, `pxq help exit-codes` the codes.
)page";

std::vector<std::string> flags_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

// Whether a flag is one by which other tools, px among them, take a key.
bool asks_for_key(std::string name) {
  std::replace(name.begin(), name.end(), '_', '-');
  return name == "--key" || name == "--token" || name.ends_with("api-key") ||
         name.ends_with("vizier-key");
}

/// The command line as CLI11 sees it, with its words for errors replaced by ours.
class CommandLine {
 public:
  CommandLine() : app_("Runs PxL scripts on Pixie and keeps the results.", "pxq") {
    app_.set_help_flag("-h,--help", "print this help");
    app_.require_subcommand(0, 1);
    app_.set_version_flag("--version", "pxq " PXQ_VERSION, "print the version");
    app_.get_formatter()->column_width(34);
    for (const CommandEntry& entry : commands()) add(entry);
  }

  Status run(std::vector<std::string> words, Context& context);

 private:
  struct Added {
    CLI::App* app;
    std::unique_ptr<Command> command;
  };

  void add(const CommandEntry& entry) {
    CLI::App* sub = app_.add_subcommand(std::string(entry.name), std::string(entry.summary));
    sub->set_help_flag("-h,--help", "print this help");
    sub->get_formatter()->column_width(34);
    std::unique_ptr<Command> command = entry.make();
    command->declare(*sub);
    added_.push_back({sub, std::move(command)});
  }

  Status parse(std::vector<std::string> words);
  Status help(Context& context) const;
  Status unknown(const std::string& word) const;
  const CLI::App& parsed_app() const;

  CLI::App app_;
  std::vector<Added> added_;
};

const CLI::App& CommandLine::parsed_app() const {
  for (const Added& added : added_) {
    if (added.app->parsed()) return *added.app;
  }
  return app_;
}

Status CommandLine::unknown(const std::string& word) const {
  const CLI::App& app = parsed_app();
  if (word.starts_with('-')) {
    const std::string name = word.substr(0, word.find('='));  // what follows may be a secret
    return {Code::kUsage, fmt::format("unknown flag '{}'", name),
            asks_for_key(name) ? "a key comes from PX_API_KEY, PX_DIRECT_VIZIER_KEY, --key-file or "
                                 "config.toml, never from the command line"
                               : did_you_mean(name, flags_of(app))};
  }
  if (&app != &app_) return {Code::kUsage, fmt::format("unexpected argument '{}'", word)};
  std::vector<std::string> names;
  for (const CommandEntry& entry : commands()) names.emplace_back(entry.name);
  return {Code::kUsage, fmt::format("unknown command '{}'", word), did_you_mean(word, names)};
}

Status CommandLine::parse(std::vector<std::string> words) {
  std::reverse(words.begin(), words.end());  // CLI11 takes them from the back
  try {
    app_.parse(std::move(words));
  } catch (const CLI::ExtrasError&) {
    std::vector<std::string> rest = app_.remaining(true);
    return unknown(rest.empty() ? std::string() : rest.front());
  } catch (const CLI::Success&) {
    throw;
  } catch (const CLI::ParseError& error) {
    return {Code::kUsage, error.what(),
            fmt::format("see `pxq {}--help`",
                        &parsed_app() == &app_ ? "" : parsed_app().get_name() + " ")};
  }
  return {};
}

Status CommandLine::help(Context& context) const {
  for (const Added& added : added_) {
    if (!added.app->parsed()) continue;
    const std::vector<CLI::App*> inner = added.app->get_subcommands();
    if (inner.empty()) return added.command->help(context, added.app->help("pxq"));
    return print(inner.front()->help("pxq " + added.app->get_name()));
  }
  return print(app_.help());
}

Status CommandLine::run(std::vector<std::string> words, Context& context) {
  try {
    if (Status status = parse(std::move(words)); !status.ok()) return status;
  } catch (const CLI::CallForVersion& version) {
    return print(fmt::format("{}\n", version.what()));
  } catch (const CLI::Success&) {
    return help(context);
  }
  for (const Added& added : added_) {
    if (added.app->parsed()) return added.command->run(context);
  }
  return print(kFirstPage);
}

}  // namespace

Status run_command_line(int argc, char** argv, Context& context) {
  std::vector<std::string> words(argv + 1, argv + argc);
  const auto dashes = std::find(words.begin(), words.end(), "--");
  if (dashes != words.end()) context.script_arguments.assign(dashes + 1, words.end());
  words.erase(dashes, words.end());
  return CommandLine().run(std::move(words), context);
}

}  // namespace pxq
