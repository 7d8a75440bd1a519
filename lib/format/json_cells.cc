#include "format/json_cells.h"

#include <cmath>

#include "format/plain_cells.h"
#include "text/base64.h"
#include "text/json.h"
#include "text/number.h"

namespace pxq {
namespace {

std::unique_ptr<CellWriter> make_doubles(FormatOptions::Nan nan) {
  const bool spelled = nan == FormatOptions::Nan::kString;
  return make_cell_writer<Float64Column>([spelled](double value, TextBuffer& out) {
    const bool finite = std::isfinite(value);
    if (!finite && !spelled) return out.append("null");
    // Readers take `-0` for a whole number, which has no such sign.
    if (value == 0 && std::signbit(value)) return out.append("-0.0");
    if (!finite) out.push_back('"');
    out.advance_to(write_double(out.reserve(kDoubleSize), value));
    if (!finite) out.push_back('"');
  });
}

template <InvalidUtf8 kInvalid>
std::unique_ptr<CellWriter> make_text() {
  return make_cell_writer<StringColumn>(
      [](std::string_view value, TextBuffer& out) { append_json_string(value, kInvalid, out); });
}

JsonCells make_strings(const FormatOptions& options) {
  switch (options.bytes) {
    case FormatOptions::Bytes::kReplace: return {make_text<InvalidUtf8::kReplace>()};
    case FormatOptions::Bytes::kBase64:
      return {make_plain_cells(DataType::kString, options, append_base64), true};
    case FormatOptions::Bytes::kText: break;
  }
  return {make_text<InvalidUtf8::kReversible>()};
}

// Counts are 64-bit integers as others are; seconds with a fraction are none.
bool is_number(FormatOptions::Time time, bool int64_quoted) {
  switch (time) {
    case FormatOptions::Time::kRfc3339:
    case FormatOptions::Time::kRfc3339Ms:
    case FormatOptions::Time::kRfc3339S: return false;
    case FormatOptions::Time::kUnix: return true;
    case FormatOptions::Time::kUnixMs:
    case FormatOptions::Time::kUnixUs:
    case FormatOptions::Time::kUnixNs: break;
  }
  return !int64_quoted;
}

}  // namespace

JsonCells make_json_cells(DataType type, const FormatOptions& options) {
  const bool int64_quoted = options.int64 == FormatOptions::Int64::kString;
  switch (type) {
    case DataType::kString: return make_strings(options);
    case DataType::kFloat64: return {make_doubles(options.nan)};
    case DataType::kUint128: return {make_plain_cells(type, options, nullptr), true};
    case DataType::kBoolean: return {make_plain_cells(type, options, nullptr)};
    case DataType::kTime64Ns: {
      return {make_plain_times(options), !is_number(options.time, int64_quoted)};
    }
    case DataType::kInt64:
    case DataType::kUnknown: break;
  }
  return {make_plain_cells(type, options, nullptr), int64_quoted};
}

}  // namespace pxq
