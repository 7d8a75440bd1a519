#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "export_world.h"

namespace pxq::app {

/// A table of an answer and its rows.
struct Said {
  fake::Table table;
  fake::Batch rows;
};

/// Every answer has as many messages, so that one script of the fake gives them all.
inline constexpr size_t kAnswerMessages = 8;

inline std::vector<std::string> answer_of(const std::vector<Said>& tables) {
  std::vector<std::string> messages;
  const auto say = [&messages](const px::api::vizierpb::ExecuteScriptResponse& response) {
    messages.push_back(response.SerializeAsString());
  };
  for (const Said& said : tables) say(said.table.metadata());
  for (const Said& said : tables) say(said.rows);
  while (messages.size() + tables.size() + 1 < kAnswerMessages) {
    say(tables.front().table.heartbeat());
  }
  for (const Said& said : tables) say(said.table.end());
  say(fake::stats());
  return messages;
}

inline std::pair<uint64_t, uint64_t> upid_of(size_t node) {
  return {static_cast<uint64_t>(node + 1) << 32 | 77u, 5u};
}

inline std::string pod_of(size_t node) { return "shop/pod-" + std::to_string(node); }

/// The number behind a word of a script; else the other one.
inline int64_t number_behind(const std::string& text, std::string_view word, int64_t otherwise) {
  const size_t at = text.find(word);
  return at == std::string::npos ? otherwise : std::stoll(text.substr(at + word.size()));
}

inline std::vector<Said> agents_said(const World& world) {
  fake::Table agents("agents");
  agents.uint128("agent_id").int64("asid").string("hostname").int64("now");
  fake::Table collectors("collectors");
  collectors.uint128("agent_id");
  return {
      {agents, agents.batch().uint128({{1, 2}}).int64({1}).string({"n"}).int64({world.clock_ns})},
      {collectors, collectors.batch().uint128({{1, 2}})}};
}

inline std::vector<Said> tables_said(const World& world) {
  fake::Table tables("tables");
  tables.string("table_name").string("table_desc");
  fake::Table columns("columns");
  columns.string("table_name").string("column_name").string("column_type").string("column_desc");
  return {{tables, tables.batch().string({world.table}).string({"made up"})},
          {columns, columns.batch()
                        .string(std::vector<std::string>(3, world.table))
                        .string({"time_", "upid", "id"})
                        .string({"TIME64NS", "UINT128", "INT64"})
                        .string({"", "", "a number"})}};
}

/// Of the processes that rows of the window name.
inline std::vector<Said> state_said(const World& world, const std::string& script) {
  const int64_t start = number_behind(script, "start_time=", INT64_MIN);
  const int64_t end = number_behind(script, "end_time=", INT64_MAX);
  std::set<size_t> nodes;
  for (const WorldRow& row : world.held()) {
    if (row.time_ns >= start && row.time_ns <= end) nodes.insert(row.node);
  }
  std::vector<std::pair<uint64_t, uint64_t>> upids;
  std::vector<std::string> ids;
  std::vector<std::string> pods;
  for (const size_t node : nodes) {
    upids.push_back(upid_of(node));
    ids.push_back("id-" + std::to_string(node));
    pods.push_back(pod_of(node));
  }
  fake::Table state("state");
  state.uint128("upid").string("pod_id").string("pod").string("namespace");
  fake::Batch rows = state.batch().uint128(upids).string(ids).string(pods);
  return {{state, rows.string(std::vector<std::string>(pods.size(), "shop"))}};
}

inline std::vector<Said> oldest_said(const World& world) {
  const fake::Table table = fake::Table(world.table).time("oldest");
  std::vector<int64_t> times;
  for (const WorldRow& row : world.held()) times.push_back(row.time_ns);
  if (times.size() > 1) times = {*std::min_element(times.begin(), times.end())};
  return {{table, table.batch().time(times)}};
}

inline std::vector<Said> rows_said(const World& world,
                                   const px::api::vizierpb::ExecuteScriptRequest& request) {
  const auto [start, end] = window_asked(request);
  const fake::Table table = world_table(world);
  const fake::Table clock = fake::Table("pxq_clock").time("time_");
  return {{table, world_rows(world, table, start, end)},
          {clock, clock.batch().time({world.clock_ns})}};
}

/// Whatever `pxq export --snapshot` asks, as a cluster answers that holds such a world.
/// `world` outlives the script.
inline fake::Script answer_growing(const World& world) {
  fake::Script script;
  for (size_t number = 0; number < kAnswerMessages; ++number) {
    script.reply([&world, number](const std::string& bytes) {
      px::api::vizierpb::ExecuteScriptRequest request;
      request.ParseFromString(bytes);
      const std::string text(request.query_str());
      const auto asks = [&text](std::string_view word) {
        return text.find(word) != std::string::npos;
      };
      std::vector<Said> said;
      if (asks("GetAgentStatus")) {
        said = agents_said(world);
      } else if (asks("GetTables")) {
        said = tables_said(world);
      } else if (asks("px.Version")) {
        const fake::Table state = fake::Table("state").string("version");
        said = {{state, state.batch().string({"1.0"})}};
      } else if (asks("upid_to_pod_id")) {
        said = state_said(world, text);
      } else if (asks("oldest=")) {
        said = oldest_said(world);
      } else {
        said = rows_said(world, request);
      }
      return answer_of(said).at(number);
    });
  }
  return script;
}

/// How often each row, by its time and number, is there.
using Cells = std::map<std::pair<int64_t, int64_t>, int>;

/// A cluster that is kept by a growing snapshot, run by run. `table` has the columns time_, upid
/// and id; a row of a node is of one process in one pod.
class KeptCluster {
 public:
  KeptCluster() { world_.table = "ticks"; }

