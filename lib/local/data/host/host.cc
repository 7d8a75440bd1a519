#include "local/data/host/host.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "base/wall_clock.h"

namespace pxq::local {

TableSet host_tables(const std::shared_ptr<History>& history) {
  TableSet tables;
  tables.add(History::keep(history, process_stats_table("/proc")));
  tables.add(History::keep(history, network_stats_table("/proc")));
  tables.add(History::keep(history, conn_stats_table("/proc", read_socket_traffic)));
  return tables;
}

Result<DataSet> open_host(std::string_view options) {
  if (!options.empty()) {
    return Status(Code::kUsage, fmt::format("--local=host has no option '{}'", options),
                  "write --local=host");
  }
  const auto history = std::make_shared<History>();
  DataSet data{.name = "host", .tables = host_tables(history), .now = wall_clock_ns};
  data.goes_on = true;
  data.history = history;
  data.gap = std::make_shared<StateGap>();
  data.gap->note = "this machine is no cluster: names of pods, services and the like are empty";
  return data;
}

int64_t sample_time(const FunctionContext& context) {
  return context.now_ns != 0 ? context.now_ns : wall_clock_ns();
}

}  // namespace pxq::local
