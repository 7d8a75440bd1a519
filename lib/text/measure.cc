#include "text/measure.h"

#include <algorithm>
#include <cmath>

#include "text/number.h"

namespace pxq {

/// A unit's size in the wire's unit, its name, and the terminal cells that the name takes.
struct Measure::Unit {
  double size;
  std::string_view name;
  size_t width;
};

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

std::span<const Measure::Unit> Measure::units_of(Quantity quantity) {
  // From small to large.
  static constexpr Unit kDurations[] = {{1, "ns", 2},     {1e3, "µs", 2},   {1e6, "ms", 2},
                                        {1e9, "s", 1},    {60e9, "min", 3}, {3600e9, "h", 1},
                                        {86400e9, "d", 1}};
  static constexpr Unit kBytes[] = {{1, "B", 1},        {0x1p10, "KiB", 3}, {0x1p20, "MiB", 3},
                                    {0x1p30, "GiB", 3}, {0x1p40, "TiB", 3}, {0x1p50, "PiB", 3},
                                    {0x1p60, "EiB", 3}};
  static constexpr Unit kPercents[] = {{0.01, "%", 1}};
  static constexpr Unit kRates[] = {
      {1e-9, "/s", 2}, {1e-6, "k/s", 3}, {1e-3, "M/s", 3}, {1, "G/s", 3}};
  static constexpr Unit kBytesRates[] = {{1e-9, "B/s", 3},
                                         {0x1p10 * 1e-9, "KiB/s", 5},
                                         {0x1p20 * 1e-9, "MiB/s", 5},
                                         {0x1p30 * 1e-9, "GiB/s", 5},
                                         {0x1p40 * 1e-9, "TiB/s", 5}};
  switch (quantity) {
    case Quantity::kDuration: return kDurations;
    case Quantity::kBytes: return kBytes;
    case Quantity::kPercent: return kPercents;
    case Quantity::kRate: return kRates;
    case Quantity::kBytesRate: break;
  }
  return kBytesRates;
}

const Measure::Unit& Measure::unit_for(std::span<const Unit> units, double magnitude) {
  const Unit* best = &units.front();
  for (const Unit& unit : units) {
    if (unit.size > magnitude) break;
    best = &unit;
  }
  return *best;
}

Measure::Measure(Quantity quantity, const Magnitudes& magnitudes, bool whole)
    : units_(units_of(quantity)),
      // A range of a thousand in one unit would show zeros below or long numbers above.
      mixed_(units_.size() > 1 && magnitudes.most >= 1000 * magnitudes.least &&
             magnitudes.least > 0),
      whole_(whole),
      unit_(&unit_for(units_, magnitudes.typical)) {
  const double typical = magnitudes.typical;
  // Three digits are shown either way.
  decimals_ = typical < 10 * unit_->size && typical > 0 ? 2 : 1;
  if (unit_ == &units_.front() && whole && unit_->size >= 1) decimals_ = 0;
  if (!mixed_) {
    unit_width_ = unit_->width;
    return;
  }
  for (const Unit& unit : units_) {
    const bool used =
        unit.size <= magnitudes.most && unit.size >= unit_for(units_, magnitudes.least).size;
    if (used) unit_width_ = std::max(unit_width_, unit.width);
  }
}

size_t Measure::append(double value, TextBuffer& out) const { return put(value, out).whole; }

Measure::Width Measure::put(double value, TextBuffer& out) const {
  const size_t start = out.size();
  if (value == 0) {
    out.push_back('0');
    return {1, 1};
  }
  const Unit* unit = unit_;
  double scaled = value / unit->size;
  int decimals = decimals_;
  if (mixed_) {
    // 999.7 would be written as 1000: the next unit takes over from where rounding reaches it.
    unit = &unit_for(units_, std::abs(value) * (1000 / 999.5));
    scaled = value / unit->size;
    const double size = std::abs(scaled);
    decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
    if (unit == &units_.front() && whole_) decimals = 0;
  }
  // A table, since pow() would take more time than all digits of the number.
  static constexpr double kSmallest[] = {1, 0.1, 0.01};
  const double smallest = kSmallest[decimals];
  if (std::abs(scaled) < smallest / 2) {
    out.append(scaled > 0 ? "<" : ">");
    scaled = std::copysign(smallest, scaled);
  }
  out.advance_to(write_fixed(out.reserve(kFixedSize), scaled, decimals));
  const size_t number_width = out.size() - start;
  out.push_back(' ');
  out.append(unit->name);
  return {number_width, number_width + 1 + unit->width};
}

size_t Measure::append_aligned(double value, TextBuffer& out) const {
  // Cells of a single unit are aligned by that alone.
  const Width width = put(value, out);
  if (!mixed_ && value != 0) return width.whole;
  // Behind the number: a blank and the unit, or for zero as many blanks.
  const size_t wanted = width.number + 1 + unit_width_;
  if (width.whole >= wanted) return width.whole;
  out.append(wanted - width.whole, ' ');
  return wanted;
}

}  // namespace pxq
