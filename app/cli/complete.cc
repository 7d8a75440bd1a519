#include "cli/complete.h"

#include <fmt/format.h>
#include <CLI/App.hpp>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "cli/command_view.h"
#include "cli/help_topics.h"
#include "cli/script_words.h"
#include "cli/typed_line.h"
#include "format/format.h"
#include "local/data/catalogue.h"
#include "local/data/data_set.h"
#include "local/data/table_source.h"
#include "scripts/library.h"
#include "settings/config.h"
#include "text/visible.h"

namespace pxq {
namespace {

bool names_file(const FlagView& flag) {
  for (const std::string_view part : {"FILE", "PATH", "DIR", "TEMPLATE"}) {
    if (flag.value.find(part) != std::string::npos) return true;
  }
  return false;
}

class Completer {
 public:
  Completer(const CLI::App& root, std::span<const std::string> words, Context& context)
      : root_(root),
        line_(root, words.first(words.size() - 1)),
        typed_(words.back()),
        context_(context) {}

  Completions run() {
    const size_t equals = typed_.find('=');
    if (line_.behind_dashes) {
      add_all(script_tail(script(), line_.script_words, typed_));
    } else if (line_.open != nullptr) {
      add_value(*line_.open, typed_, {});
    } else if (typed_.starts_with("-") && equals != std::string::npos) {
      const FlagView* flag = line_.find(typed_.substr(0, equals));
      if (flag != nullptr) {
        add_value(*flag, typed_.substr(equals + 1), typed_.substr(0, equals + 1));
      }
    } else if (typed_.starts_with("-")) {
      add_flags();
    } else {
      add_words();
    }
    return std::move(found_);
  }

 private:
  void add(std::string word, std::string meaning) {
    if (word.starts_with(typed_)) found_.words.push_back({std::move(word), std::move(meaning)});
  }
  void add_all(std::vector<Candidate> candidates) {
    for (Candidate& one : candidates) add(std::move(one.word), std::move(one.meaning));
  }
  void add_flags() {
    for (const FlagView& flag : line_.flags) {
      if (typed_ != "-") {
        add(flag.name(), flag.text);
        continue;
      }
      for (const std::string& name : flag.names) add(name, flag.text);
    }
  }

  // `before` is what the word holds in front of the value: `--output=`.
  void add_value(const FlagView& flag, const std::string& value, const std::string& before) {
    const size_t first = found_.words.size();
    std::vector<Candidate> values;
    for (const std::string& choice : flag.choices) values.push_back({choice, {}});
    if (flag.is("--output")) {
      for (const Format& format : formats()) {
        values.push_back({std::string(format.name), std::string(format.description)});
      }
    } else if (flag.is("--profile")) {
      if (const Result<Config> config = read_config(); config.ok()) {
        for (const auto& [name, section] : config->profiles) values.push_back({name, {}});
      }
    } else if (flag.is("--table")) {
      values = script_tables_of(script());
    } else if (flag.is("--func")) {
      values = script_functions_of(script());
    } else if (flag.is("--arg")) {
      values = script_assignments(script(), line_.given("--arg"), value);
    }
    for (Candidate& one : values) add(before + one.word, std::move(one.meaning));
    found_.files = names_file(flag) && found_.words.size() == first;
    if (flag.is("--output")) found_.files = true;
  }

  void add_words() {
    const std::string name = path_of(*line_.command);
    const std::vector<const CLI::App*> commands = commands_of(*line_.command);
    // check takes any number of files. Of another command the one argument is there already, so
    // what may follow is a flag.
    if (!line_.positionals.empty() && name != "check") return add_flags();
    for (const CLI::App* command : commands) {
      add(command->get_name(), command->get_description());
    }
    if (!commands.empty()) return;
    if (name == "help") {
      add_topics();
    } else if (name == "completion") {
      for (const char* shell : {"bash", "zsh", "fish"}) add(shell, {});
    } else if (name == "tables") {
      add_tables();
    } else if (name == "replay") {
      found_.files = true;
    } else if (takes_script()) {
      add_scripts();
    } else {
      add_flags();
    }
  }

  bool takes_script() const {
    const std::vector<ArgumentView> arguments = arguments_of(*line_.command);
    const bool takes = path_of(*line_.command) == "scripts show" ||
                       std::any_of(line_.flags.begin(), line_.flags.end(),
                                   [](const FlagView& flag) { return flag.is("--bundle"); });
    return takes && !arguments.empty() && line_.given("--file").empty() &&
           line_.given("--execute").empty();
  }

  void add_topics() {
    for (const HelpTopic& topic : help_topics()) {
      add(std::string(topic.name), std::string(topic.summary));
    }
    for (const CLI::App* command : commands_of(root_)) {
      add(command->get_name(), command->get_description());
    }
  }

  // Pixie's own, of a cluster: one that a probe makes is known there only.
  void add_tables() {
    const std::vector<std::string> local = line_.given("--local");
    if (local.empty()) return add_tables(local::catalogue_tables());
    const std::string source = local.back().empty() ? "host" : local.back();
    const Result<local::DataSet> data = local::open_data_set(source);
    if (data.ok()) add_tables(data->tables);
  }
  void add_tables(const local::TableSet& tables) {
    for (const auto& table : tables.all()) {
      add(std::string(table->name()), std::string(table->description()));
    }
  }

  void add_scripts() {
    const Result<ScriptLibrary> library = open_library(line_.given("--bundle"), context_);
    if (library.ok()) {
      for (const BundleScript* script : library->list()) add(script->name, script->short_doc);
    }
    found_.files = true;
  }

  // The script that the line names so far, if it names one that can be read.
  std::optional<Script> script() {
    const std::vector<std::string> texts = line_.given("--execute");
    std::vector<std::string> names = line_.given("--file");
    if (names.empty()) names = line_.positionals;
    Result<Script> found = Status(Code::kUsage, "");
    if (!texts.empty()) {
      found = script_from_text(texts.front());
    } else if (!names.empty() && names.front() != "-") {
      Result<ScriptLibrary> library = open_library(line_.given("--bundle"), context_);
      if (!library.ok()) return std::nullopt;
      found = open_script(names.front(), *library, context_.signals.token());
    }
    if (!found.ok()) return std::nullopt;
    return *std::move(found);
  }

  const CLI::App& root_;
  TypedLine line_;
  std::string typed_;
  Context& context_;
  Completions found_;
};

bool printable(std::string_view text) { return visible(text) == text; }

}  // namespace

Completions complete(const CLI::App& root, std::span<const std::string> words, Context& context) {
  // A word on stderr would stand in the middle of the line that is being typed.
  context.console.configure({.quiet = true});
  static const std::vector<std::string> kNothing = {""};
  return Completer(root, words.empty() ? std::span<const std::string>(kNothing) : words, context)
      .run();
}

std::string completion_lines(const Completions& completions) {
  std::string text;
  for (const Candidate& one : completions.words) {
    // Shells write what they offer to the terminal as it is.
    if (!printable(one.word)) continue;
    const std::string_view meaning = one.meaning;
    text += fmt::format("{}\t{}\n", one.word, visible(meaning.substr(0, meaning.find('\n'))));
  }
  return completions.files ? text + ":files\n" : text;
}

}  // namespace pxq
