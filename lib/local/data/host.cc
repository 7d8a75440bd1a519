#include "local/data/host.h"

#include <chrono>

namespace pxq::local {

TableSet host_tables() {
  TableSet tables;
  tables.add(process_stats_table("/proc"));
  tables.add(network_stats_table("/proc"));
  tables.add(conn_stats_table("/proc", read_socket_traffic));
  return tables;
}

int64_t sample_time(const FunctionContext& context) {
  if (context.now_ns != 0) return context.now_ns;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

}  // namespace pxq::local
