#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "local/cluster/merge.h"
#include "local/data/stored/snapshot_pieces.h"
#include "local/data/stored/stored.h"
#include "local/data/stored/stored_tables.h"
#include "text/time_text.h"

namespace pxq::local {
namespace {

using snapshot::Contents;
using snapshot::SnapshotFile;
using File = std::shared_ptr<const SnapshotFile>;

/// What is known of the cluster at moments: what the snapshots up to there knew together.
class States {
 public:
  explicit States(std::vector<File> files) : files_(std::move(files)) {}

  std::shared_ptr<const ClusterState> at(int64_t now_ns) {
    const auto later = std::ranges::find_if(
        files_, [now_ns](const File& file) { return file->contents().start_ns > now_ns; });
    // Before the first one there is nothing better than what that one knows.
    const auto count = std::max<size_t>(static_cast<size_t>(later - files_.begin()), 1);
    const std::lock_guard lock(mutex_);
    if (known_ && count_ == count) return known_;
    ClusterParts parts;
    for (size_t i = 0; i < count; ++i) {
      // A state that cannot be read was told when the files were opened.
      if (const Result<ClusterParts> one = files_[i]->state(); one.ok()) merge_parts(parts, *one);
    }
    count_ = count;
    known_ = std::make_shared<const ClusterState>(std::move(parts));
    return known_;
  }

 private:
  const std::vector<File> files_;
  std::mutex mutex_;
  size_t count_ = 0;  // of the files that known_ is of
  std::shared_ptr<const ClusterState> known_;
};

struct Table {
  Schema schema;
  std::string description;
  std::string origin;
  std::vector<Piece> pieces;
  std::vector<std::string> missing;  // what is known not to be there
};

std::string from_to(int64_t start_ns, int64_t end_ns) {
  return fmt::format("{} to {}", rfc3339_text(start_ns), rfc3339_text(end_ns));
}

/// Puts the tables of snapshots together.
class Collection {
 public:
  Status add(const File& file, std::optional<TimeWindow> gap) {
    const Contents& contents = file->contents();
    for (size_t i = 0; i < contents.tables.size(); ++i) {
      const snapshot::Table& part = contents.tables[i];
      Table& table = tables_[part.name];
      if (table.origin.empty()) {
        table.schema = {part.name, {}, part.columns};
        table.description = part.description;
        table.origin = file->path();
      } else if (Status same = compare(table, part, *file); !same.ok()) {
        return same;
      }
      for (Piece& piece : snapshot_pieces(file, i)) table.pieces.push_back(std::move(piece));
      if (part.evicted_before_ns) {
        table.missing.push_back(from_to(contents.start_ns, *part.evicted_before_ns));
      }
    }
    if (gap) gaps_.push_back(from_to(gap->start_ns, gap->end_ns));
    return {};
  }

  void move_to(DataSet& data) {
    for (auto& [name, table] : tables_) {
      auto made = std::make_unique<PiecedTable>(
          std::move(table.schema), std::move(table.description), std::move(table.pieces));
      made->set_verdict(verdict(table.missing));
      data.tables.add(std::move(made));
    }
  }

 private:
  static Status compare(const Table& table, const snapshot::Table& part, const SnapshotFile& file) {
    const auto same = [](const ColumnInfo& a, const ColumnInfo& b) {
      return a.name == b.name && a.type == b.type;
    };
    if (std::ranges::equal(table.schema.columns, part.columns, same)) return {};
    return {Code::kUsage,
            fmt::format("table '{}' has other columns in {} than in {}", part.name, file.path(),
                        table.origin),
            "move the files from before the change to a directory of their own"};
  }

  std::string verdict(const std::vector<std::string>& missing) const {
    if (missing.empty() && gaps_.empty()) return "whole";
    std::string text;
    for (const std::string& one : missing) {
      text += fmt::format("{}no rows from {}", text.empty() ? "" : ", ", one);
    }
    for (const std::string& one : gaps_) {
      text += fmt::format("{}no snapshot from {}", text.empty() ? "" : ", ", one);
    }
    return text;
  }

  std::map<std::string, Table> tables_;
  std::vector<std::string> gaps_;
};

}  // namespace

Result<DataSet> open_snapshots(const std::vector<std::string>& paths) {
  std::vector<File> files;
  for (const std::string& path : paths) {
    Result<File> file = SnapshotFile::open_briefly(path);
    if (!file.ok()) return file.status();
    if (const Result<ClusterParts> parts = (*file)->state(); !parts.ok()) return parts.status();
    files.push_back(*std::move(file));
  }
  std::ranges::stable_sort(files, {}, [](const File& file) { return file->contents().start_ns; });
  DataSet data;
  Collection collection;
  for (const File& file : files) {
    const Contents& contents = file->contents();
    std::optional<TimeWindow> gap;
    // Windows follow one another without a nanosecond between.
    if (data.span && contents.start_ns > data.span->end_ns + 1) {
      gap = TimeWindow{data.span->end_ns + 1, contents.start_ns};
    }
    if (Status added = collection.add(file, gap); !added.ok()) return added;
    const TimeWindow window{contents.start_ns, contents.end_ns};
    data.span = data.span ? data.span->hull(window) : window;
  }
  collection.move_to(data);
  set_end(data);
  const auto states = std::make_shared<States>(std::move(files));
  data.cluster = [states](int64_t now_ns) { return states->at(now_ns); };
  return data;
}

}  // namespace pxq::local
