#include "text/measure.h"

#include <cmath>
#include <span>

#include "text/number.h"

namespace pxq {
namespace {

struct Unit {
  double size;  // in the wire's unit
  std::string_view name;
  size_t width;
};

// From small to large.
constexpr Unit kDurations[] = {{1, "ns", 2},     {1e3, "µs", 2},   {1e6, "ms", 2},   {1e9, "s", 1},
                               {60e9, "min", 3}, {3600e9, "h", 1}, {86400e9, "d", 1}};
constexpr Unit kBytes[] = {{1, "B", 1},        {0x1p10, "KiB", 3}, {0x1p20, "MiB", 3},
                           {0x1p30, "GiB", 3}, {0x1p40, "TiB", 3}, {0x1p50, "PiB", 3},
                           {0x1p60, "EiB", 3}};
constexpr Unit kPercents[] = {{0.01, "%", 1}};
constexpr Unit kRates[] = {{1e-9, "/s", 2}, {1e-6, "k/s", 3}, {1e-3, "M/s", 3}, {1, "G/s", 3}};
constexpr Unit kBytesRates[] = {{1e-9, "B/s", 3},
                                {0x1p10 * 1e-9, "KiB/s", 5},
                                {0x1p20 * 1e-9, "MiB/s", 5},
                                {0x1p30 * 1e-9, "GiB/s", 5},
                                {0x1p40 * 1e-9, "TiB/s", 5}};

std::span<const Unit> units_of(Quantity quantity) {
  switch (quantity) {
    case Quantity::kDuration: return kDurations;
    case Quantity::kBytes: return kBytes;
    case Quantity::kPercent: return kPercents;
    case Quantity::kRate: return kRates;
    case Quantity::kBytesRate: break;
  }
  return kBytesRates;
}

const Unit& unit_for(std::span<const Unit> units, double typical) {
  const Unit* best = &units.front();
  for (const Unit& unit : units) {
    if (unit.size <= typical) best = &unit;
  }
  return *best;
}

}  // namespace

std::optional<Quantity> quantity_of(SemanticType semantic) {
  switch (semantic) {
    case SemanticType::kDurationNs: return Quantity::kDuration;
    case SemanticType::kBytes: return Quantity::kBytes;
    case SemanticType::kPercent: return Quantity::kPercent;
    case SemanticType::kThroughputPerNs: return Quantity::kRate;
    case SemanticType::kThroughputBytesPerNs: return Quantity::kBytesRate;
    default: return std::nullopt;
  }
}

Measure::Measure(Quantity quantity, double typical, bool whole) {
  const std::span<const Unit> units = units_of(quantity);
  const Unit& unit = unit_for(units, typical);
  const bool smallest = &unit == &units.front();
  per_unit_ = unit.size;
  decimals_ = typical < 10 * unit.size && typical > 0 ? 2 : 1;
  if (smallest && whole && unit.size >= 1) decimals_ = 0;
  smallest_ = std::pow(10.0, -decimals_);
  unit_ = unit.name;
  unit_width_ = unit.width;
}

size_t Measure::append(double value, TextBuffer& out) const {
  const size_t start = out.size();
  double scaled = value / per_unit_;
  if (scaled != 0 && std::abs(scaled) < smallest_ / 2) {
    out.append(scaled > 0 ? "<" : ">");
    scaled = std::copysign(smallest_, scaled);
  }
  if (scaled == 0) scaled = 0;  // no negative zero for people
  out.advance_to(write_fixed(out.reserve(kFixedSize), scaled, decimals_));
  out.push_back(' ');
  const size_t number_width = out.size() - start;
  out.append(unit_);
  return number_width + unit_width_;
}

std::string_view unit_word(DataType type, SemanticType semantic) {
  if (semantic == SemanticType::kTimeNs || type == DataType::kTime64Ns) return "time";
  switch (semantic) {
    case SemanticType::kDurationNs: return "duration";
    case SemanticType::kBytes: return "bytes";
    case SemanticType::kPercent: return "percent";
    case SemanticType::kThroughputPerNs: return "rate";
    case SemanticType::kThroughputBytesPerNs: return "bytes/s";
    case SemanticType::kQuantiles: return "quantiles";
    case SemanticType::kDurationNsQuantiles: return "duration";
    case SemanticType::kUpid: return "upid";
    case SemanticType::kScriptReference: return "script";
    default: break;
  }
  switch (type) {
    case DataType::kBoolean: return "bool";
    case DataType::kInt64: return "int64";
    case DataType::kUint128: return "uint128";
    case DataType::kFloat64: return "float64";
    case DataType::kString: return "string";
    default: return "unknown";
  }
}

}  // namespace pxq
