#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "base/status.h"

namespace pxq {

/// Writes all of `bytes`, through EINTR and short writes. Failures are kOutput and name `path`.
Status write_all(int fd, std::string_view bytes, const std::string& path);

/// Brings all of a file to the disk, through EINTR. Failures are kOutput and name `path`.
Status sync_file(int fd, const std::string& path);

/// The contents of a small file of ours; `code` classifies a failure, and more than `limit` bytes
/// are one.
Result<std::string> read_file(const std::string& path, size_t limit, Code code);

/// Brings names made or changed in the directory to the disk. File systems that cannot sync a
/// directory are taken as they are.
Status sync_directory(int directory_fd, const std::string& path);

/// The same by name. One that cannot be opened is taken as it is, too.
Status sync_directory(const std::string& path);

/// The part of `path` before its last '/', "." without one, "/" for names in the root.
std::string parent_path(const std::string& path);

/// The part of `path` after its last '/'.
std::string base_name(const std::string& path);

/// `path` from the root on, links not followed.
std::string absolute_path(const std::string& path);

/// Makes `directory` and those above it where missing, each name on the disk.
Status make_directories(const std::string& directory, mode_t mode = 0777);

}  // namespace pxq
