#include <nlohmann/json.hpp>
#include <string>

#include "fuzz/target.h"
#include "text/csv.h"
#include "text/json.h"
#include "text/utf8.h"

namespace pxq::fuzz {
namespace {

// As RFC 4180 says it, and not as our writer does it.
std::string csv_field(std::string_view text) {
  if (text.empty() || text.front() != '"') return std::string(text);
  std::string field;
  for (size_t i = 1; i + 1 < text.size(); ++i) {
    field += text[i];
    if (text[i] == '"') ++i;
  }
  return field;
}

std::string tsv_field(std::string_view text) {
  std::string field;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      field += text[i];
      continue;
    }
    const char escaped = text[++i];
    field += escaped == 't' ? '\t' : escaped == 'n' ? '\n' : escaped == 'r' ? '\r' : escaped;
  }
  return field;
}

}  // namespace

void fuzz_cells(std::string_view input) {
  TextBuffer json;
  append_json_string(input, InvalidUtf8::kReversible, json);
  const auto parsed = nlohmann::json::parse(json.view(), nullptr, false);
  expect(parsed.is_string(), "a cell is a JSON string");
  expect(original_bytes(parsed.get<std::string>()) == input, "JSON gives the bytes back");

  TextBuffer replaced;
  append_json_string(input, InvalidUtf8::kReplace, replaced);
  const auto legible = nlohmann::json::parse(replaced.view(), nullptr, false);
  expect(legible.is_string(), "a cell is a JSON string");
  expect(!is_utf8(input) || legible.get<std::string>() == input, "text comes as it is");

  TextBuffer csv;
  append_csv_field(input, csv);
  expect(csv_field(csv.view()) == input, "csv gives the bytes back");

  TextBuffer tsv;
  append_tsv_field(input, tsv);
  expect(tsv_field(tsv.view()) == input, "tsv gives the bytes back");
}

}  // namespace pxq::fuzz
