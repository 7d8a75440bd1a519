#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "local/data/data_set.h"
#include "local/data/history/history.h"
#include "local/data/host/socket_traffic.h"
#include "local/data/table_source.h"
#include "local/functions/function.h"

namespace pxq::local {

// This host's tables. They hold one sample of counters that the kernel keeps, taken as the query
// runs, so that all rows of a query have the same time_: the query's own now, which lets windows
// that end at px.now() include them.

/// Every process that /proc shows, by pid. Where /proc/PID/io may not be read (another user's
/// process) its four columns are 0.
std::unique_ptr<TableSource> process_stats_table(std::string proc);

/// A row per network namespace, whose pod_id is `host` or `netns-INODE`: the sums over its network
/// interfaces, without the loopback and those whose traffic others carry again (as Pixie does:
/// names that begin with lo, docker or v).
std::unique_ptr<TableSource> network_stats_table(std::string proc);

/// The open TCP and UDP connections of processes into which we may look: a row per process, peer
/// and role. As in Pixie a server's peers lose their port, so that a client has one row. A peer
/// behind an IPv4-mapped address is shown as IPv4. Closed connections leave no trace, and UDP
/// sockets without a fixed peer none either. `traffic` tells the bytes by socket, for our own
/// network namespace; unknown ones are 0. The protocol is 0, unknown.
std::unique_ptr<TableSource> conn_stats_table(std::string proc,
                                              std::function<SocketTraffic()> traffic);

/// The three tables above, read from /proc, with the past that `history` keeps of them.
TableSet host_tables(const std::shared_ptr<History>& history);

/// The data set of this machine; it has no options.
Result<DataSet> open_host(std::string_view options);

/// The context's time, or the clock's when it has none.
int64_t sample_time(const FunctionContext& context);

}  // namespace pxq::local
