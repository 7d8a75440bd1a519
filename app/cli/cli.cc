#include "cli/cli.h"

#include <fmt/format.h>
#include <CLI/App.hpp>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Option.hpp>
#include <CLI/Validators.hpp>
#include <algorithm>
#include <span>
#include <string>

#include "base/environment.h"
#include "base/suggest.h"
#include "cli/command_view.h"
#include "cli/complete.h"
#include "cli/completion_script.h"
#include "cli/help_page.h"
#include "cli/px_lines.h"
#include "cli/words.h"
#include "options/refused_value.h"
#include "process/paged_output.h"
#include "process/print.h"
#include "script/source.h"
#include "text/shell_word.h"

namespace pxq {
namespace {

constexpr std::string_view kFirstPage =
    R"page(pxq runs PxL scripts on Pixie, or with no cluster at all, and keeps the results.

  pxq run --local -e "import px; px.display(px.DataFrame('process_stats').head(5))"
  pxq run slow.pxl --addr vizier.example:50300 | jq .latency
  pxq run slow.pxl --addr vizier.example:50300 -o slow.csv

`pxq --help` lists the commands, `pxq run --help` the flags, `pxq help exit-codes` the codes.
)page";

std::vector<std::string> flag_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const FlagView& flag : flags_of(app, Hidden::kWith)) names.push_back(flag.name());
  return names;
}

// Whether a flag is one by which other tools, px among them, take a key.
bool asks_for_key(std::string name) {
  std::replace(name.begin(), name.end(), '_', '-');
  return name == "--key" || name == "--token" || name.ends_with("api-key") ||
         name.ends_with("vizier-key");
}

constexpr std::string_view kValueMissing = "a value is missing; leave the flag out to mean none";

// An unset variable of a script, as in --summary "$FILE", must not mean that the flag was left
// out. `~/` is the home also where no shell saw it: none does behind a `=`, nor in quotes.
std::string tidy_value(std::string& text) {
  if (text.empty()) return std::string(kValueMissing);
  text = with_home(std::move(text));
  return {};
}

// Not a file called so, which nobody means: where others mean stdout by it, this is for files.
std::string refuse_dash(std::string& text) {
  return text == "-" ? "'-' is no file here; /dev/stdout is stdout, ./- a file of that name" : "";
}

void tidy_values(CLI::App& app) {
  for (CLI::Option* option : app.get_options()) {
    if (!option->nonpositional()) continue;
    if (option->get_type_name().starts_with("FILE")) {
      option->transform(CLI::Validator(refuse_dash, ""));
    }
    option->transform(CLI::Validator(tidy_value, ""));
  }
  for (CLI::App* inner : app.get_subcommands([](const CLI::App*) { return true; })) {
    tidy_values(*inner);
  }
}

// CLI11 tells numbers of values: a person gave a flag twice, or none of what it wants.
std::string told(const CLI::ParseError& error) {
  const std::string text = error.what();
  const size_t name = text.find(": ");
  if (error.get_name() != "ArgumentMismatch" || name == std::string::npos) return text;
  if (text.find("At Most 1") != std::string::npos) {
    return fmt::format("{} is given more than once", text.substr(0, name));
  }
  return fmt::format("{}: {}", text.substr(0, name), kValueMissing);
}

/// The command line as CLI11 sees it, with its words for errors replaced by ours.
class CommandLine {
 public:
  CommandLine()
      : app_("run PxL scripts on Pixie, or on this machine, and keep the results", "pxq") {
    app_.set_help_flag("-h,--help", "print this help");
    app_.require_subcommand(0, 1);
    app_.set_version_flag("--version", "pxq " PXQ_VERSION, "print the version");
    for (const CommandEntry& entry : commands()) add(entry);
  }

  Status run(std::vector<std::string> words, Context& context);

  const CLI::App& app() const { return app_; }

 private:
  struct Added {
    CLI::App* app;
    std::unique_ptr<Command> command;
  };

  void add(const CommandEntry& entry) {
    CLI::App* sub = app_.add_subcommand(std::string(entry.name), std::string(entry.summary));
    sub->set_help_flag("-h,--help", "print this help");
    std::unique_ptr<Command> command = entry.make();
    command->declare(*sub);
    tidy_values(*sub);
    added_.push_back({sub, std::move(command)});
  }

