#include "local/functions/tdigest.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <numeric>

namespace pxq::local {
namespace {

// A linear blend that stays between its ends, infinities included.
double blend(double low, double high, double share) {
  if (low == high || share <= 0) return low;
  if (share >= 1) return high;
  return std::clamp(low * (1 - share) + high * share, low, high);
}

/// Numbers that are in the order of the doubles, NaN left out: negative ones upside down.
uint64_t order_of(double value) {
  const auto bits = std::bit_cast<uint64_t>(value);
  return (bits >> 63) != 0 ? ~bits : bits | uint64_t{1} << 63;
}
double value_of(uint64_t order) {
  return std::bit_cast<double>((order >> 63) != 0 ? order & ~(uint64_t{1} << 63) : ~order);
}

constexpr size_t kDigits = 8;

/// Digit by digit, the lowest first: at the size of a digest's buffer twice as fast as comparing.
void sort_by_digits(std::vector<double>& values) {
  std::vector<uint64_t> orders(values.size());
  std::vector<uint64_t> sorted(values.size());
  std::array<std::array<uint32_t, 256>, kDigits> places{};
  for (size_t i = 0; i < values.size(); ++i) {
    orders[i] = order_of(values[i]);
    for (size_t digit = 0; digit < kDigits; ++digit) ++places[digit][orders[i] >> 8 * digit & 255];
  }
  for (size_t digit = 0; digit < kDigits; ++digit) {
    std::array<uint32_t, 256>& next = places[digit];
    // Magnitudes are alike, and small whole numbers end with zeros.
    if (next[orders.front() >> 8 * digit & 255] == values.size()) continue;
    std::exclusive_scan(next.begin(), next.end(), next.begin(), uint32_t{0});
    for (const uint64_t order : orders) sorted[next[order >> 8 * digit & 255]++] = order;
    orders.swap(sorted);
  }
  std::ranges::transform(orders, values.begin(), value_of);
}

void sort(std::vector<double>& values) {
  constexpr size_t kFew = 256;
  if (values.size() >= kFew) return sort_by_digits(values);
  std::ranges::sort(values);
}

}  // namespace

void TDigest::add(double value) {
  constexpr size_t kPending = 4096;
  if (std::isnan(value)) return;
  if (centroids_.empty() && pending_.empty()) min_ = max_ = value;
  min_ = std::min(min_, value);
  max_ = std::max(max_, value);
  pending_.push_back(value);
  if (pending_.size() >= kPending) compress();
}

// Neighbours merge while they stay within one step of the scale function, which is narrow near
// q = 0 and q = 1.
void TDigest::compress() {
  if (pending_.empty()) return;
  sort(pending_);
  const size_t known = centroids_.size();
  centroids_.reserve(known + pending_.size());
  for (const double value : pending_) centroids_.push_back({value, 1});
  pending_.clear();
  std::inplace_merge(centroids_.begin(), centroids_.begin() + static_cast<ptrdiff_t>(known),
                     centroids_.end(),
                     [](const Centroid& a, const Centroid& b) { return a.mean < b.mean; });
  double total = 0;
  for (const Centroid& centroid : centroids_) total += centroid.weight;

  // The sine of an angle that is a step further than that of which `sine` is.
  static const double kStepSine = std::sin(std::numbers::pi / kCompression);
  static const double kStepCosine = std::cos(std::numbers::pi / kCompression);
  const auto limit_after = [total](double weight) {
    const double sine = 2 * std::min(weight / total, 1.0) - 1;
    if (sine >= kStepCosine) return total;
    const double next = sine * kStepCosine + std::sqrt(1 - sine * sine) * kStepSine;
    return total * (next + 1) / 2;
  };

  size_t last = 0;
  double before = 0;  // the weight left of `last`
  double limit = limit_after(0);
  for (size_t i = 1; i < centroids_.size(); ++i) {
    Centroid& into = centroids_[last];
    const Centroid next = centroids_[i];
    const bool mixable =
        into.mean == next.mean || (std::isfinite(into.mean) && std::isfinite(next.mean));
    if (mixable && before + into.weight + next.weight <= limit) {
      into.weight += next.weight;
      into.mean = blend(into.mean, next.mean, next.weight / into.weight);
    } else {
      before += into.weight;
      limit = limit_after(before);
      centroids_[++last] = next;
    }
  }
  centroids_.resize(last + 1);
}

double TDigest::quantile(double q) {
  compress();
  if (centroids_.empty()) return std::numeric_limits<double>::quiet_NaN();
  if (centroids_.size() == 1) return centroids_.front().mean;
  double total = 0;
  for (const Centroid& centroid : centroids_) total += centroid.weight;

  // A centroid stands at the middle of its weight; the extremes stand at the ends.
  const double wanted = std::clamp(q, 0.0, 1.0) * total;
  double position = 0;
  double value = min_;
  double passed = 0;
  for (const Centroid& centroid : centroids_) {
    const double middle = passed + centroid.weight / 2;
    if (wanted < middle) {
      return blend(value, centroid.mean, (wanted - position) / (middle - position));
    }
    position = middle;
    value = centroid.mean;
    passed += centroid.weight;
  }
  return blend(value, max_, (wanted - position) / (total - position));
}

}  // namespace pxq::local
