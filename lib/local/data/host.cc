#include "local/data/host.h"

#include "base/wall_clock.h"

namespace pxq::local {

TableSet host_tables() {
  TableSet tables;
  tables.add(process_stats_table("/proc"));
  tables.add(network_stats_table("/proc"));
  tables.add(conn_stats_table("/proc", read_socket_traffic));
  return tables;
}

int64_t sample_time(const FunctionContext& context) {
  return context.now_ns != 0 ? context.now_ns : wall_clock_ns();
}

}  // namespace pxq::local
