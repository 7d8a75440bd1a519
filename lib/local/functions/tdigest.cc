#include "local/functions/tdigest.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace pxq::local {
namespace {

// A linear blend that stays between its ends, infinities included.
double blend(double low, double high, double share) {
  if (low == high || share <= 0) return low;
  if (share >= 1) return high;
  return std::clamp(low * (1 - share) + high * share, low, high);
}

}  // namespace

void TDigest::add(double value) {
  constexpr size_t kPending = 4096;
  if (std::isnan(value)) return;
  if (centroids_.empty()) min_ = max_ = value;
  min_ = std::min(min_, value);
  max_ = std::max(max_, value);
  centroids_.push_back({value, 1});
  if (centroids_.size() - merged_ >= kPending) compress();
}

// Neighbours merge while they stay within one step of the scale function, which is narrow near
// q = 0 and q = 1.
void TDigest::compress() {
  if (merged_ == centroids_.size()) return;
  std::sort(centroids_.begin(), centroids_.end(),
            [](const Centroid& a, const Centroid& b) { return a.mean < b.mean; });
  double total = 0;
  for (const Centroid& centroid : centroids_) total += centroid.weight;

  const auto limit_after = [total](double weight) {
    const double angle = std::asin(2 * std::min(weight / total, 1.0) - 1);
    const double next = std::min(angle + std::numbers::pi / kCompression, std::numbers::pi / 2);
    return total * (std::sin(next) + 1) / 2;
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
  merged_ = centroids_.size();
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
