#include "file/file_set.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "file/journal.h"
#include "file/scratch_dir.h"
#include "file/traced_child.h"
#include "text/odd_numbers.h"

using namespace pxq;
using fake::ScratchDir;

namespace {

using Names = std::set<std::string>;

FileSetOptions options_for(const ScratchDir& dir, bool append = false) {
  FileSetOptions options;
  options.file.force = true;
  options.append = append;
  options.journal = Journal::path_in(dir.path(), "set");
  return options;
}

void put(Output& output, const std::string& record) {
  output.text().append(record);
  output.commit();
}

/// Writes one line to each file; the exit code of a run.
int write_set(const FileSetOptions& options, const std::vector<std::string>& paths,
              const std::string& line) {
  auto files = FileSet::create(options);
  if (!files.ok()) return 10;
  for (const std::string& path : paths) {
    const auto opened = (*files)->add(path, true);
    if (!opened.ok()) return 9;
    put(*opened->output, line);
  }
  return (*files)->commit().ok() ? 0 : 9;
}

}  // namespace

TEST_CASE("all files of a set appear at commit, packed where their names say so") {
  const ScratchDir dir;
  auto options = options_for(dir);
  options.file.hash = true;
  auto files = FileSet::create(options);
  REQUIRE(files.ok());
  const auto plain = (*files)->add(dir.path("a.csv"), true);
  const auto packed = (*files)->add(dir.path("b.csv.gz"), true);
  REQUIRE(plain.ok());
  REQUIRE(packed.ok());
  put(*plain->output, "a\n");
  put(*packed->output, "b\n");
  CHECK(dir.get("a.csv") == "<none>");
  REQUIRE((*files)->commit().ok());
  CHECK(dir.names() == Names{"a.csv", "b.csv.gz"});
  CHECK(dir.get("a.csv") == "a\n");
  std::string unpacked;
  REQUIRE(read_unpacked(dir.path("b.csv.gz"), Compression::kGzip, [&](std::string_view piece) {
            unpacked += piece;
            return Status();
          }).ok());
  CHECK(unpacked == "b\n");
  const auto& reports = (*files)->reports();
  REQUIRE(reports.size() == 2);
  CHECK(reports[0].bytes == 2);
  CHECK(reports[0].sha256 == sha256_hex("a\n"));
  CHECK(reports[1].bytes == std::filesystem::file_size(dir.path("b.csv.gz")));
  CHECK(reports[1].sha256 == sha256_hex(dir.get("b.csv.gz")));
}

TEST_CASE("what belongs to the rows replaces its old file, whatever the set does with others") {
  const ScratchDir dir;
  dir.put("state.json", "old");
  auto options = options_for(dir, true);
  options.file.force = false;
  const auto files = FileSet::create(options);
  REQUIRE(files.ok());
  put(*(*files)->add(dir.path("a.csv"), true)->output, "x\n");
  const auto state = (*files)->replace(dir.path("state.json"), false);
  REQUIRE(state.ok());
  put(**state, "new");
  CHECK(dir.get("state.json") == "old");
  REQUIRE((*files)->commit().ok());
  CHECK(dir.get("state.json") == "new");
  CHECK((*files)->reports().size() == 1);
}

TEST_CASE("a set that is not committed leaves everything as it was") {
  const ScratchDir dir;
  dir.put("a", "old\n");
  {
    auto files = FileSet::create(options_for(dir));
    put(*(*files)->add(dir.path("a"), true)->output, "new\n");
    put(*(*files)->add(dir.path("b"), true)->output, "new\n");
  }
  CHECK(dir.names() == Names{"a"});
  CHECK(dir.get("a") == "old\n");
}

TEST_CASE("when one file cannot be named, those named before get their old content") {
  const ScratchDir dir;
  dir.put("a", "old a\n");
  auto files = FileSet::create(options_for(dir));
  put(*(*files)->add(dir.path("a"), true)->output, "new\n");
  put(*(*files)->add(dir.path("b"), true)->output, "new\n");
  put(*(*files)->add(dir.path("c"), true)->output, "new\n");
  std::filesystem::create_directory(dir.path("c"));
  CHECK((*files)->commit().code() == Code::kOutput);
  CHECK(dir.get("a") == "old a\n");
  CHECK(dir.names() == Names{"a", "c"});
}

