#pragma once

#include <span>
#include <string_view>

namespace pxq {

/// What help and manual tell that is no flag, from reference.def.
struct ExitCodeEntry {
  std::string_view code;
  std::string_view meaning;
  std::string_view example;
};

struct VariableEntry {
  std::string_view name;
  std::string_view flag;  // that stands over it; empty: none
  std::string_view meaning;
  std::string_view example;
};

struct FileEntry {
  std::string_view path;
  std::string_view meaning;
  std::string_view example;
};

std::span<const ExitCodeEntry> exit_codes();
std::span<const VariableEntry> variables();
std::span<const FileEntry> files();

/// A line to paste, from examples.def, and what it does.
struct Example {
  std::string_view command;  // the words after pxq: `scripts show`; empty: pxq itself
  std::string_view line;
  std::string_view meaning;
};
std::span<const Example> examples();

/// The variable that a flag, with its dashes, stands over; empty: none.
std::string_view variable_of(std::string_view flag);
/// How a flag is written; empty: no example is known.
std::string_view example_of(std::string_view flag);

}  // namespace pxq
