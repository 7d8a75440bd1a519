#include "local/data/stored/text_cells.h"

#include <array>
#include <limits>
#include <utility>

#include "base/number_text.h"
#include "text/time_text.h"

namespace pxq::local {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

/// Digits at a place; nothing where one of them is none.
std::optional<int64_t> digits(std::string_view text, size_t at, size_t count) {
  if (text.size() < at + count) return std::nullopt;
  int64_t value = 0;
  for (const char byte : text.substr(at, count)) {
    if (byte < '0' || byte > '9') return std::nullopt;
    value = value * 10 + (byte - '0');
  }
  return value;
}

/// Nothing where 64 bits do not hold it. `ns` is less than a second.
std::optional<Time64> moment(int64_t seconds, int64_t ns) {
  if (seconds < 0 && ns > 0) {  // so that the earliest moment has no step beyond it
    ++seconds;
    ns -= kSecond;
  }
  int64_t sum = 0;
  if (__builtin_mul_overflow(seconds, kSecond, &sum) || __builtin_add_overflow(sum, ns, &sum)) {
    return std::nullopt;
  }
  return Time64{sum};
}

/// Of `.123` the nanoseconds; moves `text` behind it.
std::optional<int64_t> fraction(std::string_view& text) {
  int64_t ns = 0;
  if (!text.starts_with('.')) return ns;
  text.remove_prefix(1);
  int64_t unit = kSecond;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    unit /= 10;
    ns += unit * (text.front() - '0');
    text.remove_prefix(1);
  }
  return unit == kSecond ? std::optional<int64_t>() : ns;
}

/// Seconds of `Z` or `+01:00`.
std::optional<int64_t> offset(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  const auto hours = digits(text, 1, 2);
  const auto minutes = digits(text, 4, 2);
  const bool shaped = text.size() == 6 && text[3] == ':' && (text[0] == '+' || text[0] == '-');
  if (!shaped || !hours || !minutes) return std::nullopt;
  const int64_t seconds = *hours * 3600 + *minutes * 60;
  return text[0] == '-' ? -seconds : seconds;
}

std::optional<Time64> civil_time(std::string_view text) {
  const auto year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2),
             hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = digits(text, 17, 2);
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  const bool shaped = text[4] == '-' && text[7] == '-' && (text[10] == 'T' || text[10] == ' ') &&
                      text[13] == ':' && text[16] == ':' && *month >= 1 && *month <= 12 &&
                      *day >= 1 && *day <= 31 && *hour < 24 && *minute < 60 && *second <= 60;
  if (!shaped) return std::nullopt;
  text.remove_prefix(19);
  const auto ns = fraction(text);
  const auto ahead = offset(text);
  if (!ns || !ahead) return std::nullopt;
  const int64_t days =
      days_from_civil(*year, static_cast<unsigned>(*month), static_cast<unsigned>(*day));
  const int64_t seconds = days * 86'400 + *hour * 3600 + *minute * 60 + *second - *ahead;
  return moment(seconds, *ns);
}

std::optional<Time64> count_since_1970(std::string_view text) {
  const size_t point = text.find('.');
  const auto whole = number_from<int64_t>(text.substr(0, point));
  if (!whole) return std::nullopt;
  if (point != std::string_view::npos) {
    std::string_view tail = text.substr(point);
    const auto ns = fraction(tail);
    if (!ns || !tail.empty()) return std::nullopt;
    if (!text.starts_with('-') || *ns == 0) return moment(*whole, *ns);
    return moment(*whole - 1, kSecond - *ns);
  }
  const auto below = [&whole](int64_t limit) { return -limit < *whole && *whole < limit; };
  if (below(100'000'000'000)) return moment(*whole, 0);
  if (below(100'000'000'000'000)) return Time64{*whole * 1'000'000};
  if (below(100'000'000'000'000'000)) return Time64{*whole * 1'000};
  return Time64{*whole};
}

std::optional<uint8_t> boolean_from(std::string_view text) {
  if (text == "true") return 1;
  if (text == "false") return 0;
  return std::nullopt;
}

/// `007` and `+1` are no numbers to anybody who wrote them as text.
bool is_plain_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return text.size() < 2 || text[0] != '0' || text[1] < '0' || text[1] > '9';
}

template <typename Values, typename Value>
bool push(Column& column, const std::optional<Value>& value) {
  if (!value) return false;
  std::get<Values>(column).push_back(*value);
  return true;
}

}  // namespace

std::optional<Time64> time_from(std::string_view text) {
  return text.size() > 19 && text[4] == '-' ? civil_time(text) : count_since_1970(text);
}

std::optional<Uint128> uuid_from(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::array<uint64_t, 2> halves = {0, 0};
  size_t digit = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash != (text[i] == '-')) return std::nullopt;
    if (dash) continue;
    const auto value = number_from<uint8_t>(text.substr(i, 1), 16);
    if (!value) return std::nullopt;
    uint64_t& half = halves[digit++ / 16];
    half = half << 4 | *value;
  }
  return Uint128{halves[0], halves[1]};
}

