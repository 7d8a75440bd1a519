#pragma once

#include <span>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/flag_types.h"

namespace pxq {

/// A word that may stand where the cursor is, and what it means.
struct Candidate {
  std::string word;
  std::string meaning;
};

/// What may stand at the end of a command line.
struct Completions {
  std::vector<Candidate> words;  // in the order to offer them
  bool files = false;            // names of files too
};

/// `words` are those behind the program's name; the last one, perhaps empty, is being typed.
/// Nothing is connected to; what cannot be read, such as a script, offers nothing.
Completions complete(const CLI::App& root, std::span<const std::string> words, Context& context);

/// As the shells' functions read it: WORD, TAB, MEANING a line, and `:files` where files fit.
std::string completion_lines(const Completions& completions);

}  // namespace pxq
