#pragma once

#include <string>

namespace pxq {

/// What stands at `path`, links followed. Of what cannot be reached, by its rights or by its name,
/// both are false: whoever opens it says why.
bool is_directory(const std::string& path);
bool is_file(const std::string& path);

/// Whether anything is there.
bool is_there(const std::string& path);

}  // namespace pxq
