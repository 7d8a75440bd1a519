#include "scripts/library.h"

#include <fmt/format.h>

#include <optional>

#include "base/environment.h"
#include "script/shipped.h"
#include "script/update.h"

namespace pxq {
namespace {

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
  if (std::string path = environment("PX_BUNDLE"); !path.empty()) paths.push_back(std::move(path));
  for (const std::string& path : paths) {
    Result<Bundle> bundle = read_bundle(path);
    if (!bundle.ok()) return bundle.status();
    for (const std::string& name : bundle->skipped) {
      context.console.warning(fmt::format("bundle {}: '{}' is not a script", path, name));
    }
    library.add(*std::move(bundle));
  }
  // The first that has a name keeps it: the user's bundles stand over pxq's own scripts, and those
  // over the fetched ones.
  library.add(bundle_of(shipped_files()));
  add_cached(library, context);
  return library;
}

std::string cache_directory() { return xdg_directory("XDG_CACHE_HOME", ".cache"); }

}  // namespace pxq
