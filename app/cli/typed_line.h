#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/command_view.h"
#include "cli/flag_types.h"

namespace pxq {

/// A command line that is still being typed, read as far as it goes: nothing in it is an error.
/// Lives no longer than `root`.
struct TypedLine {
  const CLI::App* command;                               // the root while none is named
  std::vector<std::pair<FlagView, std::string>> values;  // flags with what was given them
  std::vector<std::string> positionals;                  // words that are no flags
  std::vector<std::string> script_words;                 // what stands behind `--`
  bool behind_dashes = false;
  std::vector<FlagView> flags;     // that the command takes, without hidden ones
  const FlagView* open = nullptr;  // the flag whose value comes next; into `known`
  std::vector<FlagView> known;     // as flags, with hidden ones

  /// `words` are those before the one that is being typed, without the program's name.
  TypedLine(const CLI::App& root, std::span<const std::string> words);
  TypedLine(const TypedLine&) = delete;
  TypedLine& operator=(const TypedLine&) = delete;

  const FlagView* find(std::string_view name) const;
  /// What was given to a flag, in order.
  std::vector<std::string> given(std::string_view name) const;

 private:
  void enter(const CLI::App& app);
  void take(const std::string& word);
  void take_flag(const std::string& word);
};

}  // namespace pxq
