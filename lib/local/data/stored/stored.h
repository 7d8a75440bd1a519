#pragma once

#include <memory>
#include <string>

#include "local/data/data_set.h"

namespace pxq::local {

/// The tables of a recording, as its run got them. What it was not told to keep, the state of the
/// cluster, is not there. Its rows are held in memory.
Result<DataSet> open_recording(const std::string& path);

/// A cluster that `pxq snapshot` took home. Read where it is asked.
Result<DataSet> open_snapshot(const std::string& path);

/// What a file of rows alone says to functions that ask for a cluster's state: that nothing is
/// known, which is told once. `what` names the file's kind, as in "a recording".
void be_without_state(const std::string& what, DataSet& data);

}  // namespace pxq::local
