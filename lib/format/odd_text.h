#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/schema.h"

namespace pxq {

/// How many cells of one column are not UTF-8.
struct OddColumn {
  std::string table;
  std::string column;
  uint64_t cells = 0;
};

/// What formats that write bytes as they are count of cells whose readers may refuse them. They
/// find them while they write, since another look at every byte takes longer than the writing of
/// most. One thread.
class OddText {
 public:
  /// The schema lives as long as this does.
  void count(const Schema& schema, size_t column, uint64_t cells);

  /// Columns with such cells, tables in the order of their first one.
  const std::vector<OddColumn>& found() const { return found_; }

 private:
  std::vector<OddColumn> found_;
  std::map<std::pair<const Schema*, size_t>, size_t> places_;  // in found_
};

}  // namespace pxq
