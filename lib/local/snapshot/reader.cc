#include "local/snapshot/reader.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

#include "local/snapshot/column_bytes.h"
#include "local/snapshot/state_text.h"

namespace pxq::local::snapshot {
namespace {

Status unreadable(const std::string& path) {
  return {Code::kUsage,
          fmt::format("cannot read {}: {}", path, std::generic_category().message(errno))};
}

}  // namespace

Status SnapshotFile::damaged(const Status& why) const {
  return {Code::kIncomplete, fmt::format("the snapshot {} is damaged: {}", path_, why.message()),
          "copy it again from where it was taken"};
}

Result<std::string> SnapshotFile::bytes_at(uint64_t offset, uint64_t count) const {
  if (offset > size_ || count > size_ - offset) {
    return Status(Code::kIncomplete, "a part of it lies beyond its end");
  }
  UniqueFd again;
  if (!fd_) {
    again.reset(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat info = {};
    const bool same = again && ::fstat(again.get(), &info) == 0 && info.st_ino == inode_ &&
                      static_cast<uint64_t>(info.st_size) == size_;
    if (!same) return Status(Code::kIncomplete, "it was removed or replaced while it was read");
  }
  const int fd = fd_ ? fd_.get() : again.get();
  std::string bytes(count, '\0');
  for (size_t got = 0; got < count;) {
    const ssize_t some =
        ::pread(fd, bytes.data() + got, count - got, static_cast<off_t>(offset + got));
    if (some < 0 && errno == EINTR) continue;
    if (some <= 0) return Status(Code::kIncomplete, "a part of it cannot be read");
    got += static_cast<size_t>(some);
  }
  return bytes;
}

Result<std::string> SnapshotFile::block(const Block& block) const {
  const Result<std::string> packed = bytes_at(block.offset, block.packed);
  if (!packed.ok()) return packed;
  if (crc_of(*packed) != block.crc) {
    return Status(Code::kIncomplete, "a part of it does not match its checksum");
  }
  return unpack(*packed, block.size);
}

Result<std::shared_ptr<SnapshotFile>> SnapshotFile::begin(UniqueFd fd, std::string path) {
  struct stat info = {};
  if (!fd || ::fstat(fd.get(), &info) != 0) return unreadable(path);
  if (S_ISDIR(info.st_mode)) {
    errno = EISDIR;
    return unreadable(path);
  }
  std::shared_ptr<SnapshotFile> file(new SnapshotFile(
      std::move(path), std::move(fd), static_cast<uint64_t>(info.st_size), info.st_ino));
  if (Status status = file->read_contents(); !status.ok()) return status;
  return file;
}

Result<std::shared_ptr<const SnapshotFile>> SnapshotFile::open(const std::string& path) {
  return of(UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)), path);
}

Result<std::shared_ptr<const SnapshotFile>> SnapshotFile::of(UniqueFd fd, std::string name) {
  Result<std::shared_ptr<SnapshotFile>> file = begin(std::move(fd), std::move(name));
  if (!file.ok()) return file.status();
  return std::shared_ptr<const SnapshotFile>(*std::move(file));
}

Result<std::shared_ptr<const SnapshotFile>> SnapshotFile::open_briefly(const std::string& path) {
  Result<std::shared_ptr<SnapshotFile>> file =
      begin(UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)), path);
  if (!file.ok()) return file.status();
  (*file)->fd_.reset();
  return std::shared_ptr<const SnapshotFile>(*std::move(file));
}

Status SnapshotFile::read_contents() {
  const Result<std::string> prefix = bytes_at(0, kPrefixSize);
  if (!prefix.ok() || !prefix->starts_with(kMagic)) {
    return {Code::kUsage, fmt::format("{} is not a snapshot", path_),
            "`pxq snapshot -o FILE.pxsnap` takes one"};
  }
  version_ = get_integer(*prefix, kMagic.size(), 2);
  if (version_ < kPlainVersion || version_ > kVersion) {
    return {Code::kUsage,
            fmt::format("{} is a snapshot of version {}; this pxq reads versions {} to {}", path_,
                        version_, kPlainVersion, kVersion)};
  }
  const Result<std::string> trailer = size_ < kTrailerSize
                                          ? Result<std::string>(Status(Code::kIncomplete, ""))
                                          : bytes_at(size_ - kTrailerSize, kTrailerSize);
  if (!trailer.ok() || !trailer->ends_with(kEndMagic)) {
    return {Code::kIncomplete, fmt::format("the snapshot {} is cut: its end is missing", path_),
            "copy it again from where it was taken"};
  }
  if (crc_of(trailer->substr(0, kBlockSize)) != get_integer(*trailer, kBlockSize, 4)) {
    return damaged({Code::kIncomplete, "its end does not match its checksum"});
  }
  const Result<std::string> json = block(get_block(*trailer, 0));
  if (!json.ok()) return damaged(json.status());
  Result<Contents> contents = parse_contents(*json);
  if (!contents.ok()) return damaged(contents.status());
  contents_ = *std::move(contents);
  return {};
}

Result<ClusterParts> SnapshotFile::state() const {
  const Result<std::string> json = block(contents_.state);
  if (!json.ok()) return damaged(json.status());
  Result<ClusterParts> parts = parse_state(*json);
  return parts.ok() ? std::move(parts) : Result<ClusterParts>(damaged(parts.status()));
}

Result<RowBatch> SnapshotFile::read(const Table& table, const Segment& segment,
                                    std::span<const size_t> columns) const {
  const Result<std::string> head = block(segment.head);
  if (!head.ok()) return damaged(head.status());
  if (head->size() != table.columns.size() * kBlockSize || segment.rows > kSegmentRows) {
    return damaged({Code::kIncomplete, "a segment does not fit its table"});
  }
  RowBatch batch;
  batch.num_rows = segment.rows;
  auto storage = std::make_shared<std::vector<std::string>>();
  storage->reserve(columns.size());  // views of the texts stay where they are
  for (const size_t column : columns) {
    Result<std::string> bytes = block(get_block(*head, column * kBlockSize));
    if (!bytes.ok()) return damaged(bytes.status());
    storage->push_back(*std::move(bytes));
    const DataType type = table.columns[column].type;
    Result<Column> cells = version_ == kPlainVersion
                               ? read_plain_column(storage->back(), type, batch.num_rows)
                               : read_column(storage->back(), type, batch.num_rows);
    if (!cells.ok()) return damaged(cells.status());
    batch.columns.push_back(*std::move(cells));
  }
  batch.storage = std::move(storage);
  return batch;
}

}  // namespace pxq::local::snapshot
