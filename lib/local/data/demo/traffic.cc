#include "local/data/demo/traffic.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "local/data/demo/content.h"

namespace pxq::local::demo {

Exchanged& Exchanged::operator+=(const Exchanged& other) {
  calls += other.calls;
  sent += other.sent;
  received += other.received;
  return *this;
}

Exchanged Exchanged::operator-(const Exchanged& other) const {
  return {calls - other.calls, sent - other.sent, received - other.received};
}

void Traffic::build() const {
  std::map<std::tuple<Tier, size_t, size_t, Protocol>, size_t> numbers;
  // Visits repeat after a round, so sums over one give those of any number of them.
  for (uint64_t visit = 0; visit < kRound; ++visit) {
    const Deal deal = deal_of(shop_.seed(), visit, visit);
    for (const Step& step : Journeys::steps(journeys_.kind(visit))) {
      const size_t client = journeys_.client_of(step, visit);
      const size_t server = journeys_.server_of(step, visit);
      const auto [entry, is_new] =
          numbers.try_emplace({step.client, client, server, step.protocol}, pairs_.size());
      if (is_new) {
        pairs_.push_back({step.client, step.server, client, server, step.protocol, {}, {{}}});
      }
      Pair& pair = pairs_[entry->second];
      const WireBytes bytes = wire_bytes(step, deal);
      Exchanged sum = pair.before.back();
      sum += {1, bytes.request, bytes.response};
      pair.visits.push_back(visit);
      pair.before.push_back(sum);
    }
  }
}

const std::vector<Traffic::Pair>& Traffic::pairs() const {
  std::call_once(once_, [this] { build(); });
  return pairs_;
}

Exchanged Traffic::before(const Pair& pair, uint64_t visit) {
  const auto rounds = static_cast<int64_t>(visit / kRound);
  const Exchanged& round = pair.before.back();
  Exchanged sum{round.calls * rounds, round.sent * rounds, round.received * rounds};
  const auto end = std::ranges::lower_bound(pair.visits, visit % kRound);
  sum += pair.before[static_cast<size_t>(end - pair.visits.begin())];
  return sum;
}

Exchanged Traffic::until(const Pair& pair, int64_t time_ns) const {
  return before(pair, visits_before(time_ns));
}

}  // namespace pxq::local::demo
