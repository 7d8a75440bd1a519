#include "file/file_bytes.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "base/unique_fd.h"

namespace pxq {

Status write_all(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    // A write that takes nothing and names no error would be repeated for ever.
    if (count <= 0) return errno_status(Code::kOutput, "write", path, count == 0 ? EIO : errno);
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return {};
}

Status sync_file(int fd, const std::string& path) {
  int result = 0;
  do {
    result = ::fsync(fd);
  } while (result != 0 && errno == EINTR);
  return result == 0 ? Status() : errno_status(Code::kOutput, "fsync", path, errno);
}

Result<std::string> read_file(const std::string& path, size_t limit, Code code) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd) return errno_status(code, "open", path, errno);
  std::string bytes;
  char piece[16384];
  while (true) {
    const ssize_t count = ::read(fd.get(), piece, sizeof piece);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno_status(code, "read", path, errno);
    if (count == 0) return bytes;
    bytes.append(piece, static_cast<size_t>(count));
    ::explicit_bzero(piece, static_cast<size_t>(count));  // some files hold keys
    if (bytes.size() > limit) return Status(code, path + " is too large");
  }
}

Status sync_directory(int directory_fd, const std::string& path) {
  int result = 0;
  do {
    result = ::fsync(directory_fd);
  } while (result != 0 && errno == EINTR);
  // Some file systems cannot sync a directory, and one that was opened without leave to list it
  // cannot be synced either: nobody could do more.
  if (result == 0 || errno == EINVAL || errno == EBADF || errno == ENOTSUP) return {};
  return errno_status(Code::kOutput, "fsync", path, errno);
}

Status sync_directory(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return fd ? sync_directory(fd.get(), path) : Status();
}

std::string parent_path(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string base_name(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

std::string absolute_path(const std::string& path) {
  std::error_code error;
  const auto whole = std::filesystem::absolute(path, error);
  return error ? path : whole.string();
}

Status make_directories(const std::string& directory, mode_t mode) {
  int error = ::mkdir(directory.c_str(), mode) == 0 ? 0 : errno;
  if (error == ENOENT && directory != "." && directory != "/") {
    if (auto above = make_directories(parent_path(directory), mode); !above.ok()) return above;
    error = ::mkdir(directory.c_str(), mode) == 0 ? 0 : errno;
  }
  if (error == EEXIST) return {};  // what it is shows when it is opened
  if (error != 0) return errno_status(Code::kOutput, "make directory", directory, error);
  return sync_directory(parent_path(directory));
}

}  // namespace pxq
