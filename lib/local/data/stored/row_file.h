#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "model/schema.h"

namespace pxq::local {

class StoredTables;

/// A file that holds rows of tables, and what is known of it before it is read.
struct RowFile {
  std::string path;
  std::string table;                 // what its table is called where nothing in it says so
  std::vector<Schema> schemas = {};  // of the schema beside it; empty: there is none
  std::string schema_path = {};      // where those are from
};

/// A kind of files of rows, a line of sources.def. They may come alone or many together.
struct RowKind {
  std::string_view ending;
  std::string_view description;
  bool packed = false;  // also with .gz and .zst
  /// kUsage for what is no such file, or has no types; kIncomplete for one that is cut.
  Status (*add)(const RowFile& file, StoredTables& tables);
};

std::span<const RowKind> row_kinds();

/// The kind of a file by its name; null: none.
const RowKind* row_kind(std::string_view path);

/// Whether the text names files by placeholders, as `{table}.csv` does. What is there under that
/// very name is no template.
bool is_template(std::string_view text);

/// The files that a path stands for: one file, those below a directory, or those that fit a
/// template; each with its schema. `schema` names one for all; empty: looked for beside them.
Result<std::vector<RowFile>> find_row_files(const std::string& path, const std::string& schema);

/// The schema of a table: what the file's own schema says of `name`, or its only one; else what
/// Pixie's table of that name has, if all of `columns` are in it. Columns are in the order asked
/// for. Nothing: neither knows. kUsage where there is a schema that has no such table or column.
Result<std::optional<Schema>> schema_of(const RowFile& file, std::string_view name,
                                        std::span<const std::string> columns);

/// Reads all of a file, unpacked by its ending, piece by piece. kUsage where it cannot be opened or
/// is no ordinary file; kIncomplete where its packing is cut or damaged, or it was changed
/// meanwhile.
Status read_whole(const std::string& path, const std::function<Status(std::string_view)>& take);

/// A file whose last line has no end.
Status cut_line(const std::string& path);

}  // namespace pxq::local
