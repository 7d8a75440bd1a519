#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "cli/command.h"
#include "model/schema.h"
#include "options/output_options.h"
#include "options/talk_options.h"

namespace pxq {

/// A cell of a list: its column's type follows from what it holds.
using ListCell = std::variant<std::string, int64_t, bool>;

/// A table that a command makes itself, such as the list of scripts. Every row has a cell for each
/// column; a column's type is that of its cell in the first row, or, where there is none, in
/// `like`, else STRING.
struct ListTable {
  std::string name;
  std::vector<std::string> columns;
  std::vector<std::vector<ListCell>> rows;
  std::vector<ListCell> like = {};        // a row of a list that may be empty
  std::vector<std::string> details = {};  // columns that a table on a terminal leaves out
};

/// Writes tables as the rows of a run are written: in any format, to stdout or a file, with the
/// selection that the flags ask for.
Status write_tables(const std::vector<ListTable>& tables, const OutputOptions& output,
                    const TalkOptions& talk, Context& context);

}  // namespace pxq
