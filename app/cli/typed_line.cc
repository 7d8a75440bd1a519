#include "cli/typed_line.h"

#include <CLI/App.hpp>

namespace pxq {
namespace {

void append(std::vector<FlagView>& to, std::vector<FlagView> from) {
  for (FlagView& flag : from) to.push_back(std::move(flag));
}

}  // namespace

TypedLine::TypedLine(const CLI::App& root, std::span<const std::string> words) : command(&root) {
  enter(root);
  for (const std::string& word : words) take(word);
}

void TypedLine::enter(const CLI::App& app) {
  command = &app;
  flags = flags_of(app);
  known = flags_of(app, Hidden::kWith);
  const CLI::App* parent = app.get_parent();
  if (parent == nullptr) {
    // Flags of a command may stand before it: those of run tell which of them take a word.
    if (const CLI::App* run = find_command(app, "run")) {
      append(known, flags_of(*run, Hidden::kWith));
    }
  } else if (parent->get_parent() != nullptr) {
    append(flags, flags_of(*parent));
    append(known, flags_of(*parent, Hidden::kWith));
  }
}

const FlagView* TypedLine::find(std::string_view name) const {
  for (const FlagView& flag : known) {
    if (flag.is(name)) return &flag;
  }
  return nullptr;
}

std::vector<std::string> TypedLine::given(std::string_view name) const {
  std::vector<std::string> texts;
  for (const auto& [flag, text] : values) {
    if (flag.is(name)) texts.push_back(text);
  }
  return texts;
}

void TypedLine::take_flag(const std::string& word) {
  const size_t equals = word.find('=');
  const FlagView* flag = find(word.substr(0, equals));
  if (flag == nullptr && word[1] != '-') {  // -oFORMAT
    flag = find(word.substr(0, 2));
    if (flag != nullptr && flag->takes_word()) values.emplace_back(*flag, word.substr(2));
    return;
  }
  if (flag == nullptr) return;
  if (equals != std::string::npos) {
    values.emplace_back(*flag, word.substr(equals + 1));
  } else if (flag->takes_word()) {
    open = flag;
  } else {
    values.emplace_back(*flag, std::string());
  }
}

void TypedLine::take(const std::string& word) {
  if (behind_dashes) {
    script_words.push_back(word);
  } else if (open != nullptr) {
    values.emplace_back(*open, word);
    open = nullptr;
  } else if (word == "--") {
    behind_dashes = true;
  } else if (word.size() > 1 && word.front() == '-') {
    take_flag(word);
  } else if (const CLI::App* below = find_command(*command, word);
             below != nullptr && positionals.empty()) {
    enter(*below);
  } else {
    positionals.push_back(word);
  }
}

}  // namespace pxq
