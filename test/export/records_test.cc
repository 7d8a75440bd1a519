// What lies beside a state: the card of its job and the list of its files.

#include <catch2/catch.hpp>

#include "export/file_log.h"
#include "export/job_card.h"
#include "file/scratch_dir.h"
#include "text/odd_numbers.h"

using namespace pxq;
using fake::ScratchDir;

TEST_CASE("a list of files with a number that is no whole one is refused, and no file goes by it") {
  const ScratchDir dir;
  const MadeFile file{.path = "/data/a.csv", .end_ns = -5, .bytes = 6, .inode = 7};
  REQUIRE(save_file_log({file}, dir.path("log")).ok());
  const std::string text = dir.get("log");
  const auto is_refused = [&](const std::string& damaged) {
    dir.put("log", damaged);
    const auto files = load_file_log(dir.path("log"));
    if (files.ok()) return false;
    CHECK_THAT(files.status().message(), Catch::Contains("is torn or not a list of files of pxq"));
    return files.status().code() == Code::kOutput;
  };
  for (const std::string& damaged : fake::with_odd_numbers(text)) {
    INFO(damaged);
    CHECK(is_refused(damaged));
  }
  CHECK(is_refused(fake::with_value(text, "/files/0/bytes", "-1")));
  CHECK(is_refused(fake::with_value(text, "/files/0/inode", "-1")));
  CHECK(is_refused(R"({"version":"1","files":[]})"));
  dir.put("log", text);
  const auto files = load_file_log(dir.path("log"));
  REQUIRE(files.ok());
  CHECK(*files == std::vector{file});
}

TEST_CASE("a card with a number that is no whole one tells nothing") {
  const ScratchDir dir;
  JobCard card;
  card.job = "j";
  card.last.started_ns = 1;
  card.last.finished_ns = 2;
  card.last.exit_code = 3;
  card.last.rows = 4;
  card.last_success_ns = 5;
  card.reached_ns = 6;
  card.told_ns = 7;
  card.so_far = {.runs = 8, .rows = 9, .files = 10};
  REQUIRE(save_card(card, dir.path("card")).ok());
  const std::string text = dir.get("card");
  const auto read = [&](const std::string& written) {
    dir.put("card", written);
    return load_card(dir.path("card"));
  };
  for (const std::string& place : fake::number_places(text)) {
    if (place == "/version") continue;  // no card is judged by it
    for (const std::string& odd : fake::odd_numbers()) {
      INFO(place << " " << odd);
      CHECK_FALSE(read(fake::with_value(text, place, odd)));
    }
  }
  for (const char* place : {"/last/rows", "/so_far/runs", "/so_far/rows", "/so_far/files"}) {
    INFO(place);
    CHECK_FALSE(read(fake::with_value(text, place, "-1")));
  }
  CHECK_FALSE(read(fake::with_value(text, "/last/exit", "2147483648")));
  const auto whole = read(text);
  REQUIRE(whole);
  CHECK(whole->told_ns == 7);
  CHECK(whole->last_success_ns == 5);
  CHECK(whole->reached_ns == 6);
  CHECK(whole->so_far.files == 10);
}
