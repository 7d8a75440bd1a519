// L11: a power cut at any moment. Every order in which the disk may have taken what was not synced
// yet is tried, also those that no usual file system has.

#include <catch2/catch.hpp>

#include "file/crash_states.h"
#include "file/file_set.h"
#include "file/journal.h"
#include "file/scratch_dir.h"
#include "output/sqlite.h"
#include "report/rows.h"

using namespace pxq;
using fake::CrashStates;
using fake::DiskState;
using fake::DiskTrace;
using fake::ScratchDir;

namespace {

enum class Found { kOld, kNew, kNeither };

/// Something that is written, and what a power cut may have made of it.
struct Story {
  std::function<void(const ScratchDir&)> before;
  std::function<int(const ScratchDir&)> work;
  /// What the next run does first.
  std::function<Status(const ScratchDir&)> recover;
  std::function<Found(const ScratchDir&)> look;
};

Found found(bool old_one, bool new_one) {
  if (old_one) return Found::kOld;
  return new_one ? Found::kNew : Found::kNeither;
}

struct Outcome {
  size_t states = 0;
  size_t bad = 0;        // neither old nor new
  size_t forgotten = 0;  // not new although the work had ended
};

/// Judges every state that a cut during the trace may leave.
Outcome judge(const ScratchDir& dir, const DiskTrace& trace, const Story& story, bool succeeded) {
  const CrashStates crash(trace);
  Outcome outcome;
  std::set<DiskState> seen;
  for (size_t count = 0; count <= trace.steps().size(); ++count) {
    const bool ended = succeeded && count == trace.steps().size();
    for (const DiskState& state : crash.behind(count)) {
      if (!seen.insert(state).second && !ended) continue;
      crash.restore(state);
      ++outcome.states;
      const Status recovered = story.recover(dir);
      const Found there = recovered.ok() ? story.look(dir) : Found::kNeither;
      if (there == Found::kNeither) {
        ++outcome.bad;
        UNSCOPED_INFO("behind step " << count << ": " << recovered.message());
        for (const auto& [path, file] : state.names) {
          UNSCOPED_INFO("  " << path << " is " << file);
        }
      }
      if (ended && there != Found::kNew) ++outcome.forgotten;
    }
  }
  return outcome;
}

void check(const Story& story) {
  const ScratchDir dir;
  story.before(dir);
  DiskTrace trace(dir);
  const auto exit = trace.run([&] { return story.work(dir); });
  REQUIRE(exit == 0);
  REQUIRE_FALSE(trace.blind());
  REQUIRE(story.look(dir) == Found::kNew);
  const Outcome outcome = judge(dir, trace, story, true);
  CHECK(outcome.states > 5);
  CHECK(outcome.bad == 0);
  CHECK(outcome.forgotten == 0);
}

void put(Output& output, const std::string& record) {
  output.text().append(record);
  output.commit();
}

FileSetOptions set_options(const ScratchDir& dir, bool append) {
  FileSetOptions options;
  options.file.force = true;
  options.file.make_directories = true;
  options.append = append;
  options.journal = dir.path("state/set.journal");
  return options;
}

int write_set(const FileSetOptions& options, const std::vector<std::string>& paths,
              const std::string& state) {
  auto files = FileSet::create(options);
  if (!files.ok()) return 10;
  for (const std::string& path : paths) {
    const auto opened = (*files)->add(path, true);
    if (!opened.ok()) return 9;
    put(*opened->output, "new\n");
  }
  const auto kept = (*files)->replace(state, false);
  if (!kept.ok()) return 9;
  put(**kept, "new\n");
  return (*files)->commit().ok() ? 0 : 9;
}

/// As an export does: rows in a directory that it makes, the state in another one.
Story export_story(bool append) {
  const auto paths = [append](const ScratchDir& dir) {
    const std::string to = append ? "a" : "out/day/a";
    return std::vector<std::string>{dir.path(to), dir.path("b")};
  };
  return {.before =
              [](const ScratchDir& dir) {
                std::filesystem::create_directory(dir.path("state"));
                dir.put("state/job.json", "old\n");
                dir.put("a", "old\n");
                dir.put("b", "old\n");
              },
          .work =
              [=](const ScratchDir& dir) {
                return write_set(set_options(dir, append), paths(dir), dir.path("state/job.json"));
              },
          .recover =
              [](const ScratchDir& dir) { return Journal::recover(dir.path("state/set.journal")); },
          .look =
              [append](const ScratchDir& dir) {
                const std::string first = dir.get(append ? "a" : "out/day/a");
                const std::string second = dir.get("b");
                const std::string state = dir.get("state/job.json");
                const std::string added = append ? "old\nnew\n" : "new\n";
                return found(
                    first == (append ? "old\n" : "<none>") && second == "old\n" && state == "old\n",
                    first == added && second == added && state == "new\n");
              }};
}

Status nothing(const ScratchDir&) { return {}; }

}  // namespace

