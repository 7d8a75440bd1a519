#include "text/measure.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "text/number.h"

namespace pxq {

/// A unit's size in the wire's unit, and what stands behind a number for it.
struct Measure::Unit {
  /// `cells`: what the name takes in a terminal.
  constexpr Unit(double in_wire_units, std::string_view name, size_t cells)
      : size(in_wire_units), bytes(1 + name.size()), width(cells) {
    suffix.fill(' ');
    std::copy(name.begin(), name.end(), suffix.begin() + 1);
  }

  double size;
  std::array<char, kBlock> suffix{};  // a blank, the name, blanks
  size_t bytes;                       // of the suffix without the blanks behind
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

const Measure::Unit& Measure::scale(double& value, int& decimals) const {
  if (!mixed_) {
    value /= unit_->size;
    return *unit_;
  }
  // 999.7 would be written as 1000: the next unit takes over from where rounding reaches it.
  const Unit& unit = unit_for(units_, std::abs(value) * (1000 / 999.5));
  value /= unit.size;
  const double size = std::abs(value);
  decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  if (&unit == &units_.front() && whole_) decimals = 0;
  return unit;
}

// Whole blocks are stored, of which what counts is kept: cells have no time for single bytes.
size_t Measure::put(double value, size_t unit_width, TextBuffer& out) const {
  char* const start = out.reserve(kFixedSize + 1 + 2 * kBlock);
  if (value == 0) {
    std::memset(start, ' ', kBlock);
    *start = '0';
    const size_t width = unit_width == 0 ? 1 : 2 + unit_width;
    out.advance(width);
    return width;
  }
  int decimals = decimals_;
  const Unit& unit = scale(value, decimals);
  // A table, since pow() would take more time than all digits of the number.
  static constexpr double kSmallest[] = {1, 0.1, 0.01};
  const double smallest = kSmallest[decimals];
  char* end = start;
  if (std::abs(value) < smallest / 2) {
    *end++ = value > 0 ? '<' : '>';
    value = std::copysign(smallest, value);
  }
  end = write_fixed(end, value, decimals);
  const auto number = static_cast<size_t>(end - start);
  std::memcpy(end, unit.suffix.data(), kBlock);
  std::memset(end + kBlock, ' ', kBlock);
  const size_t blanks = std::max(unit_width, unit.width) - unit.width;
  out.advance_to(end + unit.bytes + blanks);
  return number + 1 + unit.width + blanks;
}

size_t Measure::append(double value, TextBuffer& out) const { return put(value, 0, out); }

size_t Measure::append_aligned(double value, TextBuffer& out) const {
  return put(value, unit_width_, out);
}

}  // namespace pxq
