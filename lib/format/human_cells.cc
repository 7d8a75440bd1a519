#include "format/human_cells.h"

#include <utility>

#include "format/structured_text.h"
#include "text/measure.h"
#include "text/number.h"
#include "text/time_text.h"
#include "text/visible.h"

namespace pxq {
namespace {

template <typename Values, typename Write, typename Judge>
class TypedHumanCells final : public HumanCells {
 public:
  TypedHumanCells(Write how, Judge judge) : write_(std::move(how)), judge_(judge) {}

  void bind(const Column& column) override { values_ = std::get_if<Values>(&column)->data(); }
  size_t write(size_t row, TextBuffer& out) override { return write_(values_[row], out); }
  Role role(size_t row) const override { return judge_(values_[row]); }

 private:
  Write write_;
  Judge judge_;
  const typename Values::value_type* values_ = nullptr;
};

template <typename Values, typename Write, typename Judge>
std::unique_ptr<HumanCells> judged_cells(Write write, Judge judge) {
  return std::make_unique<TypedHumanCells<Values, Write, Judge>>(std::move(write), judge);
}

template <typename Values, typename Write>
std::unique_ptr<HumanCells> cells(Write write) {
  return judged_cells<Values>(std::move(write), [](const auto&) { return Role::kPlain; });
}

/// Values past which a cell is coloured, in the wire's unit; the thresholds of Pixie's own CLI.
struct Thresholds {
  double warning = 0;
  double bad = 0;

  Role operator()(double value) const {
    if (bad == 0 || value <= warning) return Role::kPlain;
    return value <= bad ? Role::kWarning : Role::kBad;
  }
};

Thresholds thresholds_of(const ColumnInfo& column) {
  if (column.semantic == SemanticType::kDurationNs && column.name.starts_with("latency")) {
    return {.warning = 200e6, .bad = 400e6};
  }
  if (column.semantic == SemanticType::kPercent && column.name.starts_with("cpu")) {
    return {.warning = 0.7, .bad = 0.8};
  }
  return {};
}

Role http_status_role(int64_t status) { return status >= 400 ? Role::kBad : Role::kPlain; }

/// What the cells of a measured column are made by.
struct Measuring {
  const Magnitudes& magnitudes;
  Alignment alignment;
};

template <typename Values>
std::unique_ptr<HumanCells> measured(const ColumnInfo& column, Quantity quantity,
                                     const Measuring& by) {
  const bool whole = column.type == DataType::kInt64;
  return judged_cells<Values>(
      [measure = Measure(quantity, by.magnitudes, whole),
       aligned = by.alignment == Alignment::kUnits](auto value, TextBuffer& out) {
        const auto number = static_cast<double>(value);
        return aligned ? measure.append_aligned(number, out) : measure.append(number, out);
      },
      [limits = thresholds_of(column)](auto value) { return limits(static_cast<double>(value)); });
}

size_t append_civil(TimeText& text, Time64 time, const TimeZone& zone, TextBuffer& out) {
  out.advance_to(text.write_civil(out.reserve(TimeText::kCivilSize), time, zone));
  return TimeText::kCivilSize;
}

size_t append_number(int64_t value, TextBuffer& out) {
  const size_t start = out.size();
  out.advance_to(write_int64(out.reserve(kInt64Size), value));
  return out.size() - start;
}

std::unique_ptr<HumanCells> make_whole_numbers(const ColumnInfo& column, const Measuring& by,
                                               const TimeZone& zone) {
  if (column.semantic == SemanticType::kTimeNs) {
    return cells<Int64Column>([text = TimeText(), &zone](int64_t ns, TextBuffer& out) mutable {
      return append_civil(text, Time64{ns}, zone, out);
    });
  }
  if (const auto quantity = quantity_of(column.semantic)) {
    return measured<Int64Column>(column, *quantity, by);
  }
  if (column.semantic == SemanticType::kHttpRespStatus) {
    return judged_cells<Int64Column>(append_number, http_status_role);
  }
  return cells<Int64Column>(append_number);
}

std::unique_ptr<HumanCells> make_real_numbers(const ColumnInfo& column, const Measuring& by) {
  if (const auto quantity = quantity_of(column.semantic)) {
    return measured<Float64Column>(column, *quantity, by);
  }
  return cells<Float64Column>([](double value, TextBuffer& out) {
    const size_t start = out.size();
    out.advance_to(write_double(out.reserve(kDoubleSize), value));
    return out.size() - start;
  });
}

std::unique_ptr<HumanCells> make_wide_numbers(SemanticType semantic) {
  if (semantic == SemanticType::kUpid) {
    return cells<Uint128Column>([](Uint128 value, TextBuffer& out) {
      const size_t start = out.size();
      out.advance_to(write_upid(out.reserve(kUpidSize), value));
      return out.size() - start;
    });
  }
  return cells<Uint128Column>([](Uint128 value, TextBuffer& out) {
    out.advance_to(write_uuid(out.reserve(kUuidSize), value));
    return kUuidSize;
  });
}

std::unique_ptr<HumanCells> make_strings(SemanticType semantic) {
  switch (semantic) {
    case SemanticType::kQuantiles: return cells<StringColumn>(append_quantiles);
    case SemanticType::kDurationNsQuantiles: return cells<StringColumn>(append_duration_quantiles);
    case SemanticType::kScriptReference: return cells<StringColumn>(append_script_label);
    default: return cells<StringColumn>(append_visible);
  }
}

}  // namespace

std::unique_ptr<HumanCells> make_human_cells(const ColumnInfo& column, const Magnitudes& magnitudes,
                                             const TimeZone& zone, Alignment alignment) {
  const Measuring by{magnitudes, alignment};
  switch (column.type) {
    case DataType::kBoolean:
      return cells<BooleanColumn>([](uint8_t value, TextBuffer& out) {
        const std::string_view text = value != 0 ? "true" : "false";
        out.append(text);
        return text.size();
      });
    case DataType::kUint128: return make_wide_numbers(column.semantic);
    case DataType::kFloat64: return make_real_numbers(column, by);
    case DataType::kString: return make_strings(column.semantic);
    case DataType::kTime64Ns:
      return cells<Time64Column>([text = TimeText(), &zone](Time64 time, TextBuffer& out) mutable {
        return append_civil(text, time, zone, out);
      });
    case DataType::kInt64:
    case DataType::kUnknown: break;
  }
  return make_whole_numbers(column, by, zone);
}

bool is_right_aligned(const ColumnInfo& column) {
  if (column.semantic == SemanticType::kTimeNs) return false;
  return column.type == DataType::kInt64 || column.type == DataType::kFloat64 ||
         column.type == DataType::kUnknown;
}

}  // namespace pxq