  Status parse(std::vector<std::string> words, Context& context);
  Status check_script_arguments(const Context& context) const;
  Status help(Context& context) const;
  Status unknown(const std::string& word, Context& context) const;
  Status unknown_flag(const std::string& name, Context& context) const;
  Status unknown_command(const std::string& word) const;
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

Status CommandLine::unknown_flag(const std::string& name, Context& context) const {
  if (asks_for_key(name)) {
    return {Code::kUsage, fmt::format("unknown flag '{}'", name),
            "a key comes from PX_API_KEY, PX_DIRECT_VIZIER_KEY, --key-file or config.toml, never "
            "from the command line"};
  }
  for (const Added& added : added_) {
    if (!added.app->parsed()) continue;
    std::string instead = added.command->instead_of(name, context);
    if (instead.empty()) instead = did_you_mean(name, flag_names(*added.app));
    return {Code::kUsage, fmt::format("unknown flag '{}'", name), std::move(instead)};
  }
  // Without a command there is no telling whether it would be known.
  return {Code::kUsage, fmt::format("no command beside the flag '{}'", name),
          "such as `pxq run SCRIPT`; `pxq --help` lists the commands"};
}

Status CommandLine::unknown(const std::string& word, Context& context) const {
  // What follows the name may be a secret.
  if (word.starts_with('-')) return unknown_flag(word.substr(0, word.find('=')), context);
  if (&parsed_app() != &app_) {
    return {Code::kUsage, fmt::format("unexpected argument '{}'", word)};
  }
  return unknown_command(word);
}

Status CommandLine::unknown_command(const std::string& word) const {
  if (const std::string_view instead = instead_of_px(word); !instead.empty()) {
    return {Code::kUsage, fmt::format("pxq has no command '{}'", word), std::string(instead)};
  }
  if (word == "get") {
    return {Code::kUsage, "pxq gets viziers, a cluster and pems only",
            "`pxq help px` lists px's lines"};
  }
  if (is_script_path(word) || word.ends_with(".pxl")) {
    return {Code::kUsage, fmt::format("unknown command '{}'", word),
            fmt::format("`pxq run {}` runs a script", shell_word(word))};
  }
  std::vector<std::string> names;
  for (const CommandEntry& entry : commands()) names.emplace_back(entry.name);
  return {Code::kUsage, fmt::format("unknown command '{}'", word), did_you_mean(word, names)};
}

Status CommandLine::parse(std::vector<std::string> words, Context& context) {
  words = arranged_words(std::move(words), app_);
  if (const std::string flag = flag_without_value(words, app_); !flag.empty()) {
    return {Code::kUsage, fmt::format("{}: {}", flag, kValueMissing)};
  }
  std::reverse(words.begin(), words.end());  // CLI11 takes them from the back
  try {
    app_.parse(std::move(words));
  } catch (const CLI::ExtrasError&) {
    std::vector<std::string> rest = app_.remaining(true);
    return unknown(rest.empty() ? std::string() : rest.front(), context);
    // Help and the version come as exceptions too, and are no failures: run() tells them.
  } catch (const CLI::Success&) {
    throw;
  } catch (const RefusedValue& refused) {
    return refused.status();
  } catch (const CLI::ParseError& error) {
    return {Code::kUsage, told(error),
            fmt::format("see `pxq {}--help`",
                        &parsed_app() == &app_ ? "" : parsed_app().get_name() + " ")};
  }
  return check_script_arguments(context);
}

// What nobody would read must not be taken in silence.
Status CommandLine::check_script_arguments(const Context& context) const {
  if (context.script_arguments.empty() || takes_script_arguments(parsed_app())) return {};
  const std::string& word = context.script_arguments.front();
  if (&parsed_app() == &app_) {
    return {Code::kUsage, fmt::format("no command before `-- {}`", shell_word(word)),
            "such as `pxq run SCRIPT -- --name value`; `pxq --help` lists the commands"};
  }
  return {Code::kUsage, fmt::format("unexpected argument '{}' after --", word)};
}

Status CommandLine::help(Context& context) const {
  const size_t width = help_width(context.out);
  for (const Added& added : added_) {
    if (!added.app->parsed()) continue;
    const std::vector<CLI::App*> inner = added.app->get_subcommands();
    if (inner.empty()) return added.command->help(context, help_page(*added.app, width));
    return print_pages(help_page(*inner.front(), width), context);
  }
  return print_pages(help_page(app_, width), context);
}

Status CommandLine::run(std::vector<std::string> words, Context& context) {
  try {
    if (Status status = parse(std::move(words), context); !status.ok()) return status;
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

bool asks_for_json(const std::vector<std::string>& words) {
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--errors=json") return true;
    if (words[i] == "--errors" && i + 1 < words.size() && words[i + 1] == "json") return true;
  }
  return false;
}

}  // namespace

Status run_command_line(int argc, char** argv, Context& context) {
  std::vector<std::string> words(argv + 1, argv + argc);
  if (!words.empty() && words.front() == kCompleteCommand) {
    const CommandLine line;
    const auto typed = std::span<const std::string>(words).subspan(1);
    return print(completion_lines(complete(line.app(), typed, context)));
  }
  // Cut off before CLI11 sees it, which would take what follows for arguments of its own.
  const auto dashes = std::find(words.begin(), words.end(), "--");
  if (dashes != words.end()) context.script_arguments.assign(dashes + 1, words.end());
  words.erase(dashes, words.end());
  // Already what is wrong with the command line is told in the form that it asks for.
  if (asks_for_json(words)) context.console.configure({.errors = Console::Errors::kJson});
  return CommandLine().run(std::move(words), context);
}

}  // namespace pxq
