#include "local/snapshot/contents.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "text/json_bytes.h"
#include "text/time_text.h"

namespace pxq::local::snapshot {
namespace {

using Json = nlohmann::ordered_json;

// Names are bytes of the server's and need not be UTF-8; JSON has to be.
Json block_json(const Block& block) {
  return Json::array({block.offset, block.packed, block.size, block.crc});
}

Json segment_json(const Segment& segment) {
  return {{"head", block_json(segment.head)},
          {"rows", segment.rows},
          {"bytes", segment.bytes},
          {"first", segment.first_ns},
          {"last", segment.last_ns}};
}

Json table_json(const Table& table) {
  Json columns = Json::array();
  for (const ColumnInfo& column : table.columns) {
    columns.push_back({{"name", column.name},
                       {"type", static_cast<int32_t>(column.type)},
                       {"semantic", static_cast<int32_t>(column.semantic)},
                       {"description", column.description}});
  }
  Json json = {{"name", table.name}, {"description", table.description}, {"columns", columns}};
  if (table.evicted_before_ns) json["evicted_before"] = *table.evicted_before_ns;
  json["segments"] = Json::array();
  for (const Segment& segment : table.segments) json["segments"].push_back(segment_json(segment));
  return json;
}

Block block_of(const Json& json) {
  return {whole<uint64_t>(json.at(0)), whole<uint64_t>(json.at(1)), whole<uint64_t>(json.at(2)),
          whole<uint32_t>(json.at(3))};
}

Table table_of(const Json& json) {
  Table table;
  table.name = json.at("name").get<std::string>();
  table.description = json.at("description").get<std::string>();
  for (const Json& column : json.at("columns")) {
    table.columns.push_back({column.at("name").get<std::string>(),
                             static_cast<DataType>(whole_member<int32_t>(column, "type")),
                             static_cast<SemanticType>(whole_member<int32_t>(column, "semantic")),
                             column.at("description").get<std::string>()});
  }
  table.evicted_before_ns = whole_member_if_there<int64_t>(json, "evicted_before");
  for (const Json& segment : json.at("segments")) {
    table.segments.push_back({block_of(segment.at("head")), whole_member<uint64_t>(segment, "rows"),
                              whole_member<uint64_t>(segment, "bytes"),
                              whole_member<int64_t>(segment, "first"),
                              whole_member<int64_t>(segment, "last")});
  }
  return table;
}

Contents contents_of(const Json& json) {
  Contents contents;
  contents.pxq_version = json.at("pxq").get<std::string>();
  contents.cluster = json.at("cluster").get<std::string>();
  contents.taken_ns = whole_member<int64_t>(json, "taken");
  contents.start_ns = whole_member<int64_t>(json, "start");
  contents.end_ns = whole_member<int64_t>(json, "end");
  contents.without_bodies = json.at("without_bodies").get<bool>();
  contents.redacted = json.at("redacted").get<bool>();
  contents.lacking = json.at("lacking").get<std::vector<std::string>>();
  contents.unanswered = json.at("unanswered").get<std::vector<std::string>>();
  for (const Json& table : json.at("tables")) contents.tables.push_back(table_of(table));
  contents.state = block_of(json.at("state"));
  return contents;
}

}  // namespace

std::string to_json(const Contents& contents) {
  Json json;
  json["pxq"] = contents.pxq_version;
  json["cluster"] = contents.cluster;
  json["taken"] = contents.taken_ns;
  json["start"] = contents.start_ns;
  json["end"] = contents.end_ns;
  json["without_bodies"] = contents.without_bodies;
  json["redacted"] = contents.redacted;
  json["lacking"] = contents.lacking;
  json["unanswered"] = contents.unanswered;
  json["state"] = block_json(contents.state);
  json["tables"] = Json::array();
  for (const Table& table : contents.tables) json["tables"].push_back(table_json(table));
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Contents> parse_contents(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  // nlohmann throws where a member lacks or has another type.
  try {
    return contents_of(json);
  } catch (const Json::exception&) {
    return Status(Code::kIncomplete, "its index is damaged");
  }
}

std::string verdict_of(const Table& table) {
  if (!table.evicted_before_ns) return "whole";
  return fmt::format("none before {}", rfc3339_text(*table.evicted_before_ns));
}

}  // namespace pxq::local::snapshot
