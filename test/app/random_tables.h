#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "typed_tables.h"

namespace pxq::app {

/// Chance with a seed: the same seed always makes the same tables.
class Chance {
 public:
  explicit Chance(uint64_t seed) : engine_(seed) {}

  uint64_t bits() { return engine_(); }
  size_t below(size_t bound) { return static_cast<size_t>(engine_() % bound); }
  bool one_in(size_t bound) { return below(bound) == 0; }
  template <typename Values>
  const typename Values::value_type& of(const Values& values) {
    return values[below(values.size())];
  }

 private:
  std::mt19937_64 engine_;
};

namespace typed {

inline const std::vector<std::string>& awkward_texts() {
  using std::string_literals::operator""s;
  static const std::vector<std::string> texts = {"",
                                                 " ",
                                                 "\t",
                                                 "\n",
                                                 "\r",
                                                 "\r\n",
                                                 "\"",
                                                 "\"\"",
                                                 "'",
                                                 ",",
                                                 ";",
                                                 "|",
                                                 "\\",
                                                 "\\n",
                                                 "\\N",
                                                 "\0"s,
                                                 "a",
                                                 "Z",
                                                 "plain",
                                                 "007",
                                                 "1e5",
                                                 "-0",
                                                 "NaN",
                                                 "null",
                                                 "NULL",
                                                 "NA",
                                                 "true",
                                                 "=1+1",
                                                 "+1",
                                                 "@a",
                                                 "#",
                                                 "--",
                                                 "2026-11-28T11:00:00Z",
                                                 "{\"a\":[1,2]}",
                                                 "[]",
                                                 "\x1b[31m",
                                                 "\x01",
                                                 "\x7f",
                                                 "\x1a",
                                                 "é",
                                                 "žluťoučký",
                                                 "日本語",
                                                 "🙂",
                                                 "👩‍👩‍👧",
                                                 "e\xcc\x81",
                                                 "\xc2\x85",
                                                 "\xc2\xa0",
                                                 "\xe2\x80\xa8",
                                                 "\xe2\x80\xae",
                                                 "\xef\xbb\xbf",
                                                 "\xef\xbf\xbd",
                                                 "\xef\xbf\xbf",
                                                 "\xf4\x8f\xbe\xbf",
                                                 "\xf4\x8f\xbe\x80",
                                                 "\xf4\x8f\xbf\xbf",
                                                 "\xf4\x8f\xbf",
                                                 "\xf4\x90\x80\x80",
                                                 "\xed\xa0\x80",
                                                 "\xc0\xaf",
                                                 "\xff",
                                                 "\xfe",
                                                 "\x80",
                                                 "\xc3",
                                                 "\xe2\x82",
                                                 "\xf0\x9f\x99"};
  return texts;
}

inline std::string random_text(Chance& chance) {
  if (chance.one_in(200)) {
    // Around the sizes at which buffers turn over.
    const size_t size = (size_t{1} << (8 + chance.below(11))) - 2 + chance.below(5);
    return std::string(size, 'x') + chance.of(awkward_texts());
  }
  std::string text;
  for (size_t parts = chance.below(4) + (chance.one_in(4) ? 0 : 1); parts > 0; --parts) {
    if (chance.one_in(6)) {
      for (size_t n = chance.below(9); n > 0; --n) text.push_back(static_cast<char>(chance.bits()));
    } else {
      text += chance.of(awkward_texts());
    }
  }
  return text;
}

inline int64_t random_integer(Chance& chance) {
  static const std::vector<int64_t> edges = {0,
                                             1,
                                             -1,
                                             std::numeric_limits<int64_t>::max(),
                                             std::numeric_limits<int64_t>::min(),
                                             std::numeric_limits<int64_t>::min() + 1,
                                             9'007'199'254'740'993,
                                             -9'007'199'254'740'993,
                                             999'999'999,
                                             1'000'000'000,
                                             -1'000'000'000,
                                             -1'000'000'001,
                                             1'601'694'759'495'000'123,
                                             4'102'444'799'999'999'999,
                                             951'782'400'000'000'000};  // a 29th of February
  if (chance.one_in(2)) return chance.of(edges);
  // Any number of digits is as likely as any other.
  return static_cast<int64_t>(chance.bits()) >> chance.below(64);
}

inline double random_real(Chance& chance) {
  using Real = std::numeric_limits<double>;
  static const std::vector<double> edges = {0.0,
                                            -0.0,
                                            Real::quiet_NaN(),
                                            Real::infinity(),
                                            -Real::infinity(),
                                            Real::max(),
                                            Real::lowest(),
                                            Real::min(),
                                            Real::denorm_min(),
                                            -Real::denorm_min(),
                                            0.1,
                                            1e22,
                                            1e21,
                                            123456789.0,
                                            9007199254740993.0,
                                            5e-7};
  if (chance.one_in(2)) return chance.of(edges);
  if (chance.one_in(2)) return std::bit_cast<double>(chance.bits());
  return static_cast<double>(random_integer(chance)) / std::pow(10, chance.below(12));
}

inline json random_cell(Chance& chance, std::string_view type) {
  if (type == "BOOLEAN") return chance.one_in(2);
  if (type == "INT64" || type == "TIME64NS") return std::to_string(random_integer(chance));
  if (type == "FLOAT64") {
    return fmt::format("{:016x}", std::bit_cast<uint64_t>(random_real(chance)));
  }
  if (type == "UINT128") {
    const auto half = [&] {
      return chance.one_in(3) ? (chance.one_in(2) ? ~0ULL : 0) : chance.bits();
    };
    const uint64_t high = half();
    return fmt::format("{:016x}{:016x}", high, half());
  }
  return to_hex(random_text(chance));
}

inline std::string random_name(Chance& chance, size_t index) {
  static const std::vector<std::string> odd = {"",
                                               " ",
                                               "a",
                                               "A",
                                               "a#2",
                                               "time_",
                                               "_table_",
                                               "_pxq_run",
                                               "rowid",
                                               "select",
                                               "a,b",
                                               "a;b",
                                               "q\"q",
                                               "it's",
                                               "back\\slash",
                                               "tab\tin",
                                               "line\nfeed",
                                               " blank ",
                                               "=1+1",
                                               "日本",
                                               "\xf4\x8f\xbf\xbf",
                                               "\xef\xbb\xbf"
                                               "bom",
                                               "[x]",
                                               "`x`",
                                               "a.b",
                                               "\x1b[31m",
                                               "-minus"};
  if (chance.one_in(3)) return chance.of(odd);
  return fmt::format("c{}", index);
}

inline json random_column(Chance& chance, size_t index) {
  static const std::vector<std::string> types = {"BOOLEAN", "INT64",  "FLOAT64", "STRING",
                                                 "STRING",  "STRING", "UINT128", "TIME64NS"};
  const std::string& type = chance.of(types);
  std::vector<int> meanings = {fake::pb::ST_NONE};
  if (type == "INT64") {
    meanings = {fake::pb::ST_NONE, fake::pb::ST_BYTES, fake::pb::ST_DURATION_NS,
                fake::pb::ST_TIME_NS, fake::pb::ST_HTTP_RESP_STATUS};
  }
  if (type == "FLOAT64") meanings = {fake::pb::ST_NONE, fake::pb::ST_PERCENT, fake::pb::ST_BYTES};
  if (type == "STRING") {
    meanings = {fake::pb::ST_NONE, fake::pb::ST_POD_NAME, fake::pb::ST_SCRIPT_REFERENCE,
                fake::pb::ST_QUANTILES, fake::pb::ST_DURATION_NS_QUANTILES};
  }
  if (type == "UINT128") meanings = {fake::pb::ST_UPID, fake::pb::ST_NONE};
  if (type == "TIME64NS") meanings = {fake::pb::ST_TIME_NS, fake::pb::ST_NONE};
  return {{"name", random_name(chance, index)}, {"type", type}, {"semantic", chance.of(meanings)}};
}

}  // namespace typed

/// A table of any shape: mostly small, now and then of no rows, of many rows, of many batches.
inline json random_table(Chance& chance, const std::string& name) {
  json table = {{"name", name}, {"columns", json::array()}, {"rows", json::array()}};
  const size_t width = 1 + chance.below(chance.one_in(10) ? 30 : 7);
  for (size_t i = 0; i < width; ++i) table["columns"].push_back(typed::random_column(chance, i));
  const size_t height = chance.one_in(12)   ? 0
                        : chance.one_in(12) ? chance.below(1500)
                                            : chance.below(30);
  for (size_t i = 0; i < height; ++i) {
    json row = json::array();
    for (const json& column : table["columns"]) {
      row.push_back(typed::random_cell(chance, column["type"].get_ref<const std::string&>()));
    }
    table["rows"].push_back(std::move(row));
  }
  table["batches"] = json::array();
  const size_t most = chance.one_in(3) ? 3 : height + 1;
  for (size_t left = chance.below(6); left > 0; --left) {
    table["batches"].push_back(chance.one_in(4) ? 0 : chance.below(most));
  }
  return table;
}

inline json random_tables(uint64_t seed, size_t count) {
  Chance chance(seed);
  json tables = json::array();
  for (size_t i = 0; i < count; ++i) {
    tables.push_back(random_table(chance, "t" + std::to_string(i)));
  }
  return tables;
}

}  // namespace pxq::app
