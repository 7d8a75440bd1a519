#include "file/path_kind.h"

#include <filesystem>
#include <system_error>

namespace pxq {
namespace {

// The other form of status() throws.
std::filesystem::file_status status_of(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::status(path, ignored);
}

}  // namespace

bool is_directory(const std::string& path) {
  return std::filesystem::is_directory(status_of(path));
}

bool is_file(const std::string& path) { return std::filesystem::is_regular_file(status_of(path)); }

bool is_there(const std::string& path) { return std::filesystem::exists(status_of(path)); }

}  // namespace pxq
