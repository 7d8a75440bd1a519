#pragma once

#include <chrono>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "session.h"

namespace pxq::app {

using nlohmann::json;

inline constexpr int64_t kSecondNs = 1'000'000'000;
inline constexpr int64_t kMinuteNs = 60 * kSecondNs;

inline int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

/// A row of the table that exports are told with: the moment of an event and its number.
struct Event {
  int64_t time_ns = 0;
  int64_t id = 0;

  auto operator<=>(const Event&) const = default;
};

/// Long enough ago for any lag.
inline const int64_t kThen = now_ns() - 3600 * kSecondNs;

inline std::vector<Event> three_events() { return {{kThen, 1}, {kThen + 5, 2}, {kThen + 9, 3}}; }

inline std::vector<Event> three_and(const Event& fourth) {
  std::vector<Event> events = three_events();
  events.push_back(fourth);
  return events;
}

inline fake::Table events_table(std::string_view name = "events") {
  return fake::Table(name).time("time_").int64("id");
}

inline fake::Batch events_batch(const fake::Table& table, const std::vector<Event>& events) {
  std::vector<int64_t> times;
  std::vector<int64_t> ids;
  for (const Event& event : events) {
    times.push_back(event.time_ns);
    ids.push_back(event.id);
  }
  return table.batch().time(times).int64(ids);
}

/// A stream that is whole and holds these events.
inline fake::Script holding(const std::vector<Event>& events) {
  const fake::Table table = events_table();
  return fake::Script()
      .send(table.metadata())
      .send(events_batch(table, events))
      .send(table.end())
      .send(fake::stats());
}

/// The same, but the events wait for the gate "go".
inline fake::Script holding_back(const std::vector<Event>& events) {
  const fake::Table table = events_table();
  return fake::Script()
      .send(table.metadata())
      .wait("go")
      .send(events_batch(table, events))
      .send(table.end())
      .send(fake::stats());
}

/// A job as cron runs it: always the same words, but for the time that the server is at, which is
/// made by a lag that reaches back to it.
class CronJob {
 public:
  explicit CronJob(const std::string& address) : address_(address) {}

  const fake::TempDir& dir() const { return dir_; }
  const Session& session() const { return session_; }
  std::string to = "{table}-{start}.csv";
  std::vector<std::string> flags = {};
  std::string script = "import px";

  fake::Command command(int64_t lag_ms = 0, const std::string& overlap = "60s") const {
    std::vector<std::string> words = {"export",    "-e",
                                      script,      "--addr",
                                      address_,    "--insecure",
                                      "--to",      dir_.path(to),
                                      "--state",   dir_.path("state"),
                                      "--summary", dir_.path("summary.json"),
                                      "--lag",     std::to_string(lag_ms) + "ms",
                                      "--overlap", overlap,
                                      "-q"};
    // A database keeps times as they are.
    if (!to.ends_with(".sqlite")) words.insert(words.end(), {"--time-format", "unix_ns"});
    words.insert(words.end(), flags.begin(), flags.end());
    return session_.command(std::move(words));
  }

  fake::ProcessResult run(int64_t lag_ms = 0, const std::string& overlap = "60s") const {
    return fake::run(command(lag_ms, overlap));
  }

  json summary() const { return json::parse(dir_.read("summary.json"), nullptr, false); }

  /// All rows in all files that were exported, without the headers.
  std::multiset<std::string> rows() const {
    std::multiset<std::string> found;
    for (const std::string& name : dir_.list()) {
      if (!name.ends_with(".csv")) continue;
      std::ifstream file(dir_.path(name));
      std::string line;
      for (std::getline(file, line); std::getline(file, line);) found.insert(line);
    }
    return found;
  }

 private:
  Session session_;
  fake::TempDir dir_;
  std::string address_;
};

inline std::multiset<std::string> lines_of(const std::vector<Event>& events) {
  std::multiset<std::string> lines;
  for (const Event& event : events) {
    lines.insert(std::to_string(event.time_ns) + "," + std::to_string(event.id));
  }
  return lines;
}

}  // namespace pxq::app
