#pragma once

#include <time.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "export_server.h"
#include "vizierapi.pb.h"

namespace pxq::app {

/// A row as a node's store holds it: it arrives by the cluster's clock and is dated by the node's.
struct WorldRow {
  int64_t arrival_ns = 0;
  int64_t time_ns = 0;
  size_t node = 0;
  int64_t id = 0;
};

/// One node's store: rows in the order of their arrival, the oldest forgotten when it is full.
struct Store {
  std::vector<WorldRow> rows = {};  // all that ever came
  size_t capacity = 0;

  std::vector<WorldRow> held(int64_t now_ns) const {
    const auto end = std::partition_point(
        rows.begin(), rows.end(), [&](const WorldRow& row) { return row.arrival_ns <= now_ns; });
    const auto count = static_cast<size_t>(end - rows.begin());
    return {end - static_cast<std::ptrdiff_t>(std::min(count, capacity)), end};
  }
};

/// The kinds of scripts that people have: one made for export; one of Pixie's *_data, which ends in
/// a head() and links its rows with the query's start in them; one that counts by ten seconds.
enum class ScriptKind { kPlain, kData, kBins };

/// A cluster, and the script that is asked of it, as far as that decides its answer.
struct World {
  std::vector<Store> nodes = {};
  int64_t now_ns = 0;    // by the cluster's clock
  int64_t clock_ns = 0;  // what it says when it is asked
  ScriptKind kind = ScriptKind::kPlain;
  std::string table = "http_events";
  bool wide = false;      // with one column more
  int64_t only_each = 1;  // the script's filter: ids that are multiples of it
  size_t head = 1000;     // of *_data

  std::vector<WorldRow> held() const {
    std::vector<WorldRow> all;
    for (const Store& node : nodes) {
      const std::vector<WorldRow> rows = node.held(now_ns);
      all.insert(all.end(), rows.begin(), rows.end());
    }
    return all;
  }
};

inline constexpr int64_t kBinNs = 10 * kSecondNs;

inline int64_t parse_time_text(const std::string& text) {
  struct tm parts = {};
  const std::string form = text.find('T') == std::string::npos ? "%Y-%m-%d %H:%M:%S"  //
                                                               : "%Y-%m-%dT%H:%M:%S";
  ::strptime(text.c_str(), form.c_str(), &parts);
  return int64_t{::timegm(&parts)} * kSecondNs + std::stoll(text.substr(20, 9));
}

/// Where a request's window is: px.plugin's, or the script's own argument.
inline std::pair<int64_t, int64_t> window_asked(
    const px::api::vizierpb::ExecuteScriptRequest& request) {
  const auto& plugin = request.configs().plugin_config();
  int64_t start = plugin.start_time_ns();
  for (const auto& function : request.exec_funcs()) {
    for (const auto& value : function.arg_values()) {
      if (value.name() == "start_time") start = parse_time_text(std::string(value.value()));
    }
  }
  return {start, plugin.end_time_ns() != 0 ? plugin.end_time_ns() : INT64_MAX};
}

inline fake::Table world_table(const World& world) {
  fake::Table table(world.table);
  table.time("time_");
  if (world.kind == ScriptKind::kBins) return table.int64("id");
  table.uint128("upid").int64("id");
  if (world.wide) table.string("req_path");
  if (world.kind == ScriptKind::kData) {
    table.string("pod", px::api::vizierpb::ST_SCRIPT_REFERENCE);
  }
  return table;
}

inline fake::Batch counted(const World& world, const fake::Table& table, int64_t start,
                           int64_t end) {
  std::map<int64_t, int64_t> bins;
  for (const WorldRow& row : world.held()) {
    if (row.time_ns >= start && row.time_ns < end) ++bins[row.time_ns / kBinNs * kBinNs];
  }
  std::vector<int64_t> times;
  std::vector<int64_t> counts;
  for (const auto& [time, count] : bins) {
    times.push_back(time);
    counts.push_back(count);
  }
  return table.batch().time(times).int64(counts);
}

inline fake::Batch world_rows(const World& world, const fake::Table& table, int64_t start,
                              int64_t end) {
  if (world.kind == ScriptKind::kBins) return counted(world, table, start, end);
  std::vector<int64_t> times;
  std::vector<std::pair<uint64_t, uint64_t>> upids;
  std::vector<int64_t> ids;
  for (const WorldRow& row : world.held()) {
    if (row.time_ns < start || row.time_ns >= end || row.id % world.only_each != 0) continue;
    if (world.kind == ScriptKind::kData && ids.size() == world.head) break;
    times.push_back(row.time_ns);
    upids.emplace_back(static_cast<uint64_t>(row.node + 1) << 32 | 77u, 5u);
    ids.push_back(row.id);
  }
  fake::Batch batch = table.batch().time(times).uint128(upids).int64(ids);
  if (world.wide) batch.string(std::vector<std::string>(ids.size(), "/cart"));
  if (world.kind == ScriptKind::kData) {
    const std::string link = R"({"label":"shop/cart","script":"px/pod","args":{"start_time":")" +
                             std::to_string(start) + "\"}}";
    batch.string(std::vector<std::string>(ids.size(), link));
  }
  return batch;
}

/// `world` outlives the script.
inline fake::Script answer_from(const World& world) {
  const fake::Table table = world_table(world);
  const fake::Table clock = fake::Table("pxq_clock").time("time_");
  fake::Script script;
  script.send(table.metadata()).send(clock.metadata());
  script.reply([&world, table](const std::string& bytes) {
    px::api::vizierpb::ExecuteScriptRequest request;
    request.ParseFromString(bytes);
    const auto [start, end] = window_asked(request);
    return world_rows(world, table, start, end).response().SerializeAsString();
  });
  script.reply([&world, clock](const std::string&) {
    return clock.batch().time({world.clock_ns}).response().SerializeAsString();
  });
  return script.send(table.end()).send(clock.end()).send(fake::stats());
}

/// The lines of all exported files: one cell each of the column `id` beside that of `time_`.
inline std::map<std::pair<int64_t, int64_t>, int> exported_cells(const fake::TempDir& dir) {
  std::map<std::pair<int64_t, int64_t>, int> found;
  for (const std::string& name : dir.list()) {
    if (!name.ends_with(".csv")) continue;
    std::ifstream file(dir.path(name));
    std::string line;
    std::getline(file, line);
    const bool counted = line == "time_,id";
    while (std::getline(file, line)) {
      std::istringstream cells(line);
      std::string time;
      std::string upid;
      std::string id;
      std::getline(cells, time, ',');
      if (!counted) std::getline(cells, upid, ',');
      std::getline(cells, id, ',');
      ++found[{std::stoll(time), std::stoll(id)}];
    }
  }
  return found;
}

}  // namespace pxq::app
