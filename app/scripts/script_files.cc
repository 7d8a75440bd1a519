#include "scripts/script_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

namespace pxq {

namespace fs = std::filesystem;

Result<std::vector<std::string>> find_script_files(const std::string& directory) {
  std::error_code error;
  std::map<std::string, std::vector<std::string>> by_directory;
  fs::recursive_directory_iterator it(directory, error);
  for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    if (it->path().extension() != ".pxl" || it->is_directory(error)) continue;
    by_directory[it->path().parent_path().string()].push_back(it->path().string());
  }
  if (error) return errno_status(Code::kUsage, "cannot read", directory, error.value());
  std::vector<std::string> found;
  for (auto& [parent, files] : by_directory) {
    std::sort(files.begin(), files.end());
    if (files.size() == 1) {
      found.push_back(parent);
    } else {
      found.insert(found.end(), files.begin(), files.end());
    }
  }
  if (found.empty()) return Status(Code::kUsage, fmt::format("{}: no .pxl files", directory));
  return found;
}

}  // namespace pxq
