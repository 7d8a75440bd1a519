#include "script/shipped.h"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <vector>

#include "base/trim.h"
#include "script/bounded_file.h"
#include "script/script_text.h"
#include "script/source.h"
#include "script/tokens.h"

namespace pxq {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxDepth = 8;

// A docstring documents a script that has no manifest: its first line in short, all in full.
void document(BundleScript& script) {
  const std::string_view text = trimmed(docstring(script.text), " \t\r\n");
  if (script.short_doc.empty()) script.short_doc = text.substr(0, text.find_first_of("\r\n"));
  if (script.long_doc.empty()) script.long_doc = text;
}

// Files and directories of `directory`, sorted so that every machine lists the same.
std::vector<fs::path> entries(const fs::path& directory) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (fs::directory_iterator it(directory, error); !error && it != fs::directory_iterator();
       it.increment(error)) {
    paths.push_back(it->path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

class TreeReader {
 public:
  explicit TreeReader(fs::path root) : root_(std::move(root)) {}

  Bundle run() {
    for (const fs::path& path : entries(root_)) {
      if (path.extension() == ".pxl") add(path, path.stem().string());
    }
    walk(root_, 0);
    return std::move(bundle_);
  }

 private:
  void walk(const fs::path& directory, int depth) {
    if (depth >= kMaxDepth) return;
    for (const fs::path& path : entries(directory)) {
      std::error_code error;
      if (!fs::is_directory(path, error)) continue;
      if (is_script_path(path.string())) {
        add(path, path.lexically_relative(root_).generic_string());
      } else {
        walk(path, depth + 1);
      }
    }
  }

  void add(const fs::path& path, const std::string& name) {
    auto loaded = load_script(path.string());
    if (!loaded.ok()) {
      bundle_.skipped.push_back(name);
      return;
    }
    BundleScript script{.name = name,
                        .text = std::move(loaded->text),
                        .vis = vis_text(path),
                        .short_doc = std::move(loaded->short_doc),
                        .long_doc = std::move(loaded->long_doc),
                        .hidden = loaded->hidden,
                        .origin = path.string()};
    document(script);
    bundle_.scripts.push_back(std::move(script));
  }

  static std::string vis_text(const fs::path& path) {
    auto text = read_bounded_file((path / "vis.json").string(), kMaxRequestBytes);
    return text.ok() ? *std::move(text) : std::string{};
  }

  fs::path root_;
  Bundle bundle_;
};

}  // namespace

std::optional<std::string> find_script_root(std::span<const std::string> candidates) {
  for (const std::string& candidate : candidates) {
    std::error_code error;
    if (fs::is_directory(candidate, error)) return candidate;
  }
  return std::nullopt;
}

Result<Bundle> read_script_tree(const std::string& root) {
  std::error_code error;
  fs::directory_iterator probe(root, error);
  if (error) return errno_status(Code::kUsage, "cannot read", root, error.value());
  return TreeReader(root).run();
}

}  // namespace pxq
