// A day of exports against a server that forgets, fails and has rows that come late.

#include <time.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "export_session.h"

namespace pxq::app {
namespace {

using fake::Script;
using fake::Vizier;

// A server on which rows arrive late and are forgotten after a while.
class ForgetfulServer {
 public:
  ForgetfulServer(uint64_t seed, int64_t start_ns, int64_t end_ns) : random_(seed) {
    for (int64_t time = start_ns, id = 0; time < end_ns; ++id) {
      time += between(1, 40) * kSecondNs;
      const int64_t delay = chance(10) ? between(30, 70) : between(0, 8);
      rows_.push_back({{time, id}, time + delay * kSecondNs});
      if (chance(20)) rows_.push_back(rows_.back());  // equal rows are rows of their own
    }
  }

  std::vector<Event> held(int64_t now, int64_t retention) const {
    std::vector<Event> rows;
    for (const auto& [event, arrival] : rows_) {
      if (arrival <= now && event.time_ns >= now - retention) rows.push_back(event);
    }
    return rows;
  }

  std::vector<Event> all_before(int64_t end, int64_t asked) const {
    std::vector<Event> rows;
    for (const auto& [event, arrival] : rows_) {
      if (event.time_ns < end && arrival <= asked) rows.push_back(event);
    }
    return rows;
  }

  int64_t between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(random_() % static_cast<uint64_t>(high - low + 1));
  }
  bool chance(int64_t percent) { return between(1, 100) <= percent; }

 private:
  struct Held {
    Event event;
    int64_t arrival_ns = 0;
  };

  std::mt19937_64 random_;
  std::vector<Held> rows_;
};

Script cut_after(const std::vector<Event>& events, size_t count, bool with_error) {
  const fake::Table table = events_table();
  Script script;
  script.send(table.metadata());
  const auto end = events.begin() + static_cast<std::ptrdiff_t>(std::min(count, events.size()));
  script.send(events_batch(table, {events.begin(), end}));
  return with_error ? script.finish(14, "the agent went away") : script.finish(0);
}

int64_t parse_rfc3339(const std::string& text) {
  struct tm parts = {};
  ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  return int64_t{::timegm(&parts)} * kSecondNs + std::stoll(text.substr(20, 9));
}

TEST_CASE("a day of cron: every row that was held is exported once, every loss is named") {
  const int64_t step = 30 * kMinuteNs;
  const int64_t day = 48 * step;
  const int64_t begin = now_ns() - day - step;
  ForgetfulServer server(GENERATE(20261123u, 7u), begin, begin + day);
  Vizier vizier;
  CronJob job(vizier.address());
  job.to = "{date}/{table}-{start}.csv";
  job.flags = {"--start", std::to_string(begin), "--retries", "0"};

  int64_t exported_to = begin;
  int64_t asked = begin;
  int failures = 0;
  std::vector<std::pair<int64_t, int64_t>> gaps;
  for (int64_t at = begin + step; at <= begin + day; at += step) {
    const bool off = at > begin + 20 * step && at < begin + 28 * step;  // longer than rows are held
    if (off) continue;
    const std::vector<Event> held = server.held(at, 3 * 60 * kMinuteNs);
    const bool cut = server.chance(20);
    vizier.answer_from_now_on(
        cut ? cut_after(held, static_cast<size_t>(server.between(0, 200)), server.chance(50))
            : holding(held));
    const int64_t lag_ms = (now_ns() - at + 30 * kSecondNs) / 1'000'000;
    const fake::ProcessResult result = job.run(lag_ms);
    INFO(result.err);
    REQUIRE((result.status() == 0) == !cut);
    const json summary = job.summary();
    REQUIRE(summary["exit"] == result.status());
    if (cut) {
      ++failures;
      continue;
    }
    asked = at;
    exported_to = parse_rfc3339(summary["window"]["end"]);
    for (const json& gap : summary["gaps"]) {
      gaps.emplace_back(parse_rfc3339(gap["from"]), parse_rfc3339(gap["to"]));
      CHECK((!gap["certain"] || count(result.err, "gone before") == 1));
    }
  }
  CHECK(failures > 2);
  CHECK_FALSE(gaps.empty());

  const std::multiset<std::string> exported = job.rows();
  std::multiset<std::string> expected;
  size_t lost = 0;
  for (const Event& event : server.all_before(exported_to, asked)) {
    const std::string line = *lines_of({event}).begin();
    const bool named = std::any_of(gaps.begin(), gaps.end(), [&](const auto& gap) {
      return event.time_ns >= gap.first && event.time_ns < gap.second;
    });
    if (named) {
      ++lost;
      CHECK(exported.count(line) == 0);
    } else {
      expected.insert(line);
    }
  }
  CHECK(lost > 0);
  std::vector<std::string> missing;
  std::set_difference(expected.begin(), expected.end(), exported.begin(), exported.end(),
                      std::back_inserter(missing));
  CHECK(missing == std::vector<std::string>{});
  std::vector<std::string> doubled;
  std::set_difference(exported.begin(), exported.end(), expected.begin(), expected.end(),
                      std::back_inserter(doubled));
  CHECK(doubled == std::vector<std::string>{});
}

}  // namespace
}  // namespace pxq::app
