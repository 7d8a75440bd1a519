#include "format/plain_cells.h"

#include "text/number.h"
#include "text/time_text.h"

namespace pxq {
namespace {

void append_rfc3339(TimeText& text, Time64 time, TextBuffer& out) {
  out.advance_to(text.write_rfc3339(out.reserve(TimeText::kRfc3339Size), time));
}

}  // namespace

std::unique_ptr<CellWriter> make_plain_times(FormatOptions::Time time) {
  switch (time) {
    case FormatOptions::Time::kUnix:
      return make_cell_writer<Time64Column>([](Time64 value, TextBuffer& out) {
        out.advance_to(write_unix(out.reserve(kUnixSize), value));
      });
    case FormatOptions::Time::kUnixNs:
      return make_cell_writer<Time64Column>([](Time64 value, TextBuffer& out) {
        out.advance_to(write_int64(out.reserve(kInt64Size), value.ns));
      });
    case FormatOptions::Time::kRfc3339: break;
  }
  return make_cell_writer<Time64Column>([text = TimeText()](Time64 value, TextBuffer& out) mutable {
    append_rfc3339(text, value, out);
  });
}

std::unique_ptr<CellWriter> make_plain_cells(DataType type, const FormatOptions& options,
                                             AppendField append_field) {
  switch (type) {
    case DataType::kBoolean:
      return make_cell_writer<BooleanColumn>(
          [](uint8_t value, TextBuffer& out) { out.append(value != 0 ? "true" : "false"); });
    case DataType::kUint128:
      return make_cell_writer<Uint128Column>([](Uint128 value, TextBuffer& out) {
        out.advance_to(write_uuid(out.reserve(kUuidSize), value));
      });
    case DataType::kFloat64:
      return make_cell_writer<Float64Column>([](double value, TextBuffer& out) {
        out.advance_to(write_double(out.reserve(kDoubleSize), value));
      });
    case DataType::kString:
      return make_cell_writer<StringColumn>(
          [append_field](std::string_view value, TextBuffer& out) { append_field(value, out); });
    case DataType::kTime64Ns: return make_plain_times(options.time);
    case DataType::kInt64:
    case DataType::kUnknown: break;
  }
  return make_cell_writer<Int64Column>([](int64_t value, TextBuffer& out) {
    out.advance_to(write_int64(out.reserve(kInt64Size), value));
  });
}

}  // namespace pxq
