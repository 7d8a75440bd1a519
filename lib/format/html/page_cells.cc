#include "format/html/page_cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "text/number.h"
#include "text/time_text.h"
#include "text/visible.h"

namespace pxq::html {
namespace {

using nlohmann::json;

constexpr double kNsPerMs = 1e6;

json parsed(std::string_view text) {
  return json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
}

void append_escaped(std::string_view text, TextBuffer& out) {
  for (size_t start = 0; start < text.size();) {
    const size_t end = std::min(text.find_first_of("&<>\"", start), text.size());
    out.append(text.substr(start, end - start));
    if (end == text.size()) return;
    switch (text[end]) {
      case '&': out.append("&amp;"); break;
      case '<': out.append("&lt;"); break;
      case '>': out.append("&gt;"); break;
      default: out.append("&quot;"); break;
    }
    start = end + 1;
  }
}

template <typename Write, typename Value>
void append_written(size_t size, Write write, Value value, TextBuffer& out) {
  out.advance_to(write(out.reserve(size), value));
}

// Nanoseconds as milliseconds, exactly.
void append_milliseconds(int64_t ns, TextBuffer& out) {
  constexpr uint64_t kWhole = 1'000'000;
  uint64_t size = static_cast<uint64_t>(ns);
  if (ns < 0) {
    out.push_back('-');
    size = -size;
  }
  append_written(kInt64Size, write_uint64, size / kWhole, out);
  if (size % kWhole == 0) return;
  out.push_back('.');
  out.advance_to(write_digits(out.reserve(6), static_cast<uint32_t>(size % kWhole), 6));
  while (out.view().back() == '0') out.truncate(out.size() - 1);
}

// In full where the minute is another than that of the cell above, else from the seconds on.
class TimeCell {
 public:
  explicit TimeCell(const TimeZone& zone) : zone_(zone) {}

  void operator()(int64_t ns, TextBuffer& out) {
    char text[TimeText::kCivilSize + 6];
    char* end = civil_.write_civil(text, Time64{ns}, zone_.offset_at(floor_seconds(Time64{ns})));
    const int64_t below = ((ns % 1'000'000) + 1'000'000) % 1'000'000;
    end = write_digits(end, static_cast<uint32_t>(below), 6);
    std::string_view all(text, static_cast<size_t>(end - text));
    while (all.back() == '0') all.remove_suffix(1);
    if (all.back() == '.') all.remove_suffix(1);
    if (all.substr(0, kMinute) == minute_) return out.append(all.substr(kMinute));
    minute_ = all.substr(0, kMinute);
    out.append(all);
  }

 private:
  static constexpr size_t kMinute = 16;  // 2026-11-23 15:39

