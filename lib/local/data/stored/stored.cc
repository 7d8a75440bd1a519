#include "local/data/stored/stored.h"

#include <fmt/format.h>

#include <utility>

#include "base/wall_clock.h"

namespace pxq::local {

void set_end(DataSet& data) {
  data.has_past = data.span.has_value();
  if (!data.span) {
    data.now = wall_clock_ns;
    return;
  }
  data.now = [now = data.span->end_ns] { return now; };
}

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
