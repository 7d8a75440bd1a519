#include "format/odd_text.h"

namespace pxq {

void OddText::count(const Schema& schema, size_t column, uint64_t cells) {
  const auto [place, is_new] = places_.try_emplace({&schema, column}, found_.size());
  if (is_new) found_.push_back({schema.name, schema.columns[column].name, 0});
  found_[place->second].cells += cells;
}

}  // namespace pxq
