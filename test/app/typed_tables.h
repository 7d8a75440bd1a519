#pragma once

#include <bit>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "fake/messages.h"
#include "fake/script.h"

/// Tables as JSON, so that a C++ generator makes them, a Python oracle judges them, and one that
/// once failed is kept as a file. A set is an array of
///   {"name", "columns": [{"name", "type", "semantic"}], "rows": [[CELL...]...], "batches": [N...]}
/// where a cell is what JSON holds without loss: truth values as such, INT64 and TIME64NS as
/// decimal text, FLOAT64 as its 16 hex digits, UINT128 as 32, STRING as the hex of its bytes.
/// Batches are numbers of rows; those that they do not cover come in a last one.
namespace pxq::app {

using nlohmann::json;

inline std::string to_hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

inline std::string from_hex(std::string_view text) {
  std::string bytes;
  for (size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes.push_back(
        static_cast<char>(std::strtoul(std::string(text.substr(i, 2)).c_str(), nullptr, 16)));
  }
  return bytes;
}

inline uint64_t bits_of(const std::string& hex) { return std::strtoull(hex.c_str(), nullptr, 16); }

namespace typed {

/// The cells of one column from row `first` to `last`, read by `read`.
template <typename Read>
auto column_of(const json& table, size_t column, size_t first, size_t last, Read read) {
  std::vector<decltype(read(json()))> cells;
  for (size_t row = first; row < last; ++row) cells.push_back(read(table["rows"][row][column]));
  return cells;
}

inline int64_t integer(const json& cell) {
  return std::strtoll(cell.get<std::string>().c_str(), nullptr, 10);
}

inline fake::Batch batch_of(const json& table, const fake::Table& relation, size_t first,
                            size_t last) {
  fake::Batch batch = relation.batch();
  for (size_t i = 0; i < table["columns"].size(); ++i) {
    const std::string type = table["columns"][i]["type"];
    const auto cells = [&](auto read) { return column_of(table, i, first, last, read); };
    if (type == "BOOLEAN") batch.boolean(cells([](const json& c) { return c.get<bool>(); }));
    if (type == "INT64") batch.int64(cells(integer));
    if (type == "TIME64NS") batch.time(cells(integer));
    if (type == "FLOAT64") {
      batch.float64(cells(
          [](const json& c) { return std::bit_cast<double>(bits_of(c.get<std::string>())); }));
    }
    if (type == "STRING") {
      batch.string(cells([](const json& c) { return from_hex(c.get<std::string>()); }));
    }
    if (type == "UINT128") {
      batch.uint128(cells([](const json& c) {
        const std::string hex = c;
        return std::pair(bits_of(hex.substr(0, 16)), bits_of(hex.substr(16)));
      }));
    }
  }
  return batch.rows(static_cast<int64_t>(last - first));
}

inline fake::Table relation_of(const json& table) {
  fake::Table relation(table["name"].get<std::string>());
  for (const json& column : table["columns"]) {
    fake::pb::DataType type{};
    fake::pb::DataType_Parse(column["type"].get<std::string>(), &type);
    relation.column(column["name"].get<std::string>(), type,
                    static_cast<fake::pb::SemanticType>(column["semantic"].get<int>()));
  }
  return relation;
}

}  // namespace typed

/// A whole stream of these tables: their batches take turns, as a Vizier's do.
inline fake::Script script_of(const json& tables) {
  fake::Script script;
  std::vector<fake::Table> relations;
  for (const json& table : tables) {
    relations.push_back(typed::relation_of(table));
    script.send(relations.back().metadata());
  }
  std::vector<size_t> sent(tables.size());
  size_t turns = 0;
  for (const json& table : tables) turns = std::max(turns, table["batches"].size());
  for (size_t turn = 0; turn < turns; ++turn) {
    for (size_t t = 0; t < tables.size(); ++t) {
      if (turn >= tables[t]["batches"].size()) continue;
      const size_t last =
          std::min(sent[t] + tables[t]["batches"][turn].get<size_t>(), tables[t]["rows"].size());
      script.send(typed::batch_of(tables[t], relations[t], sent[t], last));
      sent[t] = last;
    }
  }
  for (size_t t = 0; t < tables.size(); ++t) {
    script.send(
        typed::batch_of(tables[t], relations[t], sent[t], tables[t]["rows"].size()).eow().eos());
  }
  return script.send(fake::stats());
}

}  // namespace pxq::app
