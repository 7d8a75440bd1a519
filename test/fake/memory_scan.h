#pragma once

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <functional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/unique_fd.h"

namespace pxq::fake {

/// A text that this program's memory holds in another form only, so that it can be looked for
/// there.
class Hidden {
 public:
  explicit Hidden(std::string_view text) {
    for (const char byte : text) changed_.push_back(static_cast<char>(~byte));
  }
  size_t size() const { return changed_.size(); }
  char operator[](size_t at) const { return static_cast<char>(~changed_[at]); }

  bool is_at(const char* place) const {
    for (size_t i = 0; i < size(); ++i) {
      if (place[i] != (*this)[i]) return false;
    }
    return true;
  }

 private:
  std::string changed_;
};

/// Calls `look` with each stretch of memory that a process may write to.
inline void for_each_region(pid_t pid, const std::function<void(uint64_t, uint64_t)>& look) {
  std::ifstream maps("/proc/" + std::to_string(pid) + "/maps");
  for (std::string line; std::getline(maps, line);) {
    std::istringstream words(line);
    uint64_t start = 0;
    uint64_t end = 0;
    char dash = 0;
    std::string rights;
    words >> std::hex >> start >> dash >> end >> rights;
    if (rights.starts_with("rw")) look(start, end);
  }
}

/// How often it is in this process. Threads are to stand still.
inline size_t copies_here(const Hidden& text) {
  size_t found = 0;
  for_each_region(::getpid(), [&](uint64_t start, uint64_t end) {
    const char* place = reinterpret_cast<const char*>(start);
    const char* const last = reinterpret_cast<const char*>(end) - text.size();
    for (; place <= last; ++place) {
      if (*place == text[0] && text.is_at(place)) ++found;
    }
  });
  return found;
}

/// All that another process may write to, stretch by stretch; throws where it may not be read.
inline std::vector<std::string> memory_of(pid_t pid) {
  const UniqueFd memory(::open(("/proc/" + std::to_string(pid) + "/mem").c_str(), O_RDONLY));
  if (!memory) throw std::runtime_error("memory of another process may not be read here");
  std::vector<std::string> all;
  for_each_region(pid, [&](uint64_t start, uint64_t end) {
    std::string bytes(end - start, '\0');
    const ssize_t read =
        ::pread(memory.get(), bytes.data(), bytes.size(), static_cast<off_t>(start));
    bytes.resize(static_cast<size_t>(std::max<ssize_t>(read, 0)));
    all.push_back(std::move(bytes));
  });
  return all;
}

/// Where a text begins in it, as often as it is there.
inline size_t copies_in(const std::vector<std::string>& memory, std::string_view text) {
  size_t found = 0;
  for (const std::string& region : memory) {
    for (size_t at = region.find(text); at != std::string::npos; at = region.find(text, at + 1)) {
      ++found;
    }
  }
  return found;
}

}  // namespace pxq::fake
