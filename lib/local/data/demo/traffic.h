#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "local/data/demo/journey.h"
#include "local/data/table_source.h"

namespace pxq::local::demo {

/// What two pods have exchanged so far, as the one that asks sees it.
struct Exchanged {
  int64_t calls = 0;
  int64_t sent = 0;      // by the client
  int64_t received = 0;  // by the client

  Exchanged& operator+=(const Exchanged& other);
  Exchanged operator-(const Exchanged& other) const;
};

/// Who talks to whom over which protocol, and how much up to any moment. It counts the calls that
/// Journeys makes: contents repeat every kRound visits, so any number of them adds up at once.
class Traffic {
 public:
  struct Pair {
    Tier client_tier;
    Tier server_tier;
    size_t client;  // Call::kNobody for those that have no pod
    size_t server;
    Protocol protocol;
    std::vector<uint64_t> visits;   // of a round, that make a call here
    std::vector<Exchanged> before;  // one more than visits: what those before exchanged
  };

  Traffic(const Shop& shop, const Journeys& journeys) : shop_(shop), journeys_(journeys) {}
  Traffic(const Traffic&) = delete;
  Traffic& operator=(const Traffic&) = delete;

  const std::vector<Pair>& pairs() const;
  /// What a pair exchanged in the calls of visits that began before `time_ns`.
  Exchanged until(const Pair& pair, int64_t time_ns) const;
  /// The same for visits before a number: where many pairs are asked at one moment.
  static Exchanged before(const Pair& pair, uint64_t visit);
  uint64_t visits_before(int64_t time_ns) const {
    return journeys_.arrivals().count_before(time_ns);
  }

 private:
  void build() const;

  const Shop& shop_;
  const Journeys& journeys_;
  mutable std::once_flag once_;
  mutable std::vector<Pair> pairs_;
};

}  // namespace pxq::local::demo
