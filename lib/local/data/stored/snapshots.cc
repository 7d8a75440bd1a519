#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
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

/// The time of the oldest row that it has; its start, where it has none that is older.
int64_t first_row_ns(const Contents& contents) {
  int64_t first = contents.start_ns;
  for (const snapshot::Table& table : contents.tables) {
    for (const snapshot::Segment& segment : table.segments) {
      first = std::min(first, segment.first_ns);
    }
  }
  return first;
}

/// What is known of the cluster at moments: what the snapshots up to there knew together. A later
/// one that has rows of before tells what these name, and only that.
class States {
 public:
  explicit States(std::vector<File> files) : files_(std::move(files)) {
    for (const File& file : files_) first_rows_.push_back(first_row_ns(file->contents()));
  }

  std::shared_ptr<const ClusterState> at(int64_t now_ns) {
    const auto later = std::ranges::find_if(
        files_, [now_ns](const File& file) { return file->contents().start_ns > now_ns; });
    // Before the first one there is nothing better than what that one knows.
    const auto count = std::max<size_t>(static_cast<size_t>(later - files_.begin()), 1);
    std::vector<size_t> with_late_rows;
    for (size_t i = count; i < files_.size(); ++i) {
      if (first_rows_[i] <= now_ns) with_late_rows.push_back(i);
    }
    const std::lock_guard lock(mutex_);
    // What is left out of a completed state depends on the moment itself.
    const bool same =
        with_late_rows.empty() ? complete_at_ns_ == std::nullopt : complete_at_ns_ == now_ns;
    if (known_ && count_ == count && same) return known_;
    ClusterParts parts;
    // A state that cannot be read was told when the files were opened.
    for (size_t i = 0; i < count; ++i) {
      if (const Result<ClusterParts> one = files_[i]->state(); one.ok()) merge_parts(parts, *one);
    }
    for (const size_t i : with_late_rows) {
      const Result<ClusterParts> one = files_[i]->state();
      if (one.ok()) complete_parts(parts, *one, now_ns);
    }
    count_ = count;
    complete_at_ns_ = with_late_rows.empty() ? std::nullopt : std::optional(now_ns);
    known_ = std::make_shared<const ClusterState>(std::move(parts));
    return known_;
  }

 private:
  const std::vector<File> files_;
  std::vector<int64_t> first_rows_;
  std::mutex mutex_;
  size_t count_ = 0;                       // of the files that known_ is of
  std::optional<int64_t> complete_at_ns_;  // if later ones helped: the moment
  std::shared_ptr<const ClusterState> known_;
};

struct Table {
  Schema schema;
  std::string description;
  std::string origin;
  std::vector<Piece> pieces;
  std::vector<std::string> missing;    // what is known not to be there
  const SnapshotFile* last = nullptr;  // of those that have rows, the one that ends last
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
      if (!part.segments.empty()) look_for_doubles(*file, table);
      for (Piece& piece : snapshot_pieces(file, i)) table.pieces.push_back(std::move(piece));
      if (part.evicted_before_ns) {
        table.missing.push_back(from_to(contents.start_ns, *part.evicted_before_ns));
      }
    }
    if (gap) gaps_.push_back(from_to(gap->start_ns, gap->end_ns));
    return {};
  }

  void move_to(DataSet& data) {
    if (!doubled_.empty()) data.notes.push_back(std::move(doubled_));
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

  // Windows of one job's runs share no moment. Those of a copy do, or of a job that began anew.
  void look_for_doubles(const SnapshotFile& file, Table& table) {
    const SnapshotFile* const before = std::exchange(table.last, &file);
    if (before == nullptr || before->contents().end_ns < file.contents().start_ns) return;
    const int64_t end_ns = std::min(before->contents().end_ns, file.contents().end_ns);
    if (before->contents().end_ns > file.contents().end_ns) table.last = before;
    if (!doubled_.empty()) return;
    doubled_ =
        fmt::format("{} and {} both hold rows of {}, which count twice: move one of them away",
                    before->path(), file.path(), from_to(file.contents().start_ns, end_ns));
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
  std::string doubled_;  // of the first two files that hold the same time; empty: none do
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
