#include <catch2/catch.hpp>
#include <cstring>
#include <nlohmann/json.hpp>
#include <random>

#include "format/stories.h"
#include "text/json.h"

namespace pxq {
namespace {

using nlohmann::json;

std::string random_bytes(std::mt19937& random) {
  // Favours what is special somewhere, and pieces of multi-byte sequences.
  static const std::vector<std::string> kPieces = {"\"",
                                                   "\\",
                                                   ",",
                                                   "\n",
                                                   "\r",
                                                   "\t",
                                                   "\x1b",
                                                   "\xf4\x8f\xbf\xbf",
                                                   "\xf4\x8f\xbe",
                                                   "\xe2\x80\xae",
                                                   "\xc2\x9b",
                                                   "\xed\xa0\x80",
                                                   "\xff",
                                                   "plain text",
                                                   "\xf0\x9f\x98\x80",
                                                   std::string(1, '\0')};
  std::string bytes;
  const size_t pieces = random() % 12;
  for (size_t i = 0; i < pieces; ++i) {
    if (random() % 2 == 0) {
      bytes += kPieces[random() % kPieces.size()];
    } else {
      bytes.push_back(static_cast<char>(random()));
    }
  }
  return bytes;
}

/// A reader of CSV by RFC 4180: rows of fields.
std::vector<std::vector<std::string>> read_csv(const std::string& text) {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char byte = text[i];
    if (quoted) {
      if (byte == '"' && i + 1 < text.size() && text[i + 1] == '"') {
        fields.back().push_back(text[++i]);
      } else if (byte == '"') {
        quoted = false;
      } else {
        fields.back().push_back(byte);
      }
    } else if (byte == '"' && fields.back().empty()) {
      quoted = true;
    } else if (byte == ',') {
      fields.emplace_back();
    } else if (byte == '\n') {
      rows.push_back(std::move(fields));
      fields.assign(1, "");
    } else {
      fields.back().push_back(byte);
    }
  }
  return rows;
}

std::string unescape_tsv(std::string_view field) {
  std::string bytes;
  for (size_t i = 0; i < field.size(); ++i) {
    if (field[i] != '\\') {
      bytes.push_back(field[i]);
      continue;
    }
    const char letter = field[++i];
    bytes.push_back(letter == 't' ? '\t' : letter == 'n' ? '\n' : letter == 'r' ? '\r' : letter);
  }
  return bytes;
}

TEST_CASE("any bytes come back from JSON, CSV and TSV") {
  std::mt19937 random(20261123);
  std::vector<std::string> cells;
  TableBuilder table("t");
  table.column("a", DataType::kString).column("b", DataType::kString);
  for (int i = 0; i < 2000; ++i) {
    cells.push_back(random_bytes(random));
    cells.push_back(random_bytes(random));
    table.row(cells[cells.size() - 2], cells.back());
  }
  const auto written = [&](const char* format) {
    StringOutput output;
    const auto sink = find_format(format)->make({}, output);
    table.stream_to(*sink, 100);
    sink->end({});
    return output.str();
  };

  const json rows = json::parse(written("json-array"));
  REQUIRE(rows.size() == 2000);
  bool same = true;
  for (size_t i = 0; i < rows.size(); ++i) {
    same = same && original_bytes(rows[i]["a"].get<std::string>()) == cells[2 * i];
    same = same && original_bytes(rows[i]["b"].get<std::string>()) == cells[2 * i + 1];
  }
  CHECK(same);

  const auto lines = read_csv(written("csv"));
  REQUIRE(lines.size() == 2001);
  for (size_t i = 0; i < 2000; ++i) {
    same = same && lines[i + 1].size() == 2 && lines[i + 1][0] == cells[2 * i] &&
           lines[i + 1][1] == cells[2 * i + 1];
  }
  CHECK(same);

  const std::string tsv = written("tsv");
  size_t start = tsv.find('\n') + 1;
  for (size_t i = 0; i < 2000; ++i) {
    const size_t end = tsv.find('\n', start);
    const std::string line = tsv.substr(start, end - start);
    const size_t tab = line.find('\t');
    same = same && unescape_tsv(line.substr(0, tab)) == cells[2 * i] &&
           unescape_tsv(line.substr(tab + 1)) == cells[2 * i + 1];
    start = end + 1;
  }
  CHECK(same);
}

TEST_CASE("any number comes back from JSON lines") {
  std::mt19937_64 random(7);
  std::vector<double> doubles;
  std::vector<int64_t> integers;
  TableBuilder table("t");
  table.column("d", DataType::kFloat64).column("i", DataType::kInt64);
  while (doubles.size() < 5000) {
    double value;
    const uint64_t bits = random();
    std::memcpy(&value, &bits, sizeof value);
    if (!std::isfinite(value)) continue;
    doubles.push_back(value);
    integers.push_back(static_cast<int64_t>(random()));
    table.row(doubles.back(), integers.back());
  }
  StringOutput output;
  const auto sink = find_format("json-array")->make({}, output);
  table.stream_to(*sink);
  sink->end({});
  const json rows = json::parse(output.str());
  bool same = rows.size() == doubles.size();
  for (size_t i = 0; i < rows.size(); ++i) {
    const double back = rows[i]["d"].get<double>();
    same = same && std::memcmp(&back, &doubles[i], sizeof back) == 0;
    same = same && rows[i]["i"].get<int64_t>() == integers[i];
  }
  CHECK(same);
}

}  // namespace
}  // namespace pxq
