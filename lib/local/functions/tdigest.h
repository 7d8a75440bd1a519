#pragma once

#include <cstddef>
#include <vector>

namespace pxq::local {

/// A sketch of a distribution (Dunning's merging t-digest): at most about kCompression weighted
/// means, fine at both ends. Exact up to some 600 values; NaN is not counted.
class TDigest {
 public:
  void add(double value);

  /// The value below which a share q (0 to 1) of the values lies, interpolated; NaN when empty.
  double quantile(double q);

 private:
  static constexpr double kCompression = 1000;

  struct Centroid {
    double mean;
    double weight;
  };

  void compress();

  std::vector<Centroid> centroids_;  // by mean
  std::vector<double> pending_;      // values that are in no centroid yet
  double min_ = 0;
  double max_ = 0;
};

}  // namespace pxq::local
