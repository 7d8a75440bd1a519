#pragma once

#include <string>
#include <string_view>

namespace pxq {

/// The value of an environment variable; empty where it is not set or is set to nothing, which all
/// of pxq's variables take for the same.
std::string environment(std::string_view name);

/// A path with the home in the place of `~/` at its start; as it is where no home is known.
std::string with_home(std::string path);

/// pxq's own directory of a kind: `$VARIABLE/pxq`, else `$HOME/FALLBACK/pxq`. Empty where neither
/// is known. The XDG rules say that a relative path counts as unset.
std::string xdg_directory(std::string_view variable, std::string_view fallback);

}  // namespace pxq
