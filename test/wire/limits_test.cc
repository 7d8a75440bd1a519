#include "wire/limits.h"

#include <atomic>
#include <future>
#include <optional>

#include <catch2/catch.hpp>

namespace pxq::wire {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShort{40};
constexpr std::chrono::seconds kPatience{20};

/// A watch whose actions are recorded.
struct Watched {
  explicit Watched(const TimeLimits& limits, bool is_connected = true)
      : connected(is_connected),
        watch(limits, MonotonicClock::now(),
              {[this] { return connected.load(); },
               [this](Ended reason) { expired.set_value(reason); },
               [this] { abandoned.set_value(); }, [this] { held.set_value(); }}) {}

  Ended wait() {
    auto future = expired.get_future();
    if (future.wait_for(kPatience) != std::future_status::ready) return Ended::kNot;
    return future.get();
  }

  std::atomic<bool> connected;
  std::promise<Ended> expired;
  std::promise<void> abandoned;
  std::promise<void> held;
  LimitWatch watch;
};

TEST_CASE("The first limit that passes is the one reported") {
  CHECK(Watched({.connect = kShort, .idle = kPatience, .total = kPatience}, false).wait() ==
        Ended::kConnect);
  CHECK(Watched({.connect = kPatience, .idle = kShort, .total = kPatience}).wait() == Ended::kIdle);
  CHECK(Watched({.connect = kPatience, .idle = kPatience, .total = kShort}).wait() ==
        Ended::kTotal);
}

TEST_CASE("A connection in time ends the connect limit") {
  Watched watched({.connect = kShort, .idle = kShort * 4, .total = {}}, true);
  CHECK(watched.wait() == Ended::kIdle);
}

TEST_CASE("Who is not there yet is not silent") {
  CHECK(Watched({.connect = kShort * 4, .idle = kShort, .total = {}}, false).wait() ==
        Ended::kConnect);
  CHECK(Watched({.connect = {}, .idle = kShort, .total = {}}, false).wait() == Ended::kIdle);
}

TEST_CASE("Stopping needs no limit") {
  Watched watched({.connect = {}, .idle = {}, .total = {}});
  watched.watch.stop();
  CHECK(watched.wait() == Ended::kStopped);
}

TEST_CASE("While reading is paused the server's silence does not count") {
  Watched watched({.connect = {}, .idle = kShort, .total = kShort * 4});
  watched.watch.pause(true);
  CHECK(watched.wait() == Ended::kTotal);
}

TEST_CASE("When reading goes on the server's silence counts again") {
  Watched watched({.connect = {}, .idle = kShort, .total = {}, .held = kShort});
  watched.watch.touch();
  watched.watch.pause(true);
  REQUIRE(watched.held.get_future().wait_for(kPatience) == std::future_status::ready);
  watched.watch.pause(false);
  CHECK(watched.wait() == Ended::kIdle);
}

TEST_CASE("A pause that lasts is told of once") {
  Watched watched({.connect = {}, .idle = {}, .total = kShort * 8, .held = kShort});
  watched.watch.pause(true);  // a second word would set the promise twice
  CHECK(watched.held.get_future().wait_for(kPatience) == std::future_status::ready);
  CHECK(watched.wait() == Ended::kTotal);
}

TEST_CASE("A call that hangs after its limit is abandoned") {
  Watched watched({.connect = {}, .idle = {}, .total = kShort});
  CHECK(watched.wait() == Ended::kTotal);
  CHECK(watched.abandoned.get_future().wait_for(kPatience) == std::future_status::ready);
}

TEST_CASE("A watch that goes in time does nothing") {
  { const LimitWatch watch({.total = kPatience}, MonotonicClock::now(), {}); }
  SUCCEED();
}

}  // namespace
}  // namespace pxq::wire
