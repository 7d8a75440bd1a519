#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/flag_types.h"

namespace pxq {

/// The words by which a command was given its flags and its script, so that another run may be
/// given the same: without those of one run alone, such as a start, a summary or a job's name.
std::vector<std::string> repeatable_words(const CLI::App& app,
                                          const std::vector<std::string>& script_arguments);

/// A flag that needs no value as a word again, with the value that it was given, if any.
std::string flag_word(std::string_view name, std::string_view value);

/// All of these words but those of the flags that are left out, by their long names.
std::vector<std::string> words_without(std::span<const std::string_view> left_out,
                                       const CLI::App& app,
                                       const std::vector<std::string>& script_arguments);

}  // namespace pxq
