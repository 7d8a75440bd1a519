#include "local/data/host/proc_directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <limits>
#include <memory>

#include "base/unique_fd.h"

namespace pxq::local {
namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

/// The entries of a directory whose names are numbers, ascending; nothing when it cannot be read.
std::optional<std::vector<uint32_t>> numbered_entries(const std::string& path) {
  const std::unique_ptr<DIR, CloseDirectory> directory{::opendir(path.c_str())};
  if (directory == nullptr) return std::nullopt;
  std::vector<uint32_t> numbers;
  while (const dirent* entry = ::readdir(directory.get())) {
    const std::string_view name{entry->d_name};
    uint32_t number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error == std::errc{} && end == name.data() + name.size()) numbers.push_back(number);
  }
  std::ranges::sort(numbers);
  return numbers;
}

}  // namespace

Result<std::vector<uint32_t>> ProcDirectory::pids() const {
  errno = 0;
  auto numbers = numbered_entries(root_);
  if (!numbers) return errno_status(Code::kServer, "cannot list the processes in", root_, errno);
  return *std::move(numbers);
}

std::optional<std::string> ProcDirectory::read(std::string_view path) const {
  const std::string whole = root_ + '/' + std::string(path);
  const UniqueFd file{::open(whole.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!file) return std::nullopt;
  std::string text;
  std::array<char, 16384> piece;
  for (;;) {
    const ssize_t count = ::read(file.get(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::nullopt;  // ESRCH: the process ended
    if (count == 0) return text;
    text.append(piece.data(), static_cast<size_t>(count));
  }
}

std::optional<std::string> ProcDirectory::link(std::string_view path) const {
  const std::string whole = root_ + '/' + std::string(path);
  std::array<char, PATH_MAX> target;
  const ssize_t count = ::readlink(whole.c_str(), target.data(), target.size());
  if (count < 0) return std::nullopt;
  return std::string(target.data(), static_cast<size_t>(count));
}

std::vector<uint32_t> ProcDirectory::descriptors(uint32_t pid) const {
  return numbered_entries(root_ + '/' + std::to_string(pid) + "/fd")
      .value_or(std::vector<uint32_t>{});
}

std::string_view Words::next() {
  constexpr std::string_view kSpace = " \t\n";
  const size_t begin = std::min(rest_.find_first_not_of(kSpace), rest_.size());
  const size_t end = std::min(rest_.find_first_of(kSpace, begin), rest_.size());
  const std::string_view word = rest_.substr(begin, end - begin);
  rest_.remove_prefix(end);
  return word;
}

std::optional<int64_t> Words::number() {
  const std::string_view word = next();
  int64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (word.empty() || end != word.data() + word.size()) return std::nullopt;
  // The kernel's counters have no sign and may go beyond ours.
  if (error == std::errc::result_out_of_range && word.front() != '-') {
    return std::numeric_limits<int64_t>::max();
  }
  if (error != std::errc{}) return std::nullopt;
  return value;
}

std::string_view take_line(std::string_view& text) {
  const size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

}  // namespace pxq::local
