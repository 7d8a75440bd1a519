#include "wire/retry.h"

#include <array>
#include <thread>

#include <catch2/catch.hpp>

#include "session.h"

namespace pxq::wire {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const Status kPassing = Status(Code::kServer, "x").with_retryable(true);

TEST_CASE("Pauses double, are chosen by chance and never longer than allowed") {
  RetryPolicy policy;
  policy.retries = 9;
  policy.longest_pause = seconds(4);
  double chance = 0;
  policy.chance = [&] { return chance; };
  const TimePoint start = MonotonicClock::now();
  Retrying retrying(policy, {}, true, start);
  chance = 1;
  for (const int expected : {500, 1000, 2000, 4000, 4000}) {
    CHECK(retrying.pause_after({kPassing}, start) == milliseconds(expected));
  }
  chance = 0;
  CHECK(retrying.pause_after({kPassing}, start) == Duration::zero());
}

TEST_CASE("K10 a fleet that fails at once comes back spread out") {
  constexpr size_t kHosts = 400;
  constexpr size_t kBins = 10;
  constexpr double kUnlikely = 60;  // chi-square of 9 degrees: one in a thousand million
  const RetryPolicy policy;
  const TimePoint start = MonotonicClock::now();
  std::array<size_t, kBins> bins = {};
  for (size_t host = 0; host < kHosts; ++host) {
    // Chance is a thread's own, as if it were another process.
    std::thread([&] {
      const auto pause = Retrying(policy, {}, true, start).pause_after({kPassing}, start);
      ++bins.at(static_cast<size_t>(*pause * kBins / policy.first_pause));
    }).join();
  }
  const double even = static_cast<double>(kHosts) / kBins;
  double chi_square = 0;
  for (const size_t count : bins) {
    chi_square += (static_cast<double>(count) - even) * (static_cast<double>(count) - even) / even;
  }
  CHECK(chi_square < kUnlikely);
}

TEST_CASE("Nothing is repeated that must not be") {
  const RetryPolicy policy;
  const TimePoint start = MonotonicClock::now();
  const auto again = [&](const FailedAttempt& attempt, bool repeatable = true) {
    return Retrying(policy, {}, repeatable, start).pause_after(attempt, start).has_value();
  };
  CHECK(again({kPassing}));
  CHECK_FALSE(again({kPassing}, false));
  CHECK_FALSE(again({.status = kPassing, .visible = true}));
  const Status lasting(Code::kServer, "x");
  CHECK_FALSE(again({lasting}));
  for (const Code code : {Code::kTimeout, Code::kInterrupted, Code::kAuth, Code::kOutput}) {
    const Status status = Status(code, "x").with_retryable(true);
    CHECK_FALSE(again({status}));
  }
}

TEST_CASE("What cannot be repeated is resumed where that is wanted, as often as retried") {
  RetryPolicy policy;
  policy.retries = 2;
  policy.chance = [] { return 1.0; };
  const TimePoint start = MonotonicClock::now();
  Retrying retrying(policy, {}, false, start);
  const Status cut = Status(Code::kIncomplete, "cut").with_retryable(true);
  const auto again = [&](Duration held) {
    return retrying.pause_after({.status = cut, .visible = true, .resumable = true, .held = held},
                                start);
  };
  CHECK(again(seconds(1)) == milliseconds(500));
  CHECK(again(seconds(1)) == milliseconds(1000));
  CHECK_FALSE(again(seconds(29)));
  SECTION("and anew after each stream that held") {
    for (int hour = 0; hour < 5; ++hour) CHECK(again(seconds(3600)) == milliseconds(500));
  }
  SECTION("and never after a failure that stays") {
    const Status lasting(Code::kIncomplete, "x");
    CHECK_FALSE(retrying.pause_after(
        {.status = lasting, .visible = true, .resumable = true, .held = seconds(99)}, start));
  }
}

TEST_CASE("A stream that held renews no retries of a run that is repeated") {
  const RetryPolicy policy;
  const TimePoint start = MonotonicClock::now();
  Retrying retrying(policy, {}, true, start);
  const FailedAttempt held{.status = kPassing, .held = seconds(99)};
  CHECK(retrying.pause_after(held, start));
  CHECK(retrying.pause_after(held, start));
  CHECK_FALSE(retrying.pause_after(held, start));
}

TEST_CASE("Retries stay inside the total limit") {
  RetryPolicy policy;
  policy.chance = [] { return 1.0; };
  const TimePoint start = MonotonicClock::now();
  Retrying retrying(policy, {.connect = {}, .idle = {}, .total = seconds(2)}, true, start);
  CHECK_FALSE(retrying.pause_after({kPassing}, start + milliseconds(1600)));
  CHECK(retrying.pause_after({kPassing}, start + milliseconds(1000)));
  CHECK(retrying.limits_left(start + milliseconds(1500)).total == milliseconds(500));
  CHECK(retrying.limits_left(start + seconds(9)).total > Duration::zero());
}

TEST_CASE("The connect limit is for all attempts to connect together") {
  RetryPolicy policy;
  policy.chance = [] { return 1.0; };
  const TimePoint start = MonotonicClock::now();
  const Status refused = Status(Code::kConnect, "refused").with_retryable(true);
  Retrying retrying(policy, {.connect = seconds(2), .idle = {}, .total = {}}, true, start);
  CHECK(retrying.limits_left(start + milliseconds(500)).connect == milliseconds(1500));
  CHECK(retrying.pause_after({refused}, start + milliseconds(100)));
  CHECK_FALSE(retrying.pause_after({refused}, start + milliseconds(1900)));
  SECTION("which begins anew once the server was heard") {
    CHECK(retrying.pause_after({.status = refused, .heard = true}, start + seconds(10)));
    CHECK(retrying.limits_left(start + seconds(11)).connect == seconds(2));
  }
  SECTION("and does not count what came before connecting, such as making a key") {
    retrying.connect_from(start + seconds(3));
    CHECK(retrying.limits_left(start + seconds(4)).connect == seconds(1));
    CHECK(retrying.pause_after({refused}, start + milliseconds(3900)));
  }
}

TEST_CASE("A run that failed unseen is repeated and the user sees one result") {
  const fake::Table t = numbers();
  fake::Vizier vizier;
  vizier.answer(fake::Script().send(t.metadata()).send(t.heartbeat()).finish(14, "cut"))
      .answer(fake::Script().finish(14, "not ready yet"))
      .answer(whole());
  Impatient session;
  std::vector<std::string> reasons;
  session.events.on_retry = [&](const Status& status) { reasons.push_back(status.message()); };
  const Summary summary = session.run(vizier.address());
  INFO(summary.status.message());
  CHECK(summary.status.ok());
  CHECK(session.sink.calls() == std::vector<std::string>{"begin t", "rows t 2", "rows t 0", "end"});
  CHECK(vizier.calls().size() == 3);
  CHECK(session.pauses == std::vector<Duration>{milliseconds(250), milliseconds(500)});
  REQUIRE(reasons.size() == 2);
  CHECK_THAT(reasons[1], Catch::Contains("not ready yet"));
}

TEST_CASE("After the first row nothing is repeated") {
  const fake::Table t = numbers();
  fake::Vizier vizier;
  vizier.answer(fake::Script().send(t.metadata()).send(t.batch().int64({1})).finish(14, "cut"))
      .answer(whole());
  Impatient session;
  CHECK(session.run(vizier.address()).status.code() == Code::kIncomplete);
  CHECK(session.rows() == 1);
  CHECK(vizier.calls().size() == 1);
}

TEST_CASE("A script with side effects is sent once") {
  fake::Vizier vizier(fake::Script().finish(14, "not ready yet"));
  for (const std::string text : {"import pxtrace\nimport px", "import px\npx.export(df, e)"}) {
    Impatient session;
    session.request.text = text;
    CHECK_FALSE(session.run(vizier.address()).status.ok());
    CHECK(session.pauses.empty());
  }
  Impatient session;
  session.request.otel_endpoint.emplace().url = "c:4317";
  CHECK_FALSE(session.run(vizier.address()).status.ok());
  CHECK(vizier.calls().size() == 3);
}

TEST_CASE("Retries end, with the last failure") {
  fake::Vizier vizier(fake::Script().finish(14, "not ready yet"));
  Impatient session;
  session.options.retry.retries = 3;
  CHECK_THAT(session.run(vizier.address()).status.message(), Catch::Contains("not ready yet"));
  CHECK(vizier.calls().size() == 4);
  CHECK(session.sink.calls() == std::vector<std::string>{"end"});
}

TEST_CASE("A stop during a pause ends the run") {
  fake::Vizier vizier(fake::Script().finish(14, "not ready yet"));
  Session session;
  std::stop_source stop;
  session.options.stop = stop.get_token();
  session.options.retry.chance = [] { return 1.0; };
  session.options.retry.first_pause = seconds(30);
  session.events.on_retry = [&](const Status&) { stop.request_stop(); };
  const TimePoint before = MonotonicClock::now();
  CHECK(session.run(vizier.address()).status.code() == Code::kInterrupted);
  CHECK(MonotonicClock::now() - before < seconds(10));
}

fake::Script pending(fake::pb::LifeCycleState state) {
  return fake::Script()
      .send(fake::mutation(14, "probe installation in progress", {{"p", state}}))
      .finish(14, "probe installation in progress");
}

struct Mutating : Impatient {
  std::vector<ProbeState::State> states;