std::optional<double> double_from(std::string_view text) {
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  return number_from<double>(text);
}

CellColumns::CellColumns(const std::vector<ColumnInfo>& relation) : texts_(relation.size()) {
  for (const ColumnInfo& column : relation) {
    types_.push_back(column.type);
    columns_.push_back(make_column(column.type));
  }
}

bool CellColumns::add(size_t column, std::string_view text) {
  bytes_ += text.size();
  Column& cells = columns_[column];
  switch (types_[column]) {
    case DataType::kBoolean: return push<BooleanColumn>(cells, boolean_from(text));
    case DataType::kInt64: return push<Int64Column>(cells, number_from<int64_t>(text));
    case DataType::kUint128: return push<Uint128Column>(cells, uuid_from(text));
    case DataType::kFloat64: return push<Float64Column>(cells, double_from(text));
    case DataType::kTime64Ns: return push<Time64Column>(cells, time_from(text));
    case DataType::kString:
      texts_[column].bytes += text;
      texts_[column].ends.push_back(texts_[column].bytes.size());
      return true;
    case DataType::kUnknown: break;
  }
  return false;
}

bool CellColumns::add_integer(size_t column, int64_t value) {
  Column& cells = columns_[column];
  switch (types_[column]) {
    case DataType::kBoolean:
      std::get<BooleanColumn>(cells).push_back(value == 0 ? 0 : 1);
      return value == 0 || value == 1;
    case DataType::kInt64: std::get<Int64Column>(cells).push_back(value); return true;
    case DataType::kTime64Ns: std::get<Time64Column>(cells).push_back(Time64{value}); return true;
    case DataType::kFloat64: return add_double(column, static_cast<double>(value));
    case DataType::kString: return add(column, std::to_string(value));
    case DataType::kUint128:
    case DataType::kUnknown: break;
  }
  return false;
}

bool CellColumns::add_double(size_t column, double value) {
  std::get<Float64Column>(columns_[column]).push_back(value);
  return true;
}

bool CellColumns::add_nothing(size_t column) {
  if (types_[column] == DataType::kString) return add(column, {});
  return types_[column] == DataType::kFloat64 && add(column, "NaN");
}

RowBatch CellColumns::take() {
  RowBatch batch;
  batch.num_rows = std::exchange(rows_, 0);
  bytes_ = 0;
  auto storage = std::make_shared<std::vector<std::string>>();
  storage->reserve(columns_.size());  // views of the texts stay where they are
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (types_[i] == DataType::kString) {
      storage->push_back(std::exchange(texts_[i].bytes, {}));
      const std::string_view all = storage->back();
      auto& views = std::get<StringColumn>(columns_[i]);
      size_t start = 0;
      for (const size_t end : texts_[i].ends) {
        views.push_back(all.substr(start, end - start));
        start = end;
      }
      texts_[i].ends.clear();
    }
    batch.columns.push_back(std::exchange(columns_[i], make_column(types_[i])));
  }
  batch.storage = std::move(storage);
  return batch;
}

void TypeGuess::look(std::string_view text, bool is_text) {
  seen_ = true;
  const bool number = !is_text && is_plain_number(text);
  boolean_ = boolean_ && !is_text && boolean_from(text);
  int64_ = int64_ && number && number_from<int64_t>(text);
  float64_ = float64_ && number && double_from(text);
  time_ = time_ && text.size() > 19 && time_from(text);
  uuid_ = uuid_ && uuid_from(text);
}

DataType TypeGuess::type() const {
  if (!seen_) return nothing_ ? DataType::kFloat64 : DataType::kString;
  if (float64_ && nothing_) return DataType::kFloat64;
  if (nothing_) return DataType::kString;
  if (boolean_) return DataType::kBoolean;
  if (int64_) return DataType::kInt64;
  if (float64_) return DataType::kFloat64;
  if (time_) return DataType::kTime64Ns;
  return uuid_ ? DataType::kUint128 : DataType::kString;
}

}  // namespace pxq::local
