#include "report/odd_text.h"

#include <algorithm>
#include <variant>

#include "text/utf8.h"

namespace pxq {
namespace {

bool is_odd(std::string_view text) { return !is_utf8(text); }

}  // namespace

void OddTextSink::rows(const Schema& schema, const RowBatch& batch) {
  for (size_t i = 0; i < batch.columns.size(); ++i) {
    const auto* texts = std::get_if<StringColumn>(&batch.columns[i]);
    if (texts == nullptr) continue;
    const auto odd = std::count_if(texts->begin(), texts->end(), is_odd);
    if (odd != 0) count(schema, i, static_cast<uint64_t>(odd));
  }
  next_.rows(schema, batch);
}

void OddTextSink::count(const Schema& schema, size_t column, uint64_t cells) {
  const auto [place, is_new] = places_.try_emplace({&schema, column}, found_.size());
  if (is_new) found_.push_back({schema.name, schema.columns[column].name, 0});
  found_[place->second].cells += cells;
}

}  // namespace pxq