  Mutating() {
    request.text = "import pxtrace\nimport px";
    request.mutation = true;
    events.on_probes = [this](const MutationInfo& info) {
      for (const ProbeState& probe : info.probes) states.push_back(probe.state);
    };
  }
};

TEST_CASE("A script that installs probes is asked again until they are there") {
  const fake::Table t = numbers();
  fake::Vizier vizier;
  vizier.answer(pending(fake::pb::PENDING_STATE))
      .answer(pending(fake::pb::RUNNING_STATE))
      .answer(pending(fake::pb::RUNNING_STATE))
      .answer(fake::Script()
                  .send(fake::mutation(0, "", {{"p", fake::pb::RUNNING_STATE}}))
                  .send(t.metadata())
                  .send(t.batch().int64({1}).eos())
                  .send(fake::stats()));
  Mutating session;
  const Summary summary = session.run(vizier.address());
  INFO(summary.status.message());
  CHECK(summary.status.ok());
  CHECK(session.rows() == 1);
  CHECK(session.pauses == std::vector<Duration>(3, seconds(5)));
  CHECK(session.states.size() == 4);
  CHECK(vizier.calls()[0].script_request().mutation());
}

TEST_CASE("A probe that failed ends the run at once and is named") {
  const auto state = GENERATE(fake::pb::FAILED_STATE, fake::pb::TERMINATED_STATE);
  fake::Vizier vizier(pending(state));
  Mutating session;
  const Summary summary = session.run(vizier.address());
  CHECK(summary.status.code() == Code::kServer);
  CHECK_THAT(summary.status.message(), Catch::Contains("'p'"));
  CHECK(session.pauses.empty());
}

TEST_CASE("Waiting for probes that the run's limit ends says so") {
  fake::Vizier vizier;
  vizier.answer(pending(fake::pb::PENDING_STATE)).answer(fake::Script().silence());
  Mutating session;
  SECTION("but not a server that fell silent") {
    session.options.limits.idle = milliseconds(100);
    CHECK_THAT(session.run(vizier.address()).status.message(), Catch::Contains("silent"));
    return;
  }
  session.options.limits.total = milliseconds(300);
  const Status status = session.run(vizier.address()).status;
  CHECK(status.code() == Code::kTimeout);
  CHECK_THAT(status.message(), Catch::Contains("probes were not ready within 0.3 s"));
}

TEST_CASE("Waiting for probes ends with the limit") {
  fake::Vizier vizier(pending(fake::pb::PENDING_STATE));
  Mutating session;
  session.options.retry.probe_limit = milliseconds(1);
  session.options.retry.wait = [](Duration, const std::stop_token&) { return true; };
  const Summary summary = session.run(vizier.address());
  CHECK(summary.status.code() == Code::kTimeout);
  CHECK_THAT(summary.status.hint(), Catch::Contains("--timeout"));
}

}  // namespace
}  // namespace pxq::wire
