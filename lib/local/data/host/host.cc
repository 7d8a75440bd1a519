#include "local/data/host/host.h"

#include <fmt/format.h>

#include <utility>

#include "base/wall_clock.h"

namespace pxq::local {

TableSet host_tables() {
  TableSet tables;
  tables.add(process_stats_table("/proc"));
  tables.add(network_stats_table("/proc"));
  tables.add(conn_stats_table("/proc", read_socket_traffic));
  return tables;
}

Result<DataSet> open_host(std::string_view options) {
  if (!options.empty()) {
    return Status(Code::kUsage, fmt::format("--local=host has no option '{}'", options),
                  "write --local=host");
  }
  return DataSet{.name = "host", .tables = host_tables(), .now = wall_clock_ns};
}

int64_t sample_time(const FunctionContext& context) {
  return context.now_ns != 0 ? context.now_ns : wall_clock_ns();
}

}  // namespace pxq::local
