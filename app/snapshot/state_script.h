#pragma once

#include <string>
#include <vector>

#include "snapshot/row_script.h"

namespace pxq {

/// A question of a cluster's state: rows of a table, grouped by `key`, and what functions say of
/// each. Functions that a cluster lacks can be left out.
struct StateQuestion {
  std::string table;  // empty: one row about the cluster itself
  std::string key;    // a column of it
};

/// The script of a question over a window, without the functions named in `left_out`.
std::string state_script(const StateQuestion& question, const Slice& window,
                         const std::vector<std::string>& left_out);

/// All questions of the given tables.
std::vector<StateQuestion> state_questions(const std::vector<CatalogueTable>& tables);

/// The functions of px that state_script() may use.
std::vector<std::string> state_functions();

}  // namespace pxq
