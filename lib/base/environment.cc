#include "base/environment.h"

#include <fmt/format.h>

#include <cstdlib>

namespace pxq {

std::string environment(std::string_view name) {
  if (name.empty()) return {};
  const char* value = std::getenv(std::string(name).c_str());
  return value == nullptr ? std::string() : value;
}

std::string with_home(std::string path) {
  const std::string home = environment("HOME");
  if (path.starts_with("~/") && home.starts_with('/')) path.replace(0, 1, home);
  return path;
}

std::string xdg_directory(std::string_view variable, std::string_view fallback) {
  // The XDG specification wants relative paths to be ignored.
  if (const std::string chosen = environment(variable); chosen.starts_with('/')) {
    return chosen + "/pxq";
  }
  const std::string home = environment("HOME");
  return home.starts_with('/') ? fmt::format("{}/{}/pxq", home, fallback) : std::string();
}

}  // namespace pxq
