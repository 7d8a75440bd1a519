#pragma once

#include <memory>
#include <string>
#include <vector>

#include "local/data/data_set.h"

namespace pxq::local {

/// The tables of a recording, as its run got them. What it was not told to keep, the state of the
/// cluster, is not there. Its rows are held in memory.
Result<DataSet> open_recording(const std::string& path);

/// A cluster that `pxq snapshot` took home. Read where it is asked.
Result<DataSet> open_snapshot(const std::string& path);

/// Those that `pxq export --snapshot` put into a directory.
Result<DataSet> open_snapshots(const std::vector<std::string>& paths);

/// Files of rows: one, those of a directory, or those that fit a template (stored/row_file.h).
/// `schema` is a path, or empty.
Result<DataSet> open_rows(const std::string& path, const std::string& schema);

/// An SQLite database, of pxq or of somebody else.
Result<DataSet> open_sqlite(const std::string& path);

/// The end of what is stored is what time it is there; without any times, the moment of asking.
void set_end(DataSet& data);

/// What a file of rows alone says to functions that ask for a cluster's state: that nothing is
/// known, which is told once. `what` names the file's kind, as in "a recording".
void be_without_state(const std::string& what, DataSet& data);

}  // namespace pxq::local
