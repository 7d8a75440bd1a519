#include "file/file_target.h"

#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <set>

#include "base/number_text.h"
#include "file/file_bytes.h"

namespace pxq {
namespace {

constexpr int kMaxLinks = 40;  // as the kernel

/// The descriptor that a name such as /dev/stdout means, or -1.
int inherited_descriptor(std::string_view path) {
  if (path == "/dev/stdout") return STDOUT_FILENO;
  // Opened anew, these names would begin at offset 0 of a redirected file, and a socket cannot be
  // opened at all.
  if (path == "/dev/stderr") return STDERR_FILENO;
  for (const std::string_view prefix : {"/dev/fd/", "/proc/self/fd/"}) {
    if (!path.starts_with(prefix)) continue;
    if (const auto fd = number_from<int>(path.substr(prefix.size()))) return *fd;
  }
  return -1;
}

Result<std::string> follow_links(const std::string& path) {
  // Links are followed by hand, because the temporary must lie beside the file itself, and a rename
  // to the link's name would replace the link.
  std::string file = path;
  for (int links = 0; links < kMaxLinks; ++links) {
    char text[PATH_MAX];
    const ssize_t length = ::readlink(file.c_str(), text, sizeof text);
    if (length < 0) return file;  // not a link, or open() will say what is wrong
    const std::string next(text, static_cast<size_t>(length));
    file = next.starts_with('/') ? next : parent_path(file) + "/" + next;
  }
  return errno_status(Code::kOutput, "open", path, ELOOP);
}

}  // namespace

Result<FileTarget> resolve_file_target(const std::string& path) {
  if (path.empty()) return errno_status(Code::kOutput, "open", "''", ENOENT);
  FileTarget target{.path = path, .file = path, .inherited_fd = inherited_descriptor(path)};
  if (target.inherited_fd >= 0) {
    target.exists = target.in_place = true;
    return target;
  }
  auto file = follow_links(path);
  if (!file.ok()) return file.status();
  target.file = *std::move(file);
  struct stat info = {};
  if (::stat(target.file.c_str(), &info) != 0) {
    if (errno != ENOENT) return errno_status(Code::kOutput, "open", path, errno);
    if (!target.file.ends_with('/')) return target;
    return Status(Code::kOutput, path + " names a directory", "name a file in it");
  }
  if (S_ISDIR(info.st_mode)) {
    return errno_status(Code::kOutput, "open", path, EISDIR)
        .with_hint("name a file in it, or '" + path + "/{table}.csv' for a file per table");
  }
  target.exists = true;
  target.in_place = !S_ISREG(info.st_mode);
  return target;
}

Status check_distinct(const std::vector<std::string>& paths) {
  std::set<std::string> files;
  for (const std::string& path : paths) {
    if (path.empty()) continue;
    const auto target = resolve_file_target(path);
    // What cannot be opened is told by whoever opens it; terminals and pipes may be shared.
    if (!target.ok() || target->in_place) continue;
    const std::filesystem::path file = absolute_path(target->file);
    if (files.insert(file.lexically_normal()).second) continue;
    return {Code::kUsage, path + " is named for two files of one run", "give each its own name"};
  }
  return {};
}

}  // namespace pxq
