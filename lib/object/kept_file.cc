#include "object/kept_file.h"

#include <unistd.h>

#include <cerrno>

#include "file/atomic_file.h"
#include "file/file_bytes.h"

namespace pxq::object {
namespace {

// A state's text, or an object of one part; with room to spare.
constexpr size_t kLargest = size_t{1} << 30;

}  // namespace

Status keep_file(const std::string& path, std::string_view text) {
  auto file =
      FileOutput::open(path, {.force = true, .make_directories = true, .temp_tag = "object"});
  if (!file.ok()) return file.status();
  (*file)->text().append(text);
  (*file)->commit();
  return (*file)->save();
}

Result<std::optional<std::string>> read_kept(const std::string& path) {
  if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) return std::optional<std::string>();
  auto text = read_file(path, kLargest, Code::kOutput);
  if (!text.ok()) return text.status();
  return std::optional<std::string>(*std::move(text));
}

Status remove_kept(const std::string& path) {
  if (::unlink(path.c_str()) == 0 || errno == ENOENT) return {};
  return errno_status(Code::kOutput, "remove", path, errno);
}

}  // namespace pxq::object
