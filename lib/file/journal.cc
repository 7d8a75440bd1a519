#include "file/journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>

#include "base/digest.h"
#include "file/append.h"
#include "file/file_bytes.h"
#include "text/json_bytes.h"

namespace pxq {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;
// Room for some hundred thousand files; whatever is larger was not written by pxq.
constexpr size_t kLargestJournal = 64 << 20;

Json to_json(const PlannedChange& change) {
  Json item = {{"temp", json_text(change.temp)},
               {"target", json_text(change.target)},
               {"temp_inode", change.temp_inode},
               {"append", change.append}};
  if (change.append) {
    item["target_inode"] = change.target_inode;
    item["old_size"] = change.old_size;
    item["added_size"] = change.added_size;
  }
  return item;
}

PlannedChange from_json(const Json& item) {
  return {.temp = text_member(item, "temp"),
          .target = text_member(item, "target"),
          .temp_inode = whole_member<uint64_t>(item, "temp_inode"),
          .append = item.at("append").get<bool>(),
          .target_inode = whole_member_if_there<uint64_t>(item, "target_inode").value_or(0),
          .old_size = whole_member_if_there<uint64_t>(item, "old_size").value_or(0),
          .added_size = whole_member_if_there<uint64_t>(item, "added_size").value_or(0)};
}

Result<std::vector<PlannedChange>> parse(const std::string& path, const std::string& text) {
  const Status damaged(Code::kOutput, path + " is not a journal of pxq",
                       "look at the files beside it, then remove it");
  const Json document = Json::parse(text, nullptr, false);
  std::vector<PlannedChange> changes;
  try {  // the library's own way to say that a member is missing
    if (whole_member<int>(document, "version") != kVersion) return damaged;
    for (const Json& item : document.at("changes")) changes.push_back(from_json(item));
  } catch (const Json::exception&) {
    return damaged;
  }
  return changes;
}

/// The old file that an exchange of names has left aside goes; the new one gets its name.
Status finish_replacement(const PlannedChange& change, uint64_t inode_there) {
  if (inode_there != change.temp_inode) {
    ::unlink(change.temp.c_str());
  } else if (::rename(change.temp.c_str(), change.target.c_str()) != 0) {
    return errno_status(Code::kOutput, "rename to", change.target, errno);
  }
  return {};
}

/// Nothing is lost as long as both files are there.
std::string left_rows(const PlannedChange& change) {
  return fmt::format(
      "a run died while it added the rows in {} to it, when it had {} bytes: put that file back in "
      "its place, and the next run finishes it",
      change.temp, change.old_size);
}

/// A file that was rotated since bears another name in the same directory, as a rule.
std::string rotated_name(const PlannedChange& change) {
  struct stat info = {};
  if (::stat(change.target.c_str(), &info) == 0 && info.st_ino == change.target_inode) {
    return change.target;
  }
  std::error_code error;
  std::filesystem::directory_iterator entries(parent_path(change.target), error);
  const std::filesystem::directory_iterator end;
  for (; !error && entries != end; entries.increment(error)) {
    const std::string path = entries->path().string();
    if (::lstat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
        info.st_ino == change.target_inode) {
      return path;
    }
  }
  return change.target;
}

Status finish_append(const PlannedChange& change) {
  const std::string target = rotated_name(change);
  const UniqueFd file(::open(target.c_str(), O_RDWR | O_CLOEXEC | O_NOCTTY));
  if (!file) {
    return errno_status(Code::kOutput, "open", change.target, errno).with_hint(left_rows(change));
  }
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    return {Code::kLocked, "another run is adding to " + target};
  }
  struct stat info = {};
  const bool known = ::fstat(file.get(), &info) == 0 && info.st_ino == change.target_inode;
  const uint64_t size = static_cast<uint64_t>(info.st_size);
  if (!known || size < change.old_size || size > change.old_size + change.added_size) {
    return {Code::kOutput, change.target + " was changed since a run died while adding to it",
            left_rows(change)};
  }
  const UniqueFd staged(::open(change.temp.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!staged) return errno_status(Code::kOutput, "open", change.temp, errno);
  return add_bytes(file.get(), change.old_size, staged.get(), change.added_size, target);
}

Status finish(const PlannedChange& change) {
  struct stat info = {};
  // A temporary goes only when its change is made.
  if (::lstat(change.temp.c_str(), &info) != 0) {
    return errno == ENOENT ? Status() : errno_status(Code::kOutput, "open", change.temp, errno);
  }
  return change.append ? finish_append(change) : finish_replacement(change, info.st_ino);
}

Status remove_journal(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    return errno_status(Code::kOutput, "remove", path, errno);
  }
  return sync_directory(parent_path(path));
}

Status finish_all(const std::vector<PlannedChange>& changes) {
  std::set<std::string> directories;
  for (const PlannedChange& change : changes) {
    if (auto done = finish(change); !done.ok()) return done;
    directories.insert(parent_path(change.target));
  }
  for (const std::string& directory : directories) {
    if (auto synced = sync_directory(directory); !synced.ok()) return synced;
  }
  return {};
}

}  // namespace

std::string Journal::path_in(const std::string& directory, const std::string& key) {
  return directory + "/.pxq-" + sha256_hex(key).substr(0, 16) + ".journal";
}

Result<Journal> Journal::write(const std::string& path, const std::vector<PlannedChange>& changes) {
  Json document = {{"version", kVersion}, {"changes", Json::array()}};
  for (const PlannedChange& change : changes) document["changes"].push_back(to_json(change));
  auto file = FileOutput::open(path, {.make_directories = true, .temp_tag = "journal"});
  if (!file.ok()) return file.status();
  (*file)->text().append(document_text(document));
  (*file)->commit();
  // Not save(): the temporary's lock must outlast its renaming.
  Status written = (*file)->prepare();
  if (written.ok()) written = (*file)->publish();
  if (!written.ok()) {
    const Status restored = (*file)->rollback();
    return restored.ok() ? written : restored;
  }
  return Journal(path, *std::move(file));
}

Status Journal::recover(const std::string& path) {
  const UniqueFd lock(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!lock) {
    // A name that is too long for a journal has none: its run could not have written one.
    if (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG) return {};
    return errno_status(Code::kOutput, "open", path, errno);
  }
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    return {Code::kLocked, "another run is writing the same files"};
  }
  struct stat info = {};
  if (::fstat(lock.get(), &info) == 0 && info.st_nlink == 0) return {};  // it has just finished
  auto text = read_file(path, kLargestJournal, Code::kOutput);
  if (!text.ok()) return text.status();
  auto changes = parse(path, *text);
  if (!changes.ok()) return changes.status();
  if (auto finished = finish_all(*changes); !finished.ok()) return finished;
  if (auto removed = remove_journal(path); !removed.ok()) return removed;
  for (const PlannedChange& change : *changes) {
    if (change.append) ::unlink(change.temp.c_str());
  }
  return {};
}

Status Journal::remove() { return remove_journal(path_); }

}  // namespace pxq
