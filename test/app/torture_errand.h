#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "torture.h"
#include "torture_forks.h"

namespace pxq::app {

/// A command and the file that it is to make, in a home that is each time the same.
struct Errand {
  std::string name;
  std::vector<std::string> words;  // {addr} stands for the server, {port} for its port
  std::string file = {};
  std::string old = {};                           // what was in the file before; empty: no file
  std::map<std::string, std::string> files = {};  // what else is in the home
  fake::Script server = whole();
  /// Whether what is in the file now is all that it should be, where that can be told.
  std::function<bool(const std::string& now)> is_whole = [](const std::string&) { return true; };
};

/// An errand that is run again and again.
class Run {
 public:
  explicit Run(Errand errand) : errand_(std::move(errand)) {
    for (std::string& word : errand_.words) {
      if (word == "{addr}") word = vizier_.address();
      const size_t port = word.find("{port}");
      if (port != std::string::npos) word.replace(port, 6, std::to_string(vizier_.port()));
    }
    const Session session;
    expected_ = fake::run(command(session));
    INFO(errand_.name << ": " << expected_.err);
    REQUIRE(expected_.status() == 0);
    if (!errand_.file.empty()) REQUIRE(session.home().has(errand_.file));
  }

  const std::string& name() const { return errand_.name; }

  int64_t calls(const std::string& group) const {
    const Session session;
    return calls_of(command(session), group);
  }

  /// Disturbed so, and what holds then.
  void suffer(const Torment& torment) const {
    const Session session;
    const Tormented run(command(session), torment);
    const fake::ProcessResult result = fake::run(run.command());
    INFO(errand_.name << ": " << torment.orders() << " (" << run.failed() << "): " << result.err);
    check(result, session);
  }

  /// The same of a run that is forked: its calls are counted from main() on.
  void suffer(Forks& forks, const Torment& torment) const {
    const Session session;
    const fake::ProcessResult result = forks.run(command(session), torment);
    INFO(errand_.name << ": from main() on, " << torment.orders() << " (" << forks.failed()
                      << "): " << result.err);
    check(result, session);
  }

  int64_t calls(Forks& forks, const std::string& group) const {
    const Session session;
    const fake::ProcessResult result = forks.run(command(session), {.group = group, .number = -1});
    INFO(result.err);
    REQUIRE(result.status() == 0);
    return forks.calls();
  }

  void suffer(const std::string& limit) const {
    const Session session;
    const fake::ProcessResult result = fake::run(limited(command(session), {limit}));
    INFO(errand_.name << ": " << limit << ": " << result.err);
    if (result.status() == kNotLoaded) return;
    check(result, session);
  }

 private:
  static constexpr int kNotLoaded = 127;  // the loader could not map the libraries

  fake::Command command(const Session& session) const {
    if (!errand_.old.empty()) session.home().write(errand_.file, errand_.old);
    for (const auto& [name, bytes] : errand_.files) session.home().write(name, bytes);
    return session.command(errand_.words);
  }

  void check(const fake::ProcessResult& result, const Session& session) const {
    check_end(result);
    CHECK(expected_.out.starts_with(result.out));
    CHECK((result.out.empty() || result.out.back() == '\n'));
    if (result.status() == 0) CHECK(result.out == expected_.out);
    if (errand_.file.empty()) return;
    const bool there = session.home().has(errand_.file);
    CHECK((there || (result.status() != 0 && errand_.old.empty())));
    if (!there) return;
    // A run that fails behind its last row may have left the new file.
    const std::string now = session.home().read(errand_.file);
    if (now == errand_.old && result.status() != 0) return;
    CHECK((now != errand_.old && errand_.is_whole(now)));
  }

  Errand errand_;
  const fake::Vizier vizier_{errand_.server};
  fake::ProcessResult expected_;
};

/// The allocations before main, which are the same in all runs.
inline int64_t common_allocations() {
  const Session session;
  return calls_of(session.command({"version"}), "memory");
}

/// The same from main() on: what the flags of all commands need, mostly.
inline int64_t common_allocations(Forks& forks) {
  const Session session;
  const auto result = forks.run(session.command({"version"}), {.group = "memory", .number = -1});
  REQUIRE(result.status() == 0);
  return forks.calls();
}

/// At so many of the allocations behind the common ones, once and from then on; how many runs that
/// were.
inline size_t exhaust_memory(const Errand& errand, int64_t most) {
  const Run run(errand);
  Forks forks;
  const int64_t first = common_allocations(forks);
  const std::vector<int64_t> numbers = spread(first, run.calls(forks, "memory"), most);
  for (const int64_t number : numbers) {
    for (const bool goes_on : {false, true}) {
      run.suffer(forks, Torment{.group = "memory", .number = number, .goes_on = goes_on});
    }
  }
  return 2 * numbers.size();
}

/// At so many of the calls of a group; with `goes_on`, from each of them on, too.
inline void refuse_calls(const Errand& errand, const std::string& group, int64_t most,
                         bool goes_on) {
  const Run run(errand);
  for (const int64_t number : spread(0, run.calls(group), most)) {
    run.suffer(Torment{.group = group, .number = number});
    // Interrupted for ever, a wait has no end.
    if (goes_on && group != "wait") {
      run.suffer(Torment{.group = group, .number = number, .goes_on = true});
    }
  }
}

}  // namespace pxq::app
