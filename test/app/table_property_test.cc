// Any table, in any format, read back by others: the same cells. Tables are made by chance with a
// seed; one that fails is made small, printed, and belongs into test/app/tables.

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "fake/process.h"
#include "fake/seeds.h"
#include "fake/temp_dir.h"
#include "fake/vizier.h"
#include "places.h"
#include "random_tables.h"
#include "readers.h"
#include "session.h"
#include "typed_tables.h"

namespace pxq::app {
namespace {

/// A kind of file, and how cells are spelled in it.
struct Way {
  std::string file;
  std::vector<std::string> flags = {};

  json words() const { return {{"file", file}, {"flags", flags}}; }
};

/// All formats that programs read, with flags that change from seed to seed.
std::vector<Way> ways(uint64_t seed) {
  const auto either = [&](size_t bit, std::vector<std::string> flags) {
    return (seed >> bit & 1) != 0 ? std::vector<std::string>() : std::move(flags);
  };
  return {{"{table}.csv", either(0, {"--time-format", "unix"})},
          {"{table}.csv.zst", either(0, {"--delimiter", ";", "--bytes", "replace"})},
          {"{table}.tsv.gz", either(1, {"--bytes", "base64", "--time-format", "unix_ns"})},
          {"{table}.jsonl", either(1, {"--nan", "string", "--time-format", "unix"})},
          {"all.jsonl", either(2, {"--int64", "string", "--bytes", "base64"})},
          {"all.json", either(0, {"--table-key", "--time-format", "unix_ns", "--int64", "string"})},
          {"{table}.parquet"},
          {"all.sqlite"}};
}

/// What is wrong with these tables in one of these ways; nothing where all is well.
std::string fault_of(const json& tables, const std::vector<Way>& all, std::string* told = nullptr) {
  const fake::TempDir dir;
  const fake::Vizier vizier(script_of(tables));
  const Session session;
  std::vector<std::string> words = {PXQ_SOURCE_DIR "/test/app/table_oracle.py", dir.path(),
                                    dir.write("tables", tables.dump())};
  for (const Way& way : all) {
    std::vector<std::string> flags = {"-q", "-o", dir.path(way.file)};
    flags.insert(flags.end(), way.flags.begin(), way.flags.end());
    const auto result =
        fake::run(session.run_at(vizier.address(), flags), std::chrono::seconds(60));
    if (result.status() != 0) return way.words().dump() + ": " + result.err;
    words.push_back(way.words().dump());
  }
  static const std::string interpreter = readers_python();
  fake::Command oracle{.arguments = std::move(words), .program = interpreter};
  if (interpreter.empty()) {
    oracle.program = "/usr/bin/env";
    oracle.arguments.insert(oracle.arguments.begin(), "python3");
  }
  const auto result = fake::run(oracle, std::chrono::seconds(120));
  if (told != nullptr) *told = result.out;
  return result.status() == 0 ? std::string() : result.out + result.err;
}

/// Makes an input smaller for as long as `fails` holds of it.
class Shrinker {
 public:
  explicit Shrinker(std::function<bool(const json&)> fails) : fails_(std::move(fails)) {}

  json shrink(json tables) {
    for (json before; before != tables;) {
      before = tables;
      fewer(tables, json::json_pointer());
      for (size_t t = 0; t < tables.size(); ++t) {
        const json::json_pointer at = json::json_pointer("/" + std::to_string(t));
        fewer(tables, at / "batches");
        fewer(tables, at / "rows");
        fewer_columns(tables, t);
        plainer_cells(tables, t);
      }
    }
    return tables;
  }

 private:
  bool keep(json& tables, json smaller) {
    if (tries_ == 0 || smaller.empty() || smaller == tables) return false;
    --tries_;
    if (!fails_(smaller)) return false;
    tables = std::move(smaller);
    return true;
  }

  /// Takes halves, quarters and single elements out of an array.
  void fewer(json& tables, const json::json_pointer& at) {
    for (size_t step = tables[at].size(); step > 0; step /= 2) {
      for (size_t first = 0; first < tables[at].size();) {
        json smaller = tables;
        json& array = smaller[at];
        const auto begin = array.begin() + static_cast<ptrdiff_t>(first);
        array.erase(begin, begin + static_cast<ptrdiff_t>(std::min(step, array.size() - first)));
        if (!keep(tables, std::move(smaller))) first += step;
      }
    }
  }

  void fewer_columns(json& tables, size_t t) {
    for (size_t column = 0;
         tables[t]["columns"].size() > 1 && column < tables[t]["columns"].size();) {
      json smaller = tables;
      smaller[t]["columns"].erase(column);
      for (json& row : smaller[t]["rows"]) row.erase(column);
      if (!keep(tables, std::move(smaller))) ++column;
    }
  }

