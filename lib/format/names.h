#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "model/schema.h"

namespace pxq {

/// The key that names a row's table in JSON.
inline constexpr std::string_view kTableKey = "_table_";

/// Tells tables of one name apart: the second `name` becomes `name#2`. Raw bytes in and out.
class TableNames {
 public:
  std::string unique(std::string_view name);

 private:
  std::set<std::string, std::less<>> used_;
};

/// The columns' names made unique: of several `a` the first stays, then `a#2`, `a#3` and so on,
/// passing over names that other columns really have. With `reserve_table_key` a column `_table_`
/// counts as a second one, so that the key stays ours.
std::vector<std::string> unique_column_names(const Schema& schema, bool reserve_table_key);

}  // namespace pxq
