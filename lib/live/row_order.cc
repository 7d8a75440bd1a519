#include "live/row_order.h"

#include <algorithm>

namespace pxq::live {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool has_capital(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace

RowMatch::RowMatch(std::string_view text) : text_(text), any_case_(!has_capital(text)) {}

bool RowMatch::operator()(TableRows& rows, Place place) {
  if (text_.empty()) return true;
  scratch_.clear();
  for (size_t i = 0; i < rows.schema().columns.size(); ++i) {
    rows.write(place, i, scratch_);
    scratch_.push_back('\n');  // nothing is found across two cells
  }
  const std::string_view cells = scratch_.view();
  if (!any_case_) return cells.find(text_) != std::string_view::npos;
  return std::search(cells.begin(), cells.end(), text_.begin(), text_.end(),
                     [](char a, char b) { return lower(a) == b; }) != cells.end();
}

bool RowOrder::before(Place a, Place b) const { return rows_.before(*sort_, a, b); }

void RowOrder::set_filter(std::string_view text) {
  forget_dropped();
  const bool narrower = text.starts_with(filter_.text());
  filter_ = RowMatch(text);
  if (narrower) {
    std::erase_if(places_, [&](Place place) { return !filter_(rows_, place); });
    return;
  }
  places_.clear();
  seen_ = 0;
  update();
}

void RowOrder::set_sort(std::optional<Sort> sort) {
  if (sort == sort_) return;
  forget_dropped();
  sort_ = sort;
  // Rows as they came are ordered by their places.
  std::sort(places_.begin(), places_.end(), [](Place a, Place b) {
    return a.batch != b.batch ? a.batch < b.batch : a.row < b.row;
  });
  if (sort_) arrange(0);
}

// Those before `from` are in order already.
void RowOrder::arrange(size_t from) {
  const auto less = [this](Place a, Place b) { return before(a, b); };
  const auto middle = places_.begin() + static_cast<std::ptrdiff_t>(from);
  std::stable_sort(middle, places_.end(), less);
  std::inplace_merge(places_.begin(), middle, places_.end(), less);
}

// A stream goes on while keys are pressed: rows may be gone that were there when it was drawn.
void RowOrder::forget_dropped() {
  const uint64_t first = rows_.first_batch();
  if (first == forgotten_) return;
  std::erase_if(places_, [first](Place place) { return place.batch < first; });
  forgotten_ = first;
}

void RowOrder::update() {
  forget_dropped();
  const uint64_t first = rows_.first_batch();
  const size_t old = places_.size();
  for (uint64_t batch = std::max(seen_, first); batch < rows_.end_batch(); ++batch) {
    const auto count = static_cast<uint32_t>(rows_.batch(batch).num_rows);
    for (uint32_t row = 0; row < count; ++row) {
      const Place place{batch, row};
      if (filter_(rows_, place)) places_.push_back(place);
    }
  }
  seen_ = rows_.end_batch();
  if (sort_ && places_.size() != old) arrange(old);
}

std::optional<size_t> RowOrder::find(std::string_view text, size_t from, bool back) {
  forget_dropped();
  RowMatch match(text);
  const size_t count = places_.size();
  for (size_t step = 0; step < count; ++step) {
    const size_t index = (back ? from + count - step : from + step) % count;
    if (match(rows_, places_[index])) return index;
  }
  return {};
}

}  // namespace pxq::live