  void plainer_cells(json& tables, size_t t) {
    for (size_t column = 0; column < tables[t]["columns"].size(); ++column) {
      json smaller = tables;
      smaller[t]["columns"][column]["name"] = "c" + std::to_string(column);
      keep(tables, std::move(smaller));
      for (size_t row = 0; row < tables[t]["rows"].size(); ++row) {
        while (shorter_text(tables, t, row, column)) continue;
      }
    }
  }

  bool shorter_text(json& tables, size_t t, size_t row, size_t column) {
    if (tables[t]["columns"][column]["type"] != "STRING") return false;
    const std::string text = tables[t]["rows"][row][column];
    for (const size_t kept : {size_t{0}, text.size() / 4 * 2, text.size() - 2}) {
      for (const std::string& part : {text.substr(0, kept), text.substr(text.size() - kept)}) {
        if (text.empty() || kept >= text.size()) continue;
        json smaller = tables;
        smaller[t]["rows"][row][column] = part;
        if (keep(tables, std::move(smaller))) return true;
      }
    }
    return false;
  }

  std::function<bool(const json&)> fails_;
  int tries_ = 150;
};

void check_tables(const json& tables, const std::vector<Way>& all) {
  std::string told;
  const std::string fault = fault_of(tables, all, &told);
  if (fault.empty()) {
    CHECK_FALSE(told.empty());
    return;
  }
  for (const Way& way : all) {
    if (fault_of(tables, {way}).empty()) continue;
    const json small = Shrinker([&](const json& smaller) {
                         return !fault_of(smaller, {way}).empty();
                       }).shrink(tables);
    FAIL_CHECK(fault << "\nsmall: " << way.words() << "\n"
                     << fault_of(small, {way}) << "\nkeep this in test/app/tables:\n"
                     << small);
    return;
  }
}

TEST_CASE("Any tables come back from every format, cell by cell") {
  for (const uint64_t seed : fake::seeds(4)) {
    INFO("PXQ_SEED=" << seed);
    check_tables(random_tables(seed, 10), ways(seed));
  }
}

TEST_CASE("Many more tables come back from every format", "[.sweep]") {
  for (const uint64_t seed : fake::seeds(200)) {
    INFO("PXQ_SEED=" << seed);
    check_tables(random_tables(seed, 10), ways(seed));
  }
}

TEST_CASE("Tables that once did not come back do now") {
  for (const auto& entry : std::filesystem::directory_iterator(PXQ_TEST_DATA "/app/tables")) {
    std::ifstream file(entry.path());
    INFO(entry.path().filename());
    const json tables = json::parse(file);
    check_tables(tables, ways(0));
    check_tables(tables, ways(~0ULL));
  }
}

// The oracle itself must see what is wrong, and the shrinker keep to what fails.
TEST_CASE("A table that comes back with another cell is found, and made small") {
  const json tables = random_tables(7, 6);
  size_t tries = 0;
  const auto has_text = [&](const json& some) {
    ++tries;
    for (const json& table : some) {
      for (const json& row : table["rows"]) {
        for (const json& cell : row) {
          if (cell.is_string() && cell.get_ref<const std::string&>().find("ff") == 0) return true;
        }
      }
    }
    return false;
  };
  json broken = tables;
  broken[0] = random_table(*std::make_unique<Chance>(1), "t0");
  broken[0]["columns"].push_back({{"name", "s"}, {"type", "STRING"}, {"semantic", 1}});
  for (json& row : broken[0]["rows"]) row.push_back("ff6162");
  REQUIRE(has_text(broken));
  const json small = Shrinker(has_text).shrink(broken);
  INFO(small);
  CHECK(small.size() == 1);
  CHECK(small[0]["rows"].size() == 1);
  CHECK(small[0]["columns"].size() == 1);
  CHECK(tries < 1000);
}

TEST_CASE("The oracle of tables finds a cell that is another") {
  const json sent = random_tables(3, 3);
  const fake::TempDir dir;
  const fake::Vizier vizier(script_of(sent));
  const Session session;
  for (const Way& way : ways(5)) {
    INFO(way.file);
    std::vector<std::string> flags = {"-q", "-o", dir.path(way.file)};
    flags.insert(flags.end(), way.flags.begin(), way.flags.end());
    REQUIRE(fake::run(session.run_at(vizier.address(), flags)).status() == 0);
    json other = sent;
    for (json& table : other) {
      if (!table["rows"].empty()) table["rows"].erase(table["rows"].size() - 1);
    }
    const std::string python = readers_python();
    if (python.empty()) return;
    const auto judge = [&](const json& tables, int status) {
      const auto result =
          fake::run({.arguments = {PXQ_SOURCE_DIR "/test/app/table_oracle.py", dir.path(),
                                   dir.write("wanted", tables.dump()), way.words().dump()},
                     .program = python});
      INFO(result.out << result.err);
      CHECK(result.status() == status);
    };
    judge(sent, 0);
    judge(other, 1);
  }
}

}  // namespace
}  // namespace pxq::app
