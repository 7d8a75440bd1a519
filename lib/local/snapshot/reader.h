#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "base/status.h"
#include "base/unique_fd.h"
#include "local/cluster/state.h"
#include "local/snapshot/contents.h"
#include "model/row_batch.h"

namespace pxq::local::snapshot {

/// A snapshot that is read where it is asked. Believes nothing that its checksums do not confirm.
/// Safe to use from several threads.
class SnapshotFile {
 public:
  /// kUsage where the file cannot be read, is no snapshot or of a newer version; kIncomplete where
  /// it is torn or damaged.
  static Result<std::shared_ptr<const SnapshotFile>> open(const std::string& path);

  /// The same of a file that has no name any more; messages call it `name`.
  static Result<std::shared_ptr<const SnapshotFile>> of(UniqueFd fd, std::string name);
  /// Holds no descriptor while nothing is read, for whoever has many files. A file that another one
  /// has replaced meanwhile is kIncomplete.
  static Result<std::shared_ptr<const SnapshotFile>> open_briefly(const std::string& path);

  const std::string& path() const { return path_; }
  const Contents& contents() const { return contents_; }

  Result<ClusterParts> state() const;

  /// The given columns of a segment. kIncomplete where it is damaged.
  Result<RowBatch> read(const Table& table, const Segment& segment,
                        std::span<const size_t> columns) const;

 private:
  SnapshotFile(std::string path, UniqueFd fd, uint64_t size, uint64_t inode)
      : path_(std::move(path)), fd_(std::move(fd)), size_(size), inode_(inode) {}

  static Result<std::shared_ptr<SnapshotFile>> begin(UniqueFd fd, std::string path);

  Status read_contents();
  Result<std::string> bytes_at(uint64_t offset, uint64_t count) const;
  Result<std::string> block(const Block& block) const;
  Status damaged(const Status& why) const;

  const std::string path_;
  uint64_t version_ = 0;
  UniqueFd fd_;  // none while it is not read
  const uint64_t size_;
  const uint64_t inode_;
  Contents contents_;
};

}  // namespace pxq::local::snapshot
