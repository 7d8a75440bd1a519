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

}  // namespace

JsonCells make_json_cells(DataType type, const FormatOptions& options) {
  const bool int64_quoted = options.int64 == FormatOptions::Int64::kString;
  switch (type) {
    case DataType::kString: return make_strings(options);
    case DataType::kFloat64: return {make_doubles(options.nan)};
    case DataType::kUint128: return {make_plain_cells(type, options, nullptr), true};
    case DataType::kBoolean: return {make_plain_cells(type, options, nullptr)};
    case DataType::kTime64Ns: {
      const bool number = options.time == FormatOptions::Time::kUnix ||
                          (options.time == FormatOptions::Time::kUnixNs && !int64_quoted);
      return {make_plain_times(options.time), !number};
    }
    case DataType::kInt64:
    case DataType::kUnknown: break;
  }
  return {make_plain_cells(type, options, nullptr), int64_quoted};
}

}  // namespace pxq
