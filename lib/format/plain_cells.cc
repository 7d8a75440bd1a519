#include "format/plain_cells.h"

#include <utility>

#include "text/number.h"
#include "text/time_text.h"
#include "text/time_zone.h"

namespace pxq {
namespace {

using Time = FormatOptions::Time;

void append_rfc3339(TimeText& text, Time64 time, TextBuffer& out) {
  out.advance_to(text.write_rfc3339(out.reserve(TimeText::kRfc3339Size), time));
}

// On the clock of a zone, or with fewer digits.
std::unique_ptr<CellWriter> make_zoned_times(TimeZone zone, TimeDigits digits) {
  return make_cell_writer<Time64Column>(
      [text = TimeText(), zone = std::move(zone), digits](Time64 time, TextBuffer& out) mutable {
        const int32_t offset = zone.offset_at(floor_seconds(time));
        out.advance_to(text.write_rfc3339(out.reserve(TimeText::kZonedSize), time, offset, digits));
      });
}

// Whole units since 1970, at or before the time.
std::unique_ptr<CellWriter> make_counted_times(int64_t unit_ns) {
  return make_cell_writer<Time64Column>([unit_ns](Time64 value, TextBuffer& out) {
    const int64_t count = value.ns / unit_ns - (value.ns % unit_ns < 0 ? 1 : 0);
    out.advance_to(write_int64(out.reserve(kInt64Size), count));
  });
}

TimeDigits digits_of(Time time) {
  if (time == Time::kRfc3339S) return TimeDigits::kNone;
  return time == Time::kRfc3339Ms ? TimeDigits::kThree : TimeDigits::kNine;
}

}  // namespace

std::unique_ptr<CellWriter> make_plain_times(const FormatOptions& options) {
  switch (options.time) {
    case Time::kUnix:
      return make_cell_writer<Time64Column>([](Time64 value, TextBuffer& out) {
        out.advance_to(write_unix(out.reserve(kUnixSize), value));
      });
    case Time::kUnixMs: return make_counted_times(1'000'000);
    case Time::kUnixUs: return make_counted_times(1'000);
    case Time::kUnixNs: return make_counted_times(1);
    case Time::kRfc3339:
    case Time::kRfc3339Ms:
    case Time::kRfc3339S: break;
  }
  Result<TimeZone> zone = TimeZone::load(options.time_zone);
  const bool utc = !zone.ok() || zone->name() == TimeZone().name();
  if (!utc || options.time != Time::kRfc3339) {
    return make_zoned_times(utc ? TimeZone() : *std::move(zone), digits_of(options.time));
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
    case DataType::kTime64Ns: return make_plain_times(options);
    case DataType::kInt64:
    case DataType::kUnknown: break;
  }
  return make_cell_writer<Int64Column>([](int64_t value, TextBuffer& out) {
    out.advance_to(write_int64(out.reserve(kInt64Size), value));
  });
}

}  // namespace pxq
