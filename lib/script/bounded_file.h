#pragma once

#include <cstddef>
#include <stop_token>
#include <string>

#include "base/status.h"

namespace pxq {

/// Reads a whole file, pipe or device, at most `limit` bytes: more is kUsage, as is every error of
/// the system. A FIFO that nobody writes to reads as empty instead of waiting for a writer.
Result<std::string> read_bounded_file(const std::string& path, size_t limit,
                                      std::stop_token stop = {});

/// The same from an open descriptor, which stays open; `name` is for messages. A FIFO that nobody
/// writes to is waited for if `blocks`; else it is empty, which takes O_NONBLOCK.
Result<std::string> read_bounded(int fd, const std::string& name, size_t limit,
                                 std::stop_token stop = {}, bool blocks = true);

}  // namespace pxq
