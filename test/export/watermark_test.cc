#include "export/watermark.h"

#include "export/dedup_text.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "file/scratch_dir.h"
#include "text/odd_numbers.h"

using namespace pxq;
using fake::ScratchDir;

namespace {

constexpr int64_t kNow = 2'000'000'000'000'000'000;

ExportState sample_state() {
  RowHash hash = {};
  hash.fill(0xa5);
  ExportState state{.job = "job\xff", .cluster = "prod", .tables = {}};
  state.tables["http"] = {
      .watermark_ns = kNow - 1, .dedup_from_ns = 5, .dedup_window = {{{7, hash}, 3}}};
  state.reached_ns = kNow;
  state.spellings["/a.csv"] = "csv";
  state.tables["dns\n"] = {.watermark_ns = -9, .dedup_from_ns = -10, .dedup_window = {}};
  return state;
}

std::string with_checksum(nlohmann::ordered_json document) {
  document.erase("checksum");
  document["checksum"] = sha256_hex(document.dump());
  return document.dump();
}

Result<ExportState> parse(const std::string& text) { return parse_state(text, "the-file"); }

}  // namespace

TEST_CASE("a state is read back as it was written") {
  const auto state = parse(state_text(sample_state()));
  REQUIRE(state.ok());
  CHECK(*state == sample_state());
}

TEST_CASE("a state that is torn anywhere or altered in any byte is refused, never skipped") {
  const std::string text = state_text(sample_state());
  for (size_t length = 0; length + 1 < text.size(); ++length) {
    const auto torn = parse(text.substr(0, length));
    REQUIRE_FALSE(torn.ok());
    REQUIRE(torn.status().code() == Code::kUsage);
    REQUIRE_THAT(torn.status().message(), Catch::Contains("the-file"));
  }
  for (size_t at = 0; at + 1 < text.size(); ++at) {
    std::string altered = text;
    altered[at] = altered[at] == '1' ? '2' : '1';
    const auto state = parse(altered);
    INFO(altered);
    REQUIRE_FALSE(state.ok());
  }
}

TEST_CASE("a number that is no whole one is refused, though the checksum fits") {
  ExportState sample = sample_state();
  sample.clock_ahead_ns = 9;
  sample.began_ns = 8;
  sample.skipped = {{.from_ns = 1, .to_ns = 2}};
  sample.covered = {{.from_ns = 3, .to_ns = 4}};
  sample.untold_gaps = {{.table = "http", .from_ns = 1, .to_ns = 2, .missing_rows = 3}};
  TableState& table = sample.tables.begin()->second;
  table.last_rows[7] = {.time_ns = 5, .hash = {}};
  table.evidence_from_ns = 6;
  table.behind = {3};
  nlohmann::ordered_json document = nlohmann::ordered_json::parse(state_text(sample));
  REQUIRE(parse(with_checksum(document)).ok());
  // The older way to write a window.
  document["tables"][0]["seam"] = {{1, std::string(32, 'a'), 2}};
  document.erase("version");
  document["version"] = 1;
  REQUIRE(parse(with_checksum(document)).ok());
  document.erase("checksum");
  const auto is_refused = [](const std::string& text) {
    const auto state = parse(with_checksum(nlohmann::ordered_json::parse(text)));
    REQUIRE_FALSE(state.ok());
    return state.status().message() == "the state the-file is not a state of pxq";
  };
  const std::string text = document.dump();
  for (const std::string& place : fake::number_places(text)) {
    if (place == "/version") continue;  // told of before, in other words
    for (const std::string& odd : fake::odd_numbers()) {
      INFO(place << " " << odd);
      CHECK(is_refused(fake::with_value(text, place, odd)));
    }
  }
  for (const char* place : {"/tables/0/last_rows/0/0", "/tables/0/behind/0", "/tables/0/seam/0/2",
                            "/untold_gaps/0/missing_rows"}) {
    INFO(place);
    CHECK(is_refused(fake::with_value(text, place, "-1")));
  }
  for (const std::string& odd : fake::odd_numbers()) {
    CHECK_FALSE(
        parse(with_checksum(nlohmann::ordered_json::parse(fake::with_value(text, "/version", odd))))
            .ok());
  }
}

TEST_CASE("states of another job, another cluster, a newer pxq or the future are refused") {
  const std::string text = state_text(sample_state());
  const auto refusal = [&](const std::string& job, const std::string& cluster, int64_t now) {
    const auto state = parse_state(text, "f");
    REQUIRE(state.ok());
    const Status refused = check_state(*state, "f", {{job}, {cluster}}, now);
    CHECK(refused.code() == Code::kUsage);
    return refused.message();
  };
  CHECK_THAT(refusal("other", "prod", kNow), Catch::Contains("job"));
  CHECK_THAT(refusal("job\xff", "staging", kNow), Catch::Contains("cluster 'prod'"));
  CHECK_THAT(refusal("job\xff", "prod", kNow - 2), Catch::Contains("future"));
  const StateOwner former{{"new", "job\xff"}, {"other", "prod"}};
  CHECK(check_state(sample_state(), "f", former, kNow).ok());
  CHECK_THAT(parse("{\"version\":3}").status().message(), Catch::Contains("newer"));
  CHECK_FALSE(parse("{\"version\":\"1\"}").ok());
  CHECK_FALSE(parse("[]").ok());
}

TEST_CASE("no file is a first run, an unreadable one is an error") {
  const ScratchDir dir;
  const auto none = load_state(dir.path("none"));
  REQUIRE(none.ok());
  CHECK_FALSE(none->has_value());
  CHECK(load_state(dir.path()).status().code() == Code::kUsage);
  dir.put("empty", "");
  CHECK(load_state(dir.path("empty")).status().code() == Code::kUsage);
}

TEST_CASE("a dedup window takes 27 bytes a row, and a bounded one keeps the youngest") {
  ExportState state = sample_state();
  TableState& table = state.tables["http"];
  table.dedup_window.clear();
  constexpr size_t kRows = 30'000;
  for (size_t i = 0; i < kRows; ++i) {
    RowHash hash = {};
    hash[i % hash.size()] = static_cast<uint8_t>(i);
    table.dedup_window[{static_cast<int64_t>(i / 3 * 50'000), hash}] = 1 + i % 2;
  }
  const std::string text = state_text(state);
  CHECK(text.size() < kRows * 30);
  const auto again = parse(text);
  REQUIRE(again.ok());
  CHECK(*again == state);
  const DedupWindow all = table.dedup_window;
  bound_dedup_window(table, all.size());
  CHECK(table.dedup_window == all);
  bound_dedup_window(table, 1000);
  CHECK(table.dedup_window.size() <= 1000);
  CHECK(table.dedup_window.size() > 990);
  // Whoever is not known any more lies before the window's start.
  for (const auto& [row, count] : all) {
    CHECK((row.time_ns >= table.dedup_from_ns) == table.dedup_window.contains(row));
  }
}

TEST_CASE("jobs have state files of their own, inside the directory") {
  CHECK(state_path("/s", "a/b") != state_path("/s", "a_b"));
  CHECK(state_path("/s", "../../etc").rfind('/') == 2);
  CHECK(state_path("/s", std::string(1000, 'x')).size() < 100);
}
