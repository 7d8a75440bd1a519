// Want, where rows come from a file or become one that is read again: snapshots, growing ones,
// recordings. And where an address is a name, what the look-up of names needs.

#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "fake/seeds.h"
#include "growing_world.h"
#include "mounted_file.h"
#include "torture_errand.h"

// A sanitizer has an allocator and an end of its own.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

namespace pxq::app {
namespace {

constexpr int64_t kStep = 5 * kMinuteNs;

World small_world() {
  World world;
  world.table = "ticks";
  world.nodes.resize(2);
  for (int64_t id = 0; id < 60; ++id) {
    Store& node = world.nodes[static_cast<size_t>(id % 2)];
    const int64_t time = kThen + id * 4'500'000'003;
    node.rows.push_back({time, time, static_cast<size_t>(id % 2), id});
    node.capacity = node.rows.size();
  }
  world.now_ns = world.clock_ns = kThen + kStep;
  return world;
}

const World& cluster() {
  static const World world = small_world();
  return world;
}

bool is_snapshot(const std::string& bytes) {
  const Session session;
  session.home().write("s.pxsnap", bytes);
  const auto told = fake::run(session.command({"tables", "--local=s.pxsnap", "-o", "csv"}));
  return told.status() == 0 && count(told.out, "ticks,") == 1;
}

/// What the runs need, made by the same program while it lacks nothing.
struct Kept {
  std::string snapshot;
  std::string recording;
};

const Kept& kept() {
  static const Kept made = [] {
    const Session session;
    const fake::Vizier vizier(answer_growing(cluster()));
    REQUIRE(fake::run(session.command({"snapshot", "--addr", vizier.address(), "--insecure",
                                       "--since", "5m", "-o", "s.pxsnap"}))
                .status() == 0);
    const fake::Vizier other(whole());
    REQUIRE(fake::run(session.run_at(other.address(), {"--record", "r.pxrec"})).status() == 0);
    return Kept{session.home().read("s.pxsnap"), session.home().read("r.pxrec")};
  }();
  return made;
}

std::vector<Errand> errands() {
  const std::vector<std::string> limits = {"--timeout", "3s"};
  const auto limited_to = [&](std::vector<std::string> words) {
    words.insert(words.end(), limits.begin(), limits.end());
    return words;
  };
  const std::string rows =
      "import px\npx.display(px.DataFrame('ticks')[['time_', 'id']], 'ticks')\n";
  return {
      {.name = "a snapshot",
       .words = limited_to({"snapshot", "--addr", "{addr}", "--insecure", "--since", "5m", "-o",
                            "out.pxsnap", "--force", "--connect-timeout", "1s"}),
       .file = "out.pxsnap",
       .old = "old\n",
       .server = answer_growing(cluster()),
       .is_whole = is_snapshot},
      {.name = "rows of a snapshot",
       .words = limited_to({"run", "--local=s.pxsnap", "-e", rows, "-o", "csv"}),
       .files = {{"s.pxsnap", kept().snapshot}}},
      {.name = "Parquet of a snapshot",
       .words = limited_to({"run", "--local=s.pxsnap", "-e", rows, "-o", "out.parquet"}),
       .file = "out.parquet",
       .files = {{"s.pxsnap", kept().snapshot}},
       .is_whole =
           [](const std::string& now) { return now.starts_with("PAR1") && now.ends_with("PAR1"); }},
      {.name = "the tables of a snapshot",
       .words = {"tables", "--local=s.pxsnap", "-o", "csv"},
       .files = {{"s.pxsnap", kept().snapshot}}},
      {.name = "a replay",
       .words = {"replay", "r.pxrec", "-o", "csv"},
       .files = {{"r.pxrec", kept().recording}}},
      {.name = "a replay into a file",
       .words = {"replay", "r.pxrec", "-o", "out.csv", "--force"},
       .file = "out.csv",
       .old = "old\n",
       .files = {{"r.pxrec", kept().recording}},
       .is_whole = [](const std::string& now) { return now == "a\n1\n2\n"; }},
      {.name = "a name",
       .words = limited_to({"run", "-e", "import px", "--addr", "localhost:{port}", "--insecure",
                            "--connect-timeout", "1s", "-o", "csv"})},
  };
}

TEST_CASE("R04 wherever memory ends, stored rows are read or kept whole, or a sentence says why") {
  for (const Errand& errand : errands()) exhaust_memory(errand, 3);
}

TEST_CASE("R04 stored rows at every allocation", "[.sweep]") {
  for (const Errand& errand : errands()) {
    DYNAMIC_SECTION(errand.name) {
      const size_t runs = exhaust_memory(errand, 1'000'000);
      WARN(errand.name << ": " << runs << " runs");
    }
  }
}

std::vector<std::string> all_groups() {
  return {"socket", "wait", "thread", "mapping", "file", "disk", "names"};
}

TEST_CASE("R05 whatever call fails, stored rows are read or kept whole, or a sentence says why") {
  const std::string group = GENERATE(from_range(all_groups()));
  for (const Errand& errand : errands()) refuse_calls(errand, group, 3, false);
}

TEST_CASE("R05 stored rows at every call, once and from then on", "[.sweep]") {
  const std::string group = GENERATE(from_range(all_groups()));
  for (const Errand& errand : errands()) {
    DYNAMIC_SECTION(errand.name) { refuse_calls(errand, group, 1'000'000, true); }
  }
}

TEST_CASE("R05 whatever memory a process may have, stored rows are whole or a sentence is said") {
  for (const Errand& errand : errands()) {
    const Run run(errand);
    for (int64_t megabytes = 6; megabytes < 110; megabytes += 26) {
      run.suffer("--data=" + std::to_string(megabytes * 1'000'000));
    }
  }
}

TEST_CASE("R05 stored rows with any memory", "[.sweep]") {
  for (const Errand& errand : errands()) {
    const Run run(errand);
    for (int64_t half_megabytes = 2; half_megabytes < 260; ++half_megabytes) {
      run.suffer("--data=" + std::to_string(half_megabytes * 500'000));
    }
  }
}

void fill_disk(const std::vector<int64_t>& at) {
  for (const Errand& errand : errands()) {
    if (errand.file.empty()) continue;
    const Run run(errand);
    for (const int64_t bytes : at) run.suffer("--fsize=" + std::to_string(bytes));
  }
}

TEST_CASE("L03 a disk that is full at byte N leaves the old snapshot or a whole one") {
  fill_disk({0, 1, 300, 1500, 4096});
}

TEST_CASE("L03 the same at every byte up to some thousands", "[.sweep]") {
  std::vector<int64_t> all;
  for (int64_t bytes = 0; bytes < 4000; bytes += 7) all.push_back(bytes);
  fill_disk(all);
}

/// A growing snapshot whose second run is refused something: what is there is whole, and the third
/// run brings each row once.
class GrowingInWant {
 public:
  GrowingInWant() {
    grown_.start = [this](const fake::Command& command) {
      return forks_.run(command, {.group = "none", .number = -1});
    };
    grown_.world() = cluster();
    const auto first = grown_.run(kThen + kStep / 2);
    INFO(first.err);
    REQUIRE(first.status() == 0);
    grown_.flags = {"--timeout", "3s", "--connect-timeout", "1s"};
    copy(grown_.dir(), first_);
    for (const WorldRow& row : cluster().held()) all_[{row.time_ns, row.id}] = 1;
  }

  /// Those that are its own: at most so many, spread over all; or every Nth, from one by chance on.
  std::vector<int64_t> numbers(const std::string& group, int64_t most) {
    const auto [first, end] = range(group);
    return spread(first, end, most);
  }
  std::vector<int64_t> each(int64_t step) {
    const auto [first, end] = range("memory");
    std::vector<int64_t> numbers;
    const auto offset = static_cast<int64_t>(fake::seeds(1)[0] % static_cast<uint64_t>(step));
    for (int64_t at = first + offset; at < end; at += step) numbers.push_back(at);
    return numbers;
  }

  void suffer(const Torment& torment) {
    const fake::ProcessResult result = second(torment);
    INFO("from main() on, " << torment.orders() << " (" << forks_.failed() << "): " << result.err);
    check_end(result);
    if (!seen_.insert(tree()).second) return;
    for (const std::string& name : grown_.segments()) {
      if (result.status() == 0) break;  // all of them are asked below
      if (name.ends_with(".pxsnap")) CHECK_FALSE(grown_.cells(name).empty());
    }
    const fake::ProcessResult next = grown_.run(kThen + 2 * kStep);
    INFO(next.err);
    CHECK(next.status() == 0);
    CHECK((grown_.cells() == all_));
  }

 private:
  static void copy(const fake::TempDir& from, const fake::TempDir& to) {
    for (const std::string name : {"kept", "state", "summary.json"}) {
      std::filesystem::remove_all(to.path(name));
      std::filesystem::copy(from.path(name), to.path(name),
                            std::filesystem::copy_options::recursive);
    }
  }

  /// All that the next run goes by: a lock tells who held it, and a summary when it was.
  std::map<std::string, std::string> tree() const {
    std::map<std::string, std::string> files;
    for (const std::string& name : grown_.dir().list()) {
      if (!std::filesystem::is_regular_file(grown_.dir().path(name))) continue;
      if (name == "summary.json" || name.ends_with(".lock")) continue;
      files[name] = grown_.dir().read(name);
    }
    return files;
  }

  std::pair<int64_t, int64_t> range(const std::string& group) {
    const auto result = second({.group = group, .number = -1});
    INFO(result.err);
    REQUIRE(result.status() == 0);
    const int64_t end = forks_.calls();
    return {group == "memory" ? common_allocations(forks_) : 0, end};
  }

  fake::ProcessResult second(const Torment& torment) {
    copy(first_, grown_.dir());
    return forks_.run(grown_.command(kThen + kStep), torment);
  }

  Forks forks_;
  KeptCluster grown_;
  fake::TempDir first_;  // what is there after the first run
  Cells all_;
  std::set<std::map<std::string, std::string>> seen_;  // what was looked at need not be again
};

/// How many runs that were.
size_t grow_in_want(const std::string& group, int64_t most, bool goes_on) {
  GrowingInWant grown;
  const std::vector<int64_t> numbers = grown.numbers(group, most);
  for (const int64_t number : numbers) {
    grown.suffer({.group = group, .number = number, .goes_on = goes_on});
  }
  return numbers.size();
}

TEST_CASE("R04 a growing snapshot that is refused something has each row once with the next run") {
  for (const std::string group : {"memory", "file", "disk", "thread", "socket"}) {
    grow_in_want(group, 3, false);
  }
}

// Half of them are OpenSSL's tables, made as it begins. It goes on without what it is refused
// there, so that the run ends well and needs a whole look: all of them take long.
TEST_CASE("R04 a growing snapshot at every eleventh allocation, from one by chance on",
          "[.sweep]") {
  for (const bool goes_on : {false, true}) {
    GrowingInWant grown;
    const std::vector<int64_t> numbers = grown.each(11);
    for (const int64_t number : numbers) {
      grown.suffer({.group = "memory", .number = number, .goes_on = goes_on});
    }
    WARN((goes_on ? "from there on: " : "once: ")
         << numbers.size() << " runs, from " << numbers.at(0) << " to " << numbers.back());
  }
}

TEST_CASE("R04 a growing snapshot at every call", "[.sweep]") {
  const std::string group =
      GENERATE(as<std::string>(), "file", "disk", "thread", "socket", "mapping");
  for (const bool goes_on : {false, true}) {
    const size_t runs = grow_in_want(group, 1'000'000, goes_on);
    WARN(group << (goes_on ? ", from there on: " : ", once: ") << runs << " runs");
  }
}

TEST_CASE(
    "N03 whatever is in the place of resolv.conf, a name is found or told as one that is not") {
  const fake::TempDir dir;
  if (!can_mount(dir)) return;
  const fake::Vizier vizier(whole());
  std::string endless;
  for (int i = 0; i < 20'000; ++i) endless += "nameserver 127.0.0.1\nsearch a.test\n";
  const std::vector<std::string> files = {
      "",
      std::string(5000, '\0'),
      "nameserver 256.1.1.1\nnameserver\noptions timeout:999999 attempts:-1\n",
      "nameserver ::1%nowhere\nsearch " + std::string(3000, 'x') + "\n",
      endless,
  };
  for (const std::string& text : files) {
    const std::string file = dir.write("resolv.conf", text);
    const Session session;
    const auto known = fake::run(with_file(
        session.run_at("localhost:" + std::to_string(vizier.port())), "/etc/resolv.conf", file));
    session.check(known, {.out = kWholeRows});
    const auto unknown =
        fake::run(with_file(session.run_at("vizier.invalid:1", {"--connect-timeout", "700ms"}),
                            "/etc/resolv.conf", file));
    session.check(unknown, {5, "", {"vizier.invalid"}});
  }
}

}  // namespace
}  // namespace pxq::app

#endif
