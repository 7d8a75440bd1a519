#include "scripts/library.h"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "script/shipped.h"
#include "script/update.h"

namespace pxq {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

// Where this program's own scripts may lie: installed beside it, or in the source tree it was
// built in.
std::vector<std::string> script_roots() {
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::filesystem::path prefix = program.parent_path().parent_path();
  return {(prefix / "share/pxq/pxl").string(),
          (prefix.parent_path().parent_path() / "scripts/pxl").string()};
}

void add_shipped(ScriptLibrary& library, Context& context) {
  const auto root = find_script_root(script_roots());
  if (!root) return;
  Result<Bundle> shipped = read_script_tree(*root);
  if (!shipped.ok()) return context.console.warning(shipped.status().message());
  library.add(*std::move(shipped));
}

void add_cached(ScriptLibrary& library, Context& context) {
  const std::string directory = cache_directory();
  if (directory.empty()) return;
  Result<std::optional<Bundle>> cached = read_cached_bundle(directory);
  if (!cached.ok()) {
    return context.console.warning(
        fmt::format("{}; `pxq scripts update` fetches it anew", cached.status().message()));
  }
  if (*cached) library.add(**std::move(cached));
}

}  // namespace

Result<ScriptLibrary> open_library(const std::vector<std::string>& bundles, Context& context) {
  ScriptLibrary library;
  std::vector<std::string> paths = bundles;
  if (std::string path = variable("PX_BUNDLE"); !path.empty()) paths.push_back(std::move(path));
  for (const std::string& path : paths) {
    Result<Bundle> bundle = read_bundle(path);
    if (!bundle.ok()) return bundle.status();
    for (const std::string& name : bundle->skipped) {
      context.console.warning(fmt::format("bundle {}: '{}' is not a script", path, name));
    }
    library.add(*std::move(bundle));
  }
  add_shipped(library, context);
  add_cached(library, context);
  return library;
}

std::string cache_directory() {
  // The XDG rules say that a relative path counts as unset.
  const std::string cache = variable("XDG_CACHE_HOME");
  if (cache.starts_with('/')) return cache + "/pxq";
  const std::string home = variable("HOME");
  return home.starts_with('/') ? home + "/.cache/pxq" : std::string();
}

}  // namespace pxq
