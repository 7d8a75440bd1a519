#include "cli/words.h"

#include <CLI/App.hpp>
#include <CLI/Option.hpp>
#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <utility>

#include "cli/px_lines.h"
#include "local/data/data_set.h"
#include "text/duration.h"

namespace pxq {
namespace {

bool is_flag(const std::string& word) { return word.size() > 1 && word.front() == '-'; }

std::vector<const CLI::App*> commands_of(const CLI::App& root) {
  return root.get_subcommands([](const CLI::App*) { return true; });
}

bool is_command(const CLI::App& root, const std::string& word) {
  if (word == "get" || word == "script" || !instead_of_px(word).empty()) return true;  // px's
  const auto commands = commands_of(root);
  return std::any_of(commands.begin(), commands.end(),
                     [&](const CLI::App* command) { return command->get_name() == word; });
}

// The flag of that name, with its dashes, of any command: they agree on what a flag is. nullptr if
// there is none.
const CLI::Option* find_flag(const CLI::App& root, const std::string& word) {
  if (!is_flag(word)) return nullptr;
  const bool is_long = word.starts_with("--");
  const std::string name = word.substr(is_long ? 2 : 1);
  for (const CLI::App* command : commands_of(root)) {
    for (const CLI::Option* option : command->get_options()) {
      const auto& names = is_long ? option->get_lnames() : option->get_snames();
      if (std::find(names.begin(), names.end(), name) != names.end()) return option;
    }
  }
  return nullptr;
}

// Whether the word behind this flag is its value.
bool takes_next(const CLI::App& root, const std::string& word) {
  const CLI::Option* flag = find_flag(root, word);  // none of -cNAME and of --name=value
  return flag != nullptr && flag->get_items_expected_min() > 0;
}

// The command first, then what stood before it.
void put_command_first(const CLI::App& root, std::vector<std::string>& words) {
  if (words.empty() || words.front() == "--version") return;
  size_t at = 0;
  while (at < words.size() && is_flag(words[at])) at += takes_next(root, words[at]) ? size_t{2} : 1;
  if (at == 0 || at >= words.size() || !is_command(root, words[at])) return;
  const auto command = words.begin() + static_cast<std::ptrdiff_t>(at);
  std::rotate(words.begin(), command, command + 1);
}

constexpr std::array<std::string_view, 3> kExpanded = {"auto", "on", "off"};

bool is_expanded(std::string_view word) {
  return std::find(kExpanded.begin(), kExpanded.end(), word) != kExpanded.end();
}

// An optional length of time begins with a figure: no script that is meant does.
void join_watch(std::vector<std::string>& words) {
  const auto is_time = [](std::string_view text) {
    return !text.empty() && text.front() >= '0' && text.front() <= '9' &&
           parse_duration(text, "").ok();
  };
  for (size_t i = 0; i < words.size(); ++i) {
    std::string& word = words[i];
    const bool alone = word == "-w" || word == "--watch";
    if (alone && i + 1 < words.size() && is_time(words[i + 1])) {
      word = "--watch=" + words[i + 1];
      words.erase(words.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    } else if (word.starts_with("-w=")) {
      word = "--watch=" + word.substr(3);
    } else if (word.starts_with("-w") && is_time(std::string_view(word).substr(2))) {
      word = "--watch=" + word.substr(2);
    }
  }
}

// An optional value is one of three words: whatever else follows -x is the script.
void join_expanded(std::vector<std::string>& words) {
  for (size_t i = 0; i < words.size(); ++i) {
    std::string& word = words[i];
    const bool alone = word == "-x" || word == "--expanded";
    if (alone && i + 1 < words.size() && is_expanded(words[i + 1])) {
      word = "--expanded=" + words[i + 1];
      words.erase(words.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    } else if (word.starts_with("-x=")) {
      word = "--expanded=" + word.substr(3);
    } else if (word.starts_with("-x") && is_expanded(std::string_view(word).substr(2))) {
      word = "--expanded=" + word.substr(2);
    }
  }
}

// `--local demo`: what is no script's name, but a source's, can mean nothing else.
void join_local(std::vector<std::string>& words) {
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] != "--local" || !local::names_data_set(words[i + 1])) continue;
    words[i] += "=" + words[i + 1];
    words.erase(words.begin() + static_cast<std::ptrdiff_t>(i) + 1);
  }
}

// `-o=csv`, as kubectl and px take it: CLI11 would take `=csv` for the value.
void drop_equals(const CLI::App& root, std::vector<std::string>& words) {
  for (size_t i = 0; i < words.size(); ++i) {
    std::string& word = words[i];
    const bool spelled_so = word.size() > 3 && is_flag(word) && word[1] != '-' && word[2] == '=';
    if (spelled_so && takes_next(root, word.substr(0, 2))) word.erase(2, 1);
    if (takes_next(root, word)) ++i;
  }
}

}  // namespace

std::string flag_without_value(const std::vector<std::string>& words, const CLI::App& root) {
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (is_flag(word) && word.find('=') == word.size() - 1) {
      const std::string name = word.substr(0, word.size() - 1);
      if (find_flag(root, name) != nullptr) return name;
    }
    if (takes_next(root, word)) ++i;
  }
  return {};
}

std::vector<std::string> arranged_words(std::vector<std::string> words, const CLI::App& root) {
  join_local(words);
  put_command_first(root, words);
  words = from_px(std::move(words));
  join_expanded(words);
  join_watch(words);
  for (std::string& word : words) {
    // px's -e is short for --e2e_encryption, pxq's own takes a script.
    if (word == "-e=false" || word == "-e=true") word = "--e2e_encryption" + word.substr(2);
  }
  drop_equals(root, words);
  return words;
}

}  // namespace pxq