TEST_CASE("adding to files: all or none, and cut back when one fails") {
  const ScratchDir dir;
  dir.put("a", "1\n");
  dir.put("b", "1\n");
  CHECK(write_set(options_for(dir, true), {dir.path("a"), dir.path("b")}, "2\n") == 0);
  CHECK(dir.get("a") == "1\n2\n");
  CHECK(dir.get("b") == "1\n2\n");
  CHECK(dir.names() == Names{"a", "b"});

  auto files = FileSet::create(options_for(dir, true));
  put(*(*files)->add(dir.path("a"), true)->output, "3\n");
  put(*(*files)->add(dir.path("new"), true)->output, "3\n");
  std::filesystem::create_directory(dir.path("new"));
  CHECK_FALSE((*files)->commit().ok());
  CHECK(dir.get("a") == "1\n2\n");
  CHECK(dir.names() == Names{"a", "b", "new"});
}

TEST_CASE("a set whose format cannot be added to refuses existing files") {
  const ScratchDir dir;
  dir.put("a", "1\n");
  auto files = FileSet::create(options_for(dir, true));
  CHECK((*files)->add(dir.path("a"), false).status().code() == Code::kOutput);
  CHECK((*files)->add(dir.path("b"), false).ok());
}

TEST_CASE("one appender at a time, and nobody else changes the file meanwhile") {
  const ScratchDir dir;
  dir.put("a", "1\n");
  auto files = FileSet::create(options_for(dir, true));
  REQUIRE((*files)->add(dir.path("a"), true).ok());
  auto other_options = options_for(dir, true);
  other_options.journal = Journal::path_in(dir.path(), "other");
  auto others = FileSet::create(other_options);
  CHECK((*others)->add(dir.path("a"), true).status().code() == Code::kLocked);
  dir.put("a", "1\nfrom elsewhere\n");
  CHECK((*files)->commit().code() == Code::kOutput);
  CHECK(dir.get("a") == "1\nfrom elsewhere\n");
}

TEST_CASE("two runs that commit the same set at once: the second is told") {
  const ScratchDir dir;
  const auto journal =
      Journal::write(Journal::path_in(dir.path(), "set"), std::vector<PlannedChange>{});
  REQUIRE(journal.ok());
  CHECK(FileSet::create(options_for(dir)).status().code() == Code::kLocked);
}

TEST_CASE("a journal that is not ours is named and stays") {
  const ScratchDir dir;
  const auto options = options_for(dir);
  for (const char* text : {"", "{", "[]", "{\"version\":2,\"changes\":[]}", "{\"version\":1}",
                           "{\"version\":1,\"changes\":[{\"temp\":1}]}"}) {
    std::ofstream(options.journal, std::ios::trunc) << text;
    const auto files = FileSet::create(options);
    REQUIRE_FALSE(files.ok());
    CHECK(files.status().code() == Code::kOutput);
    CHECK_THAT(files.status().message(), Catch::Contains(options.journal));
  }
}

TEST_CASE("a journal with a number that is no whole one is not ours") {
  const ScratchDir dir;
  const std::string path = dir.path("j");
  const std::string journal =
      R"({"version":1,"changes":[{"temp":"/no/t","target":"/no/x","temp_inode":5,"append":true,)"
      R"("target_inode":6,"old_size":7,"added_size":8}]})";
  const auto is_refused = [&](const std::string& text) {
    std::ofstream(path, std::ios::trunc) << text;
    const Status done = Journal::recover(path);
    CHECK_THAT(done.message(), Catch::Contains("is not a journal of pxq"));
    return done.code() == Code::kOutput;
  };
  for (const std::string& text : fake::with_odd_numbers(journal)) {
    INFO(text);
    CHECK(is_refused(text));
  }
  for (const char* place : {"temp_inode", "target_inode", "old_size", "added_size"}) {
    INFO(place);
    CHECK(is_refused(fake::with_value(journal, std::string("/changes/0/") + place, "-1")));
  }
  std::ofstream(path, std::ios::trunc) << journal;
  CHECK(Journal::recover(path).ok());
}

