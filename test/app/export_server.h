#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "export_session.h"
#include "vizierapi.pb.h"

namespace pxq::app {

/// How a server answers an export's query: from what it holds at the moment of the query, within
/// the window that the request names, and with its own time where that is asked for.
struct ExportServer {
  std::function<std::vector<Event>()> held;
  int64_t ahead_ns = 0;      // its clock before this machine's
  bool knows_clock = true;   // else a question for its time does not compile
  bool heeds_window = true;  // the script reads px.plugin
  uint64_t head = std::numeric_limits<uint64_t>::max();  // rows after which the script stops
};

inline bool asks_clock(const std::string& query) {
  return query.find("px.now()") != std::string::npos;
}

inline std::vector<Event> answer_of(const ExportServer& server, const std::string& bytes) {
  px::api::vizierpb::ExecuteScriptRequest request;
  request.ParseFromString(bytes);
  std::vector<Event> events;
  const auto& window = request.configs().plugin_config();
  for (const Event& event : server.held()) {
    const bool inside =
        !server.heeds_window || !request.configs().has_plugin_config() ||
        (event.time_ns >= window.start_time_ns() && event.time_ns < window.end_time_ns());
    if (inside && events.size() < server.head) events.push_back(event);
  }
  return events;
}

/// `server` outlives the script.
inline fake::Script answering(const ExportServer& server, std::string_view name = "events") {
  const fake::Table table = events_table(name);
  const fake::Table clock = fake::Table("pxq_clock").time("time_");
  const auto bytes = [](const px::api::vizierpb::ExecuteScriptResponse& response) {
    return response.SerializeAsString();
  };
  const auto time_asked = [](const std::string& request) {
    px::api::vizierpb::ExecuteScriptRequest asked;
    asked.ParseFromString(request);
    return asks_clock(std::string(asked.query_str()));
  };
  fake::Script script;
  script.reply([=, &server](const std::string& request) {
    if (time_asked(request) && !server.knows_clock) {
      return bytes(fake::compile_error(1, 1, "name 'process_stats' is not defined"));
    }
    return bytes(table.metadata());
  });
  script.reply([=, &server](const std::string& request) {
    return bytes(events_batch(table, answer_of(server, request)));
  });
  script.reply([=](const std::string& request) {
    return time_asked(request) ? bytes(clock.metadata()) : bytes(table.heartbeat());
  });
  script.reply([=, &server](const std::string& request) {
    return time_asked(request) ? bytes(clock.batch().time({now_ns() + server.ahead_ns}))
                               : bytes(table.heartbeat());
  });
  script.reply([=](const std::string& request) {
    return time_asked(request) ? bytes(clock.end()) : bytes(table.heartbeat());
  });
  return script.send(table.end()).send(fake::stats());
}

/// A script whose window is pinned, as the shipped ones of pxq/export are.
inline constexpr std::string_view kPinned =
    "import px\n"
    "df = px.DataFrame('events', start_time=px.plugin.start_time, end_time=px.plugin.end_time)\n"
    "px.display(df, 'events')\n";

}  // namespace pxq::app
