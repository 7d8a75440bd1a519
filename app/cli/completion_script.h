#pragma once

#include <CLI/App.hpp>
#include <string>

namespace pxq {

// Scripts that teach a shell the commands, flags and values of `root`, and to ask pxq itself for
// the names of scripts.

std::string bash_completion(const CLI::App& root);
std::string zsh_completion(const CLI::App& root);
std::string fish_completion(const CLI::App& root);

}  // namespace pxq