TEST_CASE("L11 the check of power cuts sees what is not synced") {
  Story naive{.before = [](const ScratchDir& dir) { dir.put("a", "old\n"); },
              .work =
                  [](const ScratchDir& dir) {
                    const std::string temp = dir.path("temp");
                    const int fd = ::open(temp.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
                    if (::write(fd, "new\n", 4) != 4) return 1;
                    ::close(fd);
                    return ::rename(temp.c_str(), dir.path("a").c_str()) == 0 ? 0 : 1;
                  },
              .recover = nothing,
              .look =
                  [](const ScratchDir& dir) {
                    return found(dir.get("a") == "old\n", dir.get("a") == "new\n");
                  }};
  const ScratchDir dir;
  naive.before(dir);
  DiskTrace trace(dir);
  REQUIRE(trace.run([&] { return naive.work(dir); }) == 0);
  const Outcome outcome = judge(dir, trace, naive, true);
  CHECK(outcome.bad >= 3);  // empty, torn, zeros
  CHECK(outcome.forgotten > 0);
}

TEST_CASE("L11 after a power cut a replaced file is old or new") {
  check({.before = [](const ScratchDir& dir) { dir.put("a", "old\n"); },
         .work =
             [](const ScratchDir& dir) {
               auto file = FileOutput::open(dir.path("a"), {.force = true});
               put(**file, "new\n");
               put(**file, "new\n");
               return (*file)->save().ok() ? 0 : 9;
             },
         .recover = nothing,
         .look =
             [](const ScratchDir& dir) {
               return found(dir.get("a") == "old\n", dir.get("a") == "new\nnew\n");
             }});
}

TEST_CASE("L11 after a power cut the files of an export and its state are all old or all new") {
  check(export_story(false));
}

TEST_CASE("L11 after a power cut rows that an export adds fit its state") {
  check(export_story(true));
}

TEST_CASE("L11 a power cut while the next run finishes the work of a dead one") {
  const Story story = export_story(GENERATE(false, true));
  const ScratchDir dir;
  story.before(dir);
  DiskTrace first(dir);
  REQUIRE(first.run([&] { return story.work(dir); }) == 0);
  const CrashStates crash(first);
  // The first moment at which the journal has its name.
  size_t cut = 0;
  const auto is_journal = [](const fake::DiskStep& step) {
    return std::ranges::any_of(step.names, [](const auto& name) {
      return name.first.ends_with(".journal") && name.second >= 0;
    });
  };
  while (!is_journal(first.steps().at(cut))) ++cut;
  crash.restore(*crash.behind(cut + 2).rbegin());
  REQUIRE(std::filesystem::exists(dir.path("state/set.journal")));
  DiskTrace second(dir);
  REQUIRE(second.run([&] { return story.recover(dir).ok() ? 0 : 9; }) == 0);
  REQUIRE(story.look(dir) == Found::kNew);
  REQUIRE(second.steps().size() > 4);
  const Outcome outcome = judge(dir, second, story, true);
  CHECK(outcome.bad == 0);
  CHECK(outcome.forgotten == 0);
}

TEST_CASE("L11 after a power cut a database has all rows of a run or none") {
  const bool append = GENERATE(false, true);
  const auto write = [](const ScratchDir& dir, bool adds, const std::string& key) {
    const Schema schema = fake::small_schema("t");
    auto sink =
        SqliteSink::open(dir.path("a.sqlite"),
                         {.file = {.force = true},
                          .append = adds,
                          .run = {.key = key, .script = "s", .script_hash = "h", .cluster = "c"}});
    if (!sink.ok()) return 9;
    (*sink)->begin(schema);
    (*sink)->rows(schema, fake::small_batch({{"x", 1}, {"y", 2}}));
    (*sink)->end({});
    (*sink)->set_state("job", key);
    return (*sink)->commit().ok() ? 0 : 9;
  };
  check({.before = [&](const ScratchDir& dir) { write(dir, false, "old"); },
         .work = [&](const ScratchDir& dir) { return write(dir, append, "new"); },
         .recover = nothing,
         .look =
             [append](const ScratchDir& dir) {
               const auto state = SqliteSink::read_state(dir.path("a.sqlite"), "job");
               auto connection = SqliteConnection::open(dir.path("a.sqlite"), true);
               if (!state.ok() || !*state || !connection.ok()) return Found::kNeither;
               auto query = connection->prepare("SELECT count(*) FROM t");
               const auto row = query.step();
               if (!row.ok() || !*row) return Found::kNeither;
               const int64_t rows = query.integer(0);
               return found(**state == "old" && rows == 2,
                            **state == "new" && rows == (append ? 4 : 2));
             }});
}
