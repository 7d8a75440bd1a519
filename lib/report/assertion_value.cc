#include "report/assertion_value.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <compare>
#include <optional>

#include "base/number_text.h"
#include "text/duration.h"
#include "text/json.h"
#include "text/number.h"
#include "text/time_text.h"

namespace pxq {
namespace {

// The row is shown in one line on stderr, which a whole HTTP body would bury.
constexpr size_t kLongestCell = 200;

struct Unit {
  std::string_view name;
  double factor;
};

constexpr std::array<Unit, 7> kSizes = {{{"B", 1},
                                         {"KB", 1e3},
                                         {"MB", 1e6},
                                         {"GB", 1e9},
                                         {"KiB", 1024},
                                         {"MiB", 1048576},
                                         {"GiB", 1073741824}}};
constexpr std::array<Unit, 1> kPercent = {{{"%", 0.01}}};

std::optional<double> factor_of(SemanticType semantic, std::string_view unit) {
  const auto among = [&](const auto& units) -> std::optional<double> {
    for (const Unit& known : units) {
      if (known.name == unit) return known.factor;
    }
    return std::nullopt;
  };
  if (unit.empty()) return 1;
  if (semantic == SemanticType::kBytes) return among(kSizes);
  if (semantic == SemanticType::kPercent) return among(kPercent);
  return std::nullopt;
}

std::optional<int64_t> parse_integer(std::string_view text) { return number_from<int64_t>(text); }

// Nanoseconds: `500ms`, `-1.5 s`, plain seconds.
std::optional<int64_t> parse_length(std::string_view text) {
  const bool negative = text.starts_with('-');
  std::string joined(text.substr(negative ? 1 : 0));
  std::erase(joined, ' ');
  const Result<int64_t> ns = parse_duration(joined, "");
  if (!ns.ok()) return std::nullopt;
  return negative ? -*ns : *ns;
}

std::optional<double> parse_number(const ColumnInfo& column, std::string_view text) {
  if (column.semantic == SemanticType::kDurationNs) {
    const auto length = parse_length(text);
    return length ? std::optional(static_cast<double>(*length)) : std::nullopt;
  }
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  std::string_view unit(end, static_cast<size_t>(text.data() + text.size() - end));
  while (unit.starts_with(' ')) unit.remove_prefix(1);
  const auto factor = factor_of(column.semantic, unit);
  if (!factor) return std::nullopt;
  return value * *factor;
}

std::optional<uint64_t> parse_hex(std::string_view text) { return number_from<uint64_t>(text, 16); }

std::optional<Uint128> parse_uuid(std::string_view text) {
  if (text.size() != kUuidSize) return std::nullopt;
  std::string digits;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash != (text[i] == '-')) return std::nullopt;
    if (!dash) digits += text[i];
  }
  const auto high = parse_hex(std::string_view(digits).substr(0, 16));
  const auto low = parse_hex(std::string_view(digits).substr(16));
  if (!high || !low) return std::nullopt;
  return Uint128{*high, *low};
}

/// `2026-11-23T15:39:01Z` with up to nine digits of a fraction.
std::optional<int64_t> parse_rfc3339(std::string_view text) {
  if (text.size() < 20 || !text.ends_with('Z') || text[4] != '-' || text[7] != '-' ||
      text[10] != 'T' || text[13] != ':' || text[16] != ':') {
    return std::nullopt;
  }
  std::array<int64_t, 6> parts = {};
  constexpr std::array<std::pair<size_t, size_t>, 6> kPlaces = {
      {{0, 4}, {5, 2}, {8, 2}, {11, 2}, {14, 2}, {17, 2}}};
  for (size_t i = 0; i < parts.size(); ++i) {
    const auto part = parse_integer(text.substr(kPlaces[i].first, kPlaces[i].second));
    if (!part || *part < 0) return std::nullopt;
    parts[i] = *part;
  }
  // The years are those that nanoseconds in 64 bits hold whole.
  if (parts[1] < 1 || parts[1] > 12 || parts[2] < 1 || parts[2] > 31 || parts[3] > 23 ||
      parts[4] > 59 || parts[5] > 60 || parts[0] < 1678 || parts[0] > 2261) {
    return std::nullopt;
  }
  int64_t fraction = 0;
  std::string_view rest = text.substr(19, text.size() - 20);
  if (!rest.empty()) {
    if (rest.front() != '.' || rest.size() < 2 || rest.size() > 10) return std::nullopt;
    std::string digits(rest.substr(1));
    digits.resize(9, '0');
    const auto value = parse_integer(digits);
    if (!value || *value < 0) return std::nullopt;
    fraction = *value;
  }
  const int64_t days =
      days_from_civil(parts[0], static_cast<unsigned>(parts[1]), static_cast<unsigned>(parts[2]));
  const int64_t seconds = ((days * 24 + parts[3]) * 60 + parts[4]) * 60 + parts[5];
  return seconds * 1'000'000'000 + fraction;
}

