#include "file/directory_check.h"

#include <filesystem>
#include <system_error>

namespace pxq {
namespace {

namespace fs = std::filesystem;

std::string quoted(const fs::path& path) { return "'" + path.string() + "'"; }

Status no_directory(const fs::path& path) {
  return {Code::kOutput, quoted(path) + " is no directory", "name another place for the files"};
}

}  // namespace

Status check_directory(const std::string& path, bool made, std::string_view besides) {
  // What comes before the first placeholder is all that is known before the tables are.
  const std::string fixed = path.substr(0, path.find('{'));
  fs::path directory = fs::path(fixed).parent_path();
  if (directory.empty()) return {};
  std::error_code error;
  fs::file_status found = fs::status(directory, error);
  if (!made && found.type() == fs::file_type::not_found) {
    return {Code::kOutput, "there is no directory " + quoted(directory),
            "mkdir -p " + quoted(directory) + std::string(besides)};
  }
  while (found.type() == fs::file_type::not_found && directory.has_relative_path()) {
    const fs::path above = directory.parent_path();
    if (above.empty() || above == directory) return {};
    directory = above;
    found = fs::status(directory, error);
  }
  // What cannot be looked at is told when it is opened.
  const bool known = found.type() != fs::file_type::none &&
                     found.type() != fs::file_type::unknown &&
                     found.type() != fs::file_type::not_found;
  return known && !fs::is_directory(found) ? no_directory(directory) : Status();
}

}  // namespace pxq
