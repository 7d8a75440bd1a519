#pragma once

#include <string>
#include <vector>

#include "cli/flag_types.h"

namespace pxq {

/// Puts the words of a command line into the form that CLI11 reads: flags that stand before the
/// command go behind it (`pxq -q run s.pxl`), `-x auto`, `-x=auto` and `-xauto` become
/// `--expanded=auto`, `--local demo` becomes `--local=demo`, `-o=csv` becomes `-ocsv`, and px's
/// `-e=false` becomes --e2e_encryption=false. Words that fit nothing stay as they are, for CLI11 to
/// refuse. `root` knows the commands and their flags.
std::vector<std::string> arranged_words(std::vector<std::string> words, const CLI::App& root);

/// The first flag that is written as `--flag=` with nothing behind it, as an unset variable of a
/// script leaves it: CLI11 would take it for the flag alone. Empty if there is none.
std::string flag_without_value(const std::vector<std::string>& words, const CLI::App& root);

}  // namespace pxq
