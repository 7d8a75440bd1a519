#include "local/data/stored/stored_tables.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <utility>

#include "file/file_bytes.h"
#include "local/data/stored/snapshot_pieces.h"
#include "local/data/stored/stored.h"

namespace pxq::local {
namespace {

constexpr std::string_view kName = "a temporary file for rows";

Result<UniqueFd> open_unnamed() {
  std::error_code error;
  const std::filesystem::path directory = std::filesystem::temp_directory_path(error);
  if (error) return errno_status(Code::kOutput, "find a place for", kName, error.value());
  UniqueFd file(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (file) return file;
  // Some file systems know no files without a name.
  std::string name = directory / "pxq-XXXXXX";
  file.reset(::mkostemp(name.data(), O_CLOEXEC));
  if (!file) return errno_status(Code::kOutput, "make", kName, errno);
  ::unlink(name.c_str());
  return file;
}

class DescriptorOutput final : public Output {
 public:
  explicit DescriptorOutput(int fd) : fd_(fd) {}

 protected:
  Status write(std::string_view bytes) override {
    Status written = write_all(fd_, bytes, std::string(kName));
    if (written.ok()) return written;
    return std::move(written).with_hint("TMPDIR names another place for it");
  }

 private:
  const int fd_;
};

}  // namespace

class StoredTables::Store {
 public:
  explicit Store(UniqueFd fd) : fd_(std::move(fd)), output_(fd_.get()), writer_(output_) {}

  Result<size_t> add_table(const Schema& schema) {
    return writer_.add_table(schema.name, schema.columns);
  }

  Status add(size_t table, const RowBatch& batch) {
    gatherer_.add(table, batch);
    return output_.status();
  }

  Result<std::shared_ptr<const snapshot::SnapshotFile>> finish() {
    gatherer_.finish();
    writer_.close({});
    if (!output_.status().ok()) return output_.status();
    return snapshot::SnapshotFile::of(std::move(fd_), std::string(kName));
  }

 private:
  UniqueFd fd_;
  DescriptorOutput output_;
  snapshot::SnapshotWriter writer_;
  snapshot::Gatherer gatherer_{writer_};
};

StoredTables::StoredTables() = default;
StoredTables::~StoredTables() = default;

Result<size_t> StoredTables::table(const Schema& schema, const std::string& origin) {
  const auto found =
      std::ranges::find(tables_, schema.name, [](const Table& table) { return table.schema.name; });
  if (found == tables_.end()) {
    tables_.push_back({schema, origin, {}, {}});
    return tables_.size() - 1;
  }
  const auto same = [](const ColumnInfo& a, const ColumnInfo& b) {
    return a.name == b.name && a.type == b.type;
  };
  if (std::ranges::equal(found->schema.columns, schema.columns, same)) {
    return static_cast<size_t>(found - tables_.begin());
  }
  return Status(Code::kUsage,
                fmt::format("table '{}' has other columns in {} than in {}", schema.name, origin,
                            found->origin),
                "put them into directories of their own, or tell them apart by a template");
}

void StoredTables::add_piece(size_t table, Piece piece) {
  tables_[table].pieces.push_back(std::move(piece));
}

Status StoredTables::add_rows(size_t number, const RowBatch& batch) {
  if (!store_) {
    Result<UniqueFd> file = open_unnamed();
    if (!file.ok()) return file.status();
    store_ = std::make_unique<Store>(*std::move(file));
  }
  Table& table = tables_[number];
  if (!table.stored) {
    const Result<size_t> stored = store_->add_table(table.schema);
    if (!stored.ok()) return stored.status();
    table.stored = *stored;
  }
  return store_->add(*table.stored, batch);
}

Result<DataSet> StoredTables::finish(const std::string& what) && {
  DataSet data;
  std::shared_ptr<const snapshot::SnapshotFile> file;
  if (store_) {
    const auto stored = store_->finish();
    if (!stored.ok()) return stored.status();
    file = *stored;
  }
  for (Table& table : tables_) {
    if (table.stored) {
      for (Piece& piece : snapshot_pieces(file, *table.stored)) table.pieces.push_back(piece);
    }
    auto made = std::make_unique<PiecedTable>(std::move(table.schema), "rows of " + table.origin,
                                              std::move(table.pieces));
    if (const auto times = made->extent()->times) {
      data.span = data.span ? data.span->hull(*times) : *times;
    }
    data.tables.add(std::move(made));
  }
  set_end(data);
  be_without_state(what, data);
  return data;
}

}  // namespace pxq::local
