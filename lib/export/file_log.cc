#include "export/file_log.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <utility>

#include "file/atomic_file.h"
#include "file/file_bytes.h"
#include "text/json_bytes.h"

namespace pxq {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;
constexpr size_t kLargestLog = size_t{1} << 28;

bool is_as_made(const MadeFile& file) {
  struct stat now = {};
  return ::lstat(file.path.c_str(), &now) == 0 && S_ISREG(now.st_mode) &&
         static_cast<uint64_t>(now.st_size) == file.bytes && now.st_ino == file.inode;
}

// As far as nothing else is in them.
void remove_directories(std::string directory, const std::string& top) {
  while (directory.size() > top.size() && directory.starts_with(top) &&
         ::rmdir(directory.c_str()) == 0) {
    directory = parent_path(directory);
  }
}

}  // namespace

std::string file_log_path(const std::string& state_path) { return state_path + ".files"; }

Result<std::vector<MadeFile>> load_file_log(const std::string& path) {
  std::vector<MadeFile> files;
  if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) return files;
  const auto text = read_file(path, kLargestLog, Code::kOutput);
  if (!text.ok()) return text.status();
  const Status torn(Code::kOutput, path + " is torn or not a list of files of pxq",
                    "move it away: the files that it names stay, and --keep begins with the next");
  const Json document = Json::parse(*text, nullptr, false);
  try {
    if (whole_member<int>(document, "version") != kVersion) return torn;
    for (const Json& item : document.at("files")) {
      files.push_back({.path = text_member(item, "path"),
                       .end_ns = whole_member<int64_t>(item, "end_ns"),
                       .bytes = whole_member<uint64_t>(item, "bytes"),
                       .inode = whole_member<uint64_t>(item, "inode")});
    }
  } catch (const Json::exception&) {  // the library's own way to say that a member is missing
    return torn;
  }
  return files;
}

Status save_file_log(const std::vector<MadeFile>& files, const std::string& path) {
  Json items = Json::array();
  for (const MadeFile& file : files) {
    items.push_back({{"path", json_text(file.path)},
                     {"end_ns", file.end_ns},
                     {"bytes", file.bytes},
                     {"inode", file.inode}});
  }
  auto file = FileOutput::open(path, {.force = true, .temp_tag = "files"});
  if (!file.ok()) return file.status();
  (*file)->text().append(Json({{"version", kVersion}, {"files", std::move(items)}}).dump() + "\n");
  (*file)->commit();
  return (*file)->save();
}

Status remove_old_files(std::vector<MadeFile>& files, int64_t before_ns, const std::string& top,
                        std::vector<std::string>& removed) {
  Status result;
  std::vector<MadeFile> left;
  for (MadeFile& file : files) {
    if (file.end_ns >= before_ns) {
      left.push_back(std::move(file));
      continue;
    }
    if (!is_as_made(file)) continue;
    if (::unlink(file.path.c_str()) != 0) {
      if (result.ok()) result = errno_status(Code::kOutput, "remove", file.path, errno);
      left.push_back(std::move(file));
      continue;
    }
    remove_directories(parent_path(file.path), top);
    removed.push_back(std::move(file.path));
  }
  files = std::move(left);
  return result;
}

}  // namespace pxq
