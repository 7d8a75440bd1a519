#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "live/table_rows.h"

namespace pxq::live {

/// Whether a row's cells, as they are shown, hold a text. A text without capitals is found in any
/// case.
class RowMatch final {
 public:
  explicit RowMatch(std::string_view text);

  bool empty() const { return text_.empty(); }
  const std::string& text() const { return text_; }
  bool operator()(TableRows& rows, Place place);

 private:
  std::string text_;
  bool any_case_;
  TextBuffer scratch_;
};

/// The rows of a table that a filter lets through, in the order of a column or as they came.
class RowOrder final {
 public:
  /// `rows` outlives it.
  explicit RowOrder(TableRows& rows) : rows_(rows), filter_("") {}

  void set_filter(std::string_view text);
  const std::string& filter() const { return filter_.text(); }
  void set_sort(std::optional<Sort> sort);
  const std::optional<Sort>& sort() const { return sort_; }

  /// Takes in rows that came, and forgets those that were dropped.
  void update();

  size_t size() const { return places_.size(); }
  Place operator[](size_t index) const { return places_[index]; }

  /// The next row from `from` on that holds the text, or with `back` the one before; around the
  /// end. Nothing: none does.
  std::optional<size_t> find(std::string_view text, size_t from, bool back);

 private:
  bool before(Place a, Place b) const;
  void arrange(size_t from);
  void forget_dropped();

  TableRows& rows_;
  RowMatch filter_;
  std::optional<Sort> sort_;
  std::vector<Place> places_;
  uint64_t seen_ = 0;       // batches
  uint64_t forgotten_ = 0;  // those before it
};

}  // namespace pxq::live