/// NaN stands in no relation but "unequal".
bool holds(Comparison comparison, std::partial_ordering order) {
  switch (comparison) {
    case Comparison::kEqual: return order == 0;
    case Comparison::kUnequal: return order != 0;
    case Comparison::kLess: return order < 0;
    case Comparison::kLessOrEqual: return order <= 0;
    case Comparison::kGreater: return order > 0;
    case Comparison::kGreaterOrEqual: return order >= 0;
  }
  return false;
}

template <typename Values, typename Constant>
CellTest compare_with(Comparison comparison, Constant constant) {
  return [comparison, constant = std::move(constant)](const Column& column, size_t row) {
    const auto& cell = std::get<Values>(column)[row];
    return holds(comparison, cell <=> constant);
  };
}

CellTest compare_as_double(Comparison comparison, double constant) {
  return [=](const Column& column, size_t row) {
    const auto cell = static_cast<double>(std::get<Int64Column>(column)[row]);
    return holds(comparison, cell <=> constant);
  };
}

/// Which cells are NaN: the only relation in which NaN stands.
std::optional<CellTest> compare_with_nan(Comparison comparison) {
  const bool wanted = comparison == Comparison::kEqual;
  if (!wanted && comparison != Comparison::kUnequal) return std::nullopt;
  return [wanted](const Column& column, size_t row) {
    return std::isnan(std::get<Float64Column>(column)[row]) == wanted;
  };
}

std::optional<CellTest> make_test(const ColumnInfo& column, Comparison comparison,
                                  std::string_view value) {
  switch (column.type) {
    case DataType::kBoolean:
      if (value == "true" || value == "1") return compare_with<BooleanColumn>(comparison, 1);
      if (value == "false" || value == "0") return compare_with<BooleanColumn>(comparison, 0);
      return std::nullopt;
    case DataType::kInt64:
      // A whole number is compared as one: beyond 2^53 a double would call neighbours equal.
      if (const auto exact = column.semantic == SemanticType::kDurationNs ? parse_length(value)
                                                                          : parse_integer(value)) {
        return compare_with<Int64Column>(comparison, *exact);
      }
      if (const auto number = parse_number(column, value); number && !std::isnan(*number)) {
        return compare_as_double(comparison, *number);
      }
      return std::nullopt;
    case DataType::kFloat64:
      if (const auto number = parse_number(column, value)) {
        if (std::isnan(*number)) return compare_with_nan(comparison);
        return compare_with<Float64Column>(comparison, *number);
      }
      return std::nullopt;
    case DataType::kString: return compare_with<StringColumn>(comparison, std::string(value));
    case DataType::kTime64Ns: {
      auto time = parse_integer(value);
      if (!time) time = parse_rfc3339(value);
      if (time) return compare_with<Time64Column>(comparison, Time64{*time});
      return std::nullopt;
    }
    case DataType::kUint128:
      if (const auto id = parse_uuid(value)) {
        return compare_with<Uint128Column>(comparison, *id);
      }
      return std::nullopt;
    case DataType::kUnknown: break;
  }
  return std::nullopt;
}

struct CellText {
  TextBuffer& out;

  void operator()(uint8_t value) { out.append(value != 0 ? "true" : "false"); }
  void operator()(int64_t value) { out.advance_to(write_int64(out.reserve(kInt64Size), value)); }
  void operator()(double value) {
    if (!std::isfinite(value)) return out.append("null");
    out.advance_to(write_double(out.reserve(kDoubleSize), value));
  }
  void operator()(Uint128 value) {
    out.push_back('"');
    out.advance_to(write_uuid(out.reserve(kUuidSize), value));
    out.push_back('"');
  }
  void operator()(Time64 value) {
    TimeText text;
    out.push_back('"');
    out.advance_to(text.write_rfc3339(out.reserve(TimeText::kRfc3339Size), value));
    out.push_back('"');
  }
  void operator()(std::string_view value) {
    std::string shown(value.substr(0, kLongestCell));
    if (value.size() > kLongestCell) shown += "...";
    append_json_string(shown, InvalidUtf8::kReversible, out);
  }
};

}  // namespace

Result<CellTest> make_cell_test(const ColumnInfo& column, Comparison comparison,
                                std::string_view value) {
  auto test = make_test(column, comparison, value);
  if (test) return *std::move(test);
  const bool is_time = column.type == DataType::kTime64Ns;
  return Status(Code::kUsage, fmt::format("'{}' is not a value of {}, which is {}{}", value,
                                          column.name, data_type_name(column.type),
                                          is_time ? ": write 2026-11-23T15:39:01Z" : ""));
}

std::string row_text(const Schema& schema, const RowBatch& batch, size_t row) {
  TextBuffer text;
  for (size_t i = 0; i < batch.columns.size(); ++i) {
    text.append(i == 0 ? "{" : ",");
    append_json_string(schema.columns[i].name, InvalidUtf8::kReversible, text);
    text.push_back(':');
    std::visit([&](const auto& values) { CellText{text}(values[row]); }, batch.columns[i]);
  }
  text.push_back('}');
  return std::string(text.view());
}

}  // namespace pxq
