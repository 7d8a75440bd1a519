#include <fmt/format.h>

#include "local/data/stored/row_file.h"
#include "local/data/stored/stored.h"
#include "local/data/stored/stored_tables.h"

namespace pxq::local {

Result<DataSet> open_rows(const std::string& path, const std::string& schema) {
  const Result<std::vector<RowFile>> files = find_row_files(path, schema);
  if (!files.ok()) return files.status();
  StoredTables tables;
  for (const RowFile& file : *files) {
    if (Status status = row_kind(file.path)->add(file, tables); !status.ok()) return status;
  }
  return std::move(tables).finish(files->size() == 1 ? files->front().path : path);
}

}  // namespace pxq::local
