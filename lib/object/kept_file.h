#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"

namespace pxq::object {

/// Puts a text in place of a file as a whole, on the disk. kOutput, as the others.
Status keep_file(const std::string& path, std::string_view text);

/// Nothing where there is no such file.
Result<std::optional<std::string>> read_kept(const std::string& path);

/// Fine, too, where there is none.
Status remove_kept(const std::string& path);

}  // namespace pxq::object