  World& world() { return world_; }
  const fake::TempDir& dir() const { return dir_; }
  const Session& session() const { return session_; }
  std::vector<std::string> flags = {};
  /// How all runs are started.
  std::function<fake::ProcessResult(const fake::Command&)> start =
      [](const fake::Command& command) { return fake::run(command); };

  /// The run whose window ends then, half a minute before the cluster's now.
  fake::Command command(int64_t end_ns) {
    const int64_t lag_ms = (now_ns() - end_ns) / 1'000'000;
    world_.now_ns = end_ns + kLagNs;
    world_.clock_ns = end_ns + lag_ms * 1'000'000;
    for (Store& node : world_.nodes) node.capacity = node.rows.size();
    vizier_.answer_from_now_on(answer_growing(world_));
    std::vector<std::string> words = {"export",
                                      "--snapshot",
                                      dir_.path("kept"),
                                      "--addr",
                                      address(),
                                      "--insecure",
                                      "--state",
                                      dir_.path("state"),
                                      "--summary",
                                      dir_.path("summary.json"),
                                      "--lag",
                                      std::to_string(lag_ms) + "ms",
                                      "--overlap",
                                      "60s",
                                      "--job",
                                      "kept",
                                      "-q"};
    words.insert(words.end(), flags.begin(), flags.end());
    return session_.command(std::move(words));
  }
  fake::ProcessResult run(int64_t end_ns) { return start(command(end_ns)); }

  const std::string& address() const { return vizier_.address(); }

  json summary() const { return json::parse(dir_.read("summary.json"), nullptr, false); }
  json table_summary() const { return summary()["tables"].at(0)["exported"]; }
  /// Where the last window ended: later than it should, by the time that an answer took.
  int64_t reached_ns() const { return parse_time_text(summary()["window"]["end"]); }

  /// The files, the oldest window first.
  std::vector<std::string> segments() const {
    std::vector<std::string> names;
    if (!std::filesystem::exists(dir_.path("kept"))) return names;
    for (const auto& entry : std::filesystem::directory_iterator(dir_.path("kept"))) {
      names.push_back(entry.path().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  std::string shown(const std::string& local, const std::string& columns,
                    const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words = {
        "run",
        "--local=" + local,
        "-e",
        "import px\ndf = px.DataFrame('ticks')\ndf.pod = df.ctx['pod']\npx.display(df[[" + columns +
            "]])\n",
        "--max-rows",
        "all",
        "-o",
        "csv",
        "--time-format",
        "unix_ns"};
    words.insert(words.end(), more.begin(), more.end());
    const auto result = start(session_.command(std::move(words)));
    INFO(result.err);
    CHECK(result.status() == 0);
    return result.out;
  }

  Cells cells(const std::string& local, const std::vector<std::string>& more = {}) const {
    std::istringstream lines(shown(local, "'time_', 'id'", more));
    Cells found;
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line)) {
      const size_t comma = line.find(',');
      ++found[{std::stoll(line.substr(0, comma)), std::stoll(line.substr(comma + 1))}];
    }
    return found;
  }
  Cells cells() const { return cells(dir_.path("kept")); }

  static constexpr int64_t kLagNs = 30 * kSecondNs;

 private:
  Session session_;
  fake::TempDir dir_;
  World world_;
  fake::Vizier vizier_;
};

}  // namespace pxq::app
