#pragma once

#include <string>
#include <vector>

#include "cli/flag_types.h"

namespace pxq {

/// The words by which a command was given its flags and its script, so that another run may be
/// given the same: without those of one run alone, such as a start, a summary or a job's name.
std::vector<std::string> repeatable_words(const CLI::App& app,
                                          const std::vector<std::string>& script_arguments);

}  // namespace pxq
