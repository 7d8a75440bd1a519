#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>

#include "local/data/demo/journey.h"
#include "local/data/demo/shop.h"
#include "local/data/demo/traffic.h"

namespace pxq::local::demo {

/// All of the demo, as its tables share it.
struct World {
  World(uint64_t seed, double scale, int64_t past)
      : shop(seed), journeys(shop, scale), traffic(shop, journeys), past_ns(past) {}

  Shop shop;
  Journeys journeys;
  Traffic traffic;
  int64_t past_ns;  // how far back rows are kept

  /// The part of a window in which rows are.
  TimeWindow window(const ScanRequest& request) const {
    const int64_t first = std::max(kOpening, request.now_ns - past_ns);
    return {std::max(request.window.start_ns, first),
            std::min(request.window.end_ns, request.now_ns)};
  }
};

using WorldPtr = std::shared_ptr<const World>;

}  // namespace pxq::local::demo
