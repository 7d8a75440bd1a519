#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/output.h"
#include "base/unique_fd.h"
#include "local/data/data_set.h"
#include "local/data/stored/pieced_table.h"
#include "local/snapshot/gatherer.h"
#include "local/snapshot/writer.h"

namespace pxq::local {

/// Puts tables together from files of rows. What has no index of its own is kept in a private
/// temporary file without a name, in segments with their times, so that it is read once only.
class StoredTables {
 public:
  StoredTables();
  ~StoredTables();

  /// Makes a table, or finds it; kUsage where one of the name has other columns. `origin` is the
  /// file that says so.
  Result<size_t> table(const Schema& schema, const std::string& origin);

  void add_piece(size_t table, Piece piece);

  /// In any order of times. Fails where the temporary file does.
  Status add_rows(size_t table, const RowBatch& batch);

  /// The tables as a data set without the state of a cluster; `what` names the files' kind.
  Result<DataSet> finish(const std::string& what) &&;

 private:
  class Store;
  struct Table {
    Schema schema;
    std::string origin;
    std::vector<Piece> pieces;
    std::optional<size_t> stored;  // its number in the temporary file
  };

  std::vector<Table> tables_;
  std::unique_ptr<Store> store_;  // none before there are rows to keep
};

}  // namespace pxq::local
