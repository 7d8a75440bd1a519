#include "local/data/stored/stored.h"

#include <fmt/format.h>

#include <utility>

namespace pxq::local {

void be_without_state(const std::string& what, DataSet& data) {
  ClusterParts nothing;
  nothing.is_elsewhere = true;
  const auto state = std::make_shared<const ClusterState>(std::move(nothing));
  data.cluster = [state](int64_t) { return state; };
  data.gap = std::make_shared<StateGap>();
  data.gap->note = fmt::format(
      "{} holds rows and no state of a cluster: names of pods, services and the like are empty",
      what);
}

}  // namespace pxq::local
