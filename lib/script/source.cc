#include "script/source.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "script/bounded_file.h"
#include "script/manifest.h"
#include "script/script_text.h"

namespace pxq {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxVisBytes = 4 << 20;
constexpr size_t kMaxManifestBytes = 64 << 10;

Result<std::vector<std::string>> pxl_files(const std::string& directory) {
  std::error_code error;
  fs::directory_iterator it(directory, error);
  std::vector<std::string> files;
  for (; !error && it != fs::directory_iterator(); it.increment(error)) {
    if (it->path().extension() == ".pxl") files.push_back(it->path().string());
  }
  if (error) return errno_status(Code::kUsage, "cannot read", directory, error.value());
  std::sort(files.begin(), files.end());
  return files;
}

std::string join_path(const std::string& directory, std::string_view name) {
  return (fs::path(directory) / name).string();
}

// Whether the file is there; what cannot be looked at is there, so that reading it tells why.
bool present(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::symlink_status(path, error);
  return status.type() != fs::file_type::not_found;
}

Result<Script> load_text(const std::string& path, std::stop_token stop) {
  auto bytes = read_bounded_file(path, kMaxRequestBytes, std::move(stop));
  if (!bytes.ok()) return bytes.status();
  auto text = script_text(*std::move(bytes), path);
  if (!text.ok()) return text.status();
  Script script;
  script.text = *std::move(text);
  script.source = path;
  return script;
}

Status add_vis(const std::string& path, const std::stop_token& stop, Script& script) {
  if (!present(path)) return {};
  const auto json = read_bounded_file(path, kMaxVisBytes, stop);
  if (!json.ok()) return json.status();
  auto vis = parse_vis(*json, path);
  if (!vis.ok()) return vis.status();
  script.vis = *std::move(vis);
  return {};
}

Status add_manifest(const std::string& path, const std::stop_token& stop, Script& script) {
  if (!present(path)) return {};
  const auto yaml = read_bounded_file(path, kMaxManifestBytes, stop);
  if (!yaml.ok()) return yaml.status();
  const auto manifest = parse_manifest(*yaml, path);
  if (!manifest.ok()) return manifest.status();
  script.short_doc = manifest->short_doc;
  script.long_doc = manifest->long_doc;
  script.hidden = manifest->hidden;
  return {};
}

Result<Script> load_directory(const std::string& path, const std::stop_token& stop) {
  const auto files = pxl_files(path);
  if (!files.ok()) return files.status();
  if (files->size() != 1) {
    return Status{Code::kUsage,
                  fmt::format("{}: {} .pxl files, where a script's directory has one", path,
                              files->empty() ? "no" : std::to_string(files->size())),
                  files->empty() ? "" : fmt::format("name one: {}", files->front())};
  }
  auto script = load_text(files->front(), stop);
  if (!script.ok()) return script;
  Status added = add_vis(join_path(path, "vis.json"), stop, *script);
  if (added.ok()) added = add_manifest(join_path(path, "manifest.yaml"), stop, *script);
  if (!added.ok()) return added;
  return script;
}

}  // namespace

Result<Script> load_script(const std::string& path, std::stop_token stop) {
  std::error_code error;
  if (fs::is_directory(path, error)) return load_directory(path, stop);
  return load_text(path, std::move(stop));
}

Result<Script> load_script_from(int fd, std::stop_token stop) {
  if (::isatty(fd) == 1) {
    return Status{Code::kUsage, "standard input is a terminal, not a script",
                  "pipe the script in, name a file, or use -e"};
  }
  auto bytes = read_bounded(fd, "<stdin>", kMaxRequestBytes, std::move(stop));
  if (!bytes.ok()) return bytes.status();
  auto text = script_text(*std::move(bytes), "<stdin>");
  if (!text.ok()) return text.status();
  Script script;
  script.text = *std::move(text);
  script.source = "<stdin>";
  return script;
}

Result<Script> script_from_text(std::string bytes) {
  auto text = script_text(std::move(bytes), "<inline>");
  if (!text.ok()) return text.status();
  Script script;
  script.text = *std::move(text);
  script.source = "<inline>";
  return script;
}

bool is_script_path(const std::string& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    const auto files = pxl_files(path);
    return files.ok() && !files->empty();
  }
  return present(path);
}

}  // namespace pxq
