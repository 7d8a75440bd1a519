#pragma once

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

namespace pxq::fake {

/// A directory of its own for one test, removed with all that is in it.
class ScratchDir {
 public:
  ScratchDir() {
    std::string pattern = (std::filesystem::temp_directory_path() / "pxq-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) std::abort();
    root_ = pattern;
  }
  ScratchDir(const ScratchDir&) = delete;
  ScratchDir& operator=(const ScratchDir&) = delete;
  ~ScratchDir() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }

  std::string path(const std::string& name = {}) const {
    return name.empty() ? root_ : root_ + "/" + name;
  }

  void put(const std::string& name, const std::string& text, mode_t mode = 0644) const {
    std::ofstream(path(name), std::ios::binary | std::ios::trunc) << text;
    ::chmod(path(name).c_str(), mode);
  }

  /// The file's bytes; "<none>" without one.
  std::string get(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    if (!file) return "<none>";
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }

  mode_t mode(const std::string& name) const {
    struct stat info = {};
    return ::stat(path(name).c_str(), &info) == 0 ? info.st_mode & 0777 : 0;
  }

  std::set<std::string> names() const {
    std::set<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(root_)) {
      found.insert(entry.path().filename().string());
    }
    return found;
  }

 private:
  std::string root_;
};

}  // namespace pxq::fake