TEST_CASE("killed at any step and recovered, a set of replaced files is all old or all new") {
  const ScratchDir dir;
  const auto options = options_for(dir);
  const std::vector<std::string> paths = {dir.path("a"), dir.path("b"), dir.path("c")};
  size_t mixed_before_recovery = 0;
  bool more = true;
  for (size_t step = 0; more; ++step) {
    dir.put("a", "old");
    dir.put("b", "old");
    std::filesystem::remove(dir.path("c"));
    const auto end =
        fake::run_disturbed({.at = step}, [&] { return write_set(options, paths, "new"); });
    more = end.disturbed;
    INFO("step " << step);
    if (dir.get("a") != dir.get("b")) ++mixed_before_recovery;
    REQUIRE(Journal::recover(options.journal).ok());
    const bool is_new = dir.get("a") == "new";
    REQUIRE(dir.get("a") == (is_new ? "new" : "old"));
    REQUIRE(dir.get("b") == (is_new ? "new" : "old"));
    REQUIRE(dir.get("c") == (is_new ? "new" : "<none>"));
    // The next run cleans what is left, whatever it was.
    REQUIRE(write_set(options, paths, "next") == 0);
    remove_stale_temps(dir.path(), "journal");
    REQUIRE(dir.names() == Names{"a", "b", "c"});
  }
  CHECK(mixed_before_recovery > 0);  // else this test proves nothing about the journal
}

TEST_CASE("killed at any step and recovered, files that are added to are old or whole") {
  const ScratchDir dir;
  const auto options = options_for(dir, true);
  const std::vector<std::string> paths = {dir.path("a"), dir.path("b")};
  bool more = true;
  for (size_t step = 0; more; ++step) {
    dir.put("a", "1\n");
    dir.put("b", "1\n");
    const auto end =
        fake::run_disturbed({.at = step}, [&] { return write_set(options, paths, "2\n"); });
    more = end.disturbed;
    INFO("step " << step);
    REQUIRE(Journal::recover(options.journal).ok());
    REQUIRE(dir.get("a") == dir.get("b"));
    REQUIRE((dir.get("a") == "1\n" || dir.get("a") == "1\n2\n"));
    const std::string before = dir.get("a");
    REQUIRE(write_set(options, paths, "3\n") == 0);
    REQUIRE(dir.get("a") == before + "3\n");
    remove_stale_temps(dir.path(), "journal");
    REQUIRE(dir.names() == Names{"a", "b"});
  }
}

TEST_CASE("whatever file call fails, a set is new with success or old with an error") {
  const ScratchDir dir;
  const std::vector<std::string> paths = {dir.path("a"), dir.path("b"), dir.path("c")};
  for (const bool append : {false, true}) {
    const auto options = options_for(dir, append);
    for (const int error : {EIO, ENOSPC}) {
      bool more = true;
      for (size_t step = 0; more; ++step) {
        dir.put("a", "old\n");
        dir.put("b", "old\n");
        std::filesystem::remove(dir.path("c"));
        const auto end =
            fake::run_disturbed({.at = step, .error = error, .only = fake::file_calls()},
                                [&] { return write_set(options, paths, "new\n"); });
        more = end.disturbed;
        INFO("step " << step << " errno " << error << " append " << append);
        REQUIRE(end.exited.has_value());
        const bool good = *end.exited == 0;
        const std::string fresh = append ? "old\nnew\n" : "new\n";
        REQUIRE(dir.get("a") == (good ? fresh : "old\n"));
        REQUIRE(dir.get("b") == (good ? fresh : "old\n"));
        REQUIRE(dir.get("c") == (good ? "new\n" : "<none>"));
        REQUIRE(Journal::recover(options.journal).ok());
        REQUIRE(dir.get("a") == (good ? fresh : "old\n"));
        for (const std::string& name : dir.names()) {
          if (name.starts_with(".pxq")) std::filesystem::remove(dir.path(name));
        }
      }
    }
  }
}