  const TimeZone& zone_;
  TimeText civil_;
  std::string minute_;
};

// `p50=1.2 p99=8`, so that nothing but numbers stands where a script expects some.
void append_quantiles(std::string_view text, double factor, TextBuffer& out) {
  const json object = parsed(text);
  std::vector<std::pair<double, std::string>> parts;
  if (!object.is_object()) return append_page_text(text, out);
  for (const auto& [name, value] : object.items()) {
    const bool named = name.size() > 1 && name[0] == 'p' &&
                       name.find_first_not_of("0123456789.", 1) == std::string::npos;
    if (!named || !value.is_number()) return append_page_text(text, out);
    TextBuffer number;
    append_page_number(value.get<double>() * factor, number);
    parts.emplace_back(std::strtod(name.c_str() + 1, nullptr),
                       fmt::format("{}={}", name, number.view()));
  }
  if (parts.empty()) return append_page_text(text, out);
  std::sort(parts.begin(), parts.end());
  for (const auto& [share, part] : parts) {
    if (&part != &parts.front().second) out.push_back(' ');
    out.append(part);
  }
}

std::string scalar_text(const json& value) {
  return value.is_string() ? value.get<std::string>()
                           : value.dump(-1, ' ', true, json::error_handler_t::replace);
}

// `label → px/pod pod=shop/cart`: what a click would run.
void append_script(std::string_view text, TextBuffer& out) {
  const json link = parsed(text);
  if (!link.is_object() || !link.contains("label")) return append_page_text(text, out);
  std::string line = scalar_text(link["label"]);
  if (const auto script = link.find("script"); script != link.end()) {
    line += " → " + scalar_text(*script);
    const auto arguments = link.find("args");
    if (arguments != link.end() && arguments->is_object()) {
      for (const auto& [name, value] : arguments->items()) {
        line += fmt::format(" {}={}", name, scalar_text(value));
      }
    }
  }
  append_page_text(line, out);
}

// `Failed: OOMKilled, the reason`: the state's word first.
void append_state(std::string_view text, TextBuffer& out) {
  const json state = parsed(text);
  if (!state.is_object()) return append_page_text(text, out);
  std::string line;
  for (const char* field : {"phase", "state", "status"}) {
    if (line.empty() && state.contains(field)) line = scalar_text(state[field]);
  }
  if (line.empty()) return append_page_text(text, out);
  std::string_view joint = ": ";
  for (const char* field : {"reason", "message"}) {
    const auto more = state.find(field);
    if (more == state.end() || scalar_text(*more).empty()) continue;
    line.append(joint).append(scalar_text(*more));
    joint = ", ";
  }
  append_page_text(line, out);
}

std::unique_ptr<CellWriter> make_strings(SemanticType semantic) {
  const auto cells = [](auto append) { return make_cell_writer<StringColumn>(append); };
  switch (semantic) {
    case SemanticType::kQuantiles:
      return cells([](std::string_view text, TextBuffer& out) { append_quantiles(text, 1, out); });
    case SemanticType::kDurationNsQuantiles:
      return cells([](std::string_view text, TextBuffer& out) {
        append_quantiles(text, 1 / kNsPerMs, out);
      });
    case SemanticType::kScriptReference: return cells(append_script);
    case SemanticType::kPodPhase:
    case SemanticType::kPodStatus:
    case SemanticType::kContainerState:
    case SemanticType::kContainerStatus: return cells(append_state);
    default: return cells(append_page_text);
  }
}

std::unique_ptr<CellWriter> make_whole_numbers(const ColumnInfo& column, const TimeZone& zone) {
  if (column.semantic == SemanticType::kTimeNs) {
    return make_cell_writer<Int64Column>(TimeCell(zone));
  }
  const auto quantity = quantity_of(column.semantic);
  if (quantity == Quantity::kDuration) return make_cell_writer<Int64Column>(append_milliseconds);
  if (!quantity || quantity == Quantity::kBytes) {
    return make_cell_writer<Int64Column>([](int64_t value, TextBuffer& out) {
      append_written(kInt64Size, write_int64, value, out);
    });
  }
  return make_cell_writer<Int64Column>(
      [factor = page_unit(quantity).factor](int64_t value, TextBuffer& out) {
        append_page_number(static_cast<double>(value) * factor, out);
      });
}

std::unique_ptr<CellWriter> make_wide_numbers(SemanticType semantic) {
  if (semantic == SemanticType::kUpid) {
    return make_cell_writer<Uint128Column>(
        [](Uint128 value, TextBuffer& out) { append_written(kUpidSize, write_upid, value, out); });
  }
  return make_cell_writer<Uint128Column>(
      [](Uint128 value, TextBuffer& out) { append_written(kUuidSize, write_uuid, value, out); });
}

std::string_view text_kind(SemanticType semantic) {
  switch (semantic) {
    case SemanticType::kQuantiles: return "quantiles";
    case SemanticType::kDurationNsQuantiles: return "durationquantiles";
    case SemanticType::kScriptReference: return "script";
    case SemanticType::kPodPhase:
    case SemanticType::kPodStatus:
    case SemanticType::kContainerState:
    case SemanticType::kContainerStatus: return "state";
    default: return "text";
  }
}

std::string_view unit_name(Quantity quantity) {
  switch (quantity) {
    case Quantity::kDuration: return "ms";
    case Quantity::kBytes: return "bytes";
    case Quantity::kPercent: return "%";
    case Quantity::kRate: return "/s";
    case Quantity::kBytesRate: break;
  }
  return "bytes/s";
}

}  // namespace

PageUnit page_unit(std::optional<Quantity> quantity) {
  if (!quantity) return {.kind = ""};
  switch (*quantity) {
    case Quantity::kDuration: return {.kind = "duration", .factor = 1 / kNsPerMs};
    case Quantity::kBytes: return {.kind = "bytes"};
    case Quantity::kPercent: return {.kind = "percent", .factor = 100};
    case Quantity::kRate: return {.kind = "rate", .factor = 1e9};
    case Quantity::kBytesRate: break;
  }
  return {.kind = "bytesrate", .factor = 1e9};
}

PageColumn page_column(const ColumnInfo& column, const TimeZone& zone) {
  const bool time = column.type == DataType::kTime64Ns ||
                    (column.type == DataType::kInt64 && column.semantic == SemanticType::kTimeNs);
  if (time) return {.kind = "time", .unit = zone.name()};
  const bool number = column.type == DataType::kInt64 || column.type == DataType::kFloat64 ||
                      column.type == DataType::kUnknown;
  const auto quantity = quantity_of(column.semantic);
  if (number && quantity) {
    return {.kind = page_unit(quantity).kind, .unit = unit_name(*quantity)};
  }
  if (number && column.semantic == SemanticType::kHttpRespStatus)
    return {.kind = "status", .unit = {}};
  if (column.type == DataType::kFloat64) return {.kind = "float", .unit = {}};
  if (number) return {.kind = "int", .unit = {}};
  if (column.type != DataType::kString) return {.kind = "text", .unit = {}};
  const std::string_view kind = text_kind(column.semantic);
  return {.kind = kind, .unit = kind == "durationquantiles" ? "ms" : ""};
}

std::unique_ptr<CellWriter> make_page_cells(const ColumnInfo& column, const TimeZone& zone) {
  switch (column.type) {
    case DataType::kBoolean:
      return make_cell_writer<BooleanColumn>(
          [](uint8_t value, TextBuffer& out) { out.append(value != 0 ? "true" : "false"); });
    case DataType::kUint128: return make_wide_numbers(column.semantic);
    case DataType::kFloat64:
      return make_cell_writer<Float64Column>(
          [factor = page_unit(quantity_of(column.semantic)).factor](double value, TextBuffer& out) {
            append_page_number(value * factor, out);
          });
    case DataType::kString: return make_strings(column.semantic);
    case DataType::kTime64Ns:
      return make_cell_writer<Time64Column>(
          [write = TimeCell(zone)](Time64 time, TextBuffer& out) mutable { write(time.ns, out); });
    case DataType::kInt64:
    case DataType::kUnknown: break;
  }
  return make_whole_numbers(column, zone);
}

void append_page_text(std::string_view bytes, TextBuffer& out) {
  TextBuffer text;
  append_visible(bytes, text);
  append_escaped(text.view(), out);
}

void append_page_number(double value, TextBuffer& out) {
  // A double holds every whole number below this exactly, so all the digits written are true.
  constexpr double kWhole = 1e15;
  if (!std::isfinite(value)) return append_written(kDoubleSize, write_double, value, out);
  const bool whole = value == std::floor(value) && std::abs(value) < kWhole;
  fmt::memory_buffer text;
  if (whole) {
    fmt::format_to(std::back_inserter(text), "{}", static_cast<int64_t>(value));
  } else {
    fmt::format_to(std::back_inserter(text), "{:.7g}", value);
  }
  out.append({text.data(), text.size()});
}

}  // namespace pxq::html
