#include "script/shipped.h"

#include <map>
#include <string>

#include "base/trim.h"
#include "script/manifest.h"
#include "script/tokens.h"

namespace pxq {
namespace {

using Files = std::map<std::string_view, std::string_view>;  // name: bytes

std::string_view directory_of(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string_view stem_of(std::string_view name) { return name.substr(0, name.rfind('.')); }

std::string bytes_of(const Files& files, std::string_view name) {
  const auto found = files.find(name);
  return found == files.end() ? std::string() : std::string(found->second);
}

// A docstring documents a script that has no manifest: its first line in short, all in full.
void document(BundleScript& script) {
  const std::string_view text = trimmed(docstring(script.text), " \t\r\n");
  if (script.short_doc.empty()) script.short_doc = text.substr(0, text.find_first_of("\r\n"));
  if (script.long_doc.empty()) script.long_doc = text;
}

BundleScript script_of(std::string name, std::string_view text) {
  BundleScript script;
  script.name = std::move(name);
  script.text = text;
  script.origin = "built in";
  return script;
}

void add(BundleScript script, Bundle& bundle) {
  document(script);
  bundle.scripts.push_back(std::move(script));
}

void add_directory(std::string_view directory, const Files& files, Bundle& bundle) {
  std::string_view text;
  size_t scripts = 0;
  for (const auto& [name, bytes] : files) {
    if (!name.ends_with(".pxl")) continue;
    text = bytes;
    ++scripts;
  }
  if (scripts != 1) return;
  BundleScript script = script_of(std::string(directory), text);
  script.vis = bytes_of(files, "vis.json");
  const auto manifest = parse_manifest(bytes_of(files, "manifest.yaml"), script.name);
  if (!manifest.ok()) return bundle.skipped.push_back(script.name);
  script.short_doc = manifest->short_doc;
  script.long_doc = manifest->long_doc;
  script.hidden = manifest->hidden;
  add(std::move(script), bundle);
}

}  // namespace

Bundle bundle_of(std::span<const ShippedFile> files) {
  Bundle bundle;
  std::map<std::string_view, Files> directories;
  for (const ShippedFile& file : files) {
    directories[directory_of(file.path)][name_of(file.path)] = file.bytes;
  }
  for (const auto& [directory, held] : directories) {
    if (!directory.empty()) {
      add_directory(directory, held, bundle);
      continue;
    }
    for (const auto& [name, bytes] : held) {
      if (name.ends_with(".pxl")) add(script_of(std::string(stem_of(name)), bytes), bundle);
    }
  }
  return bundle;
}

}  // namespace pxq
