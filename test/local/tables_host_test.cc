#include "local/data/host/host.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <numeric>
#include <string>
#include <tuple>
#include <vector>

#include "base/unique_fd.h"
#include "local/data/host/process.h"
#include "places.h"

namespace pxq::local {
namespace {

/// How a table fails.
Code failure_of(const TableSource& table) {
  class Nobody final : public RowReceiver {
    bool rows(RowBatch&&) override { return true; }
  };
  Nobody nobody;
  return table.scan({}, nobody).code();
}

const std::string kData = PXQ_TEST_DATA "/local/data/";

/// A table as a query reads it.
struct Sample {
  explicit Sample(const TableSource& source, int64_t now = 1234) {
    std::vector<size_t> columns(source.relation().size());
    std::iota(columns.begin(), columns.end(), size_t{0});
    Keeper keeper(batch);
    REQUIRE(source.scan({columns, {}, now, 3}, keeper).ok());
    if (batch.columns.empty()) {  // no rows at all
      for (const ColumnInfo& column : source.relation()) {
        batch.columns.push_back(make_column(column.type));
      }
    }
    REQUIRE(batch.columns.size() == source.relation().size());
    for (size_t i = 0; i < batch.columns.size(); ++i) {
      CHECK(column_type(batch.columns[i]) == source.relation()[i].type);
      CHECK(column_size(batch.columns[i]) == batch.num_rows);
    }
  }
  const Int64Column& ints(size_t column) const {
    return std::get<Int64Column>(batch.columns[column]);
  }
  std::vector<std::string> texts(size_t column) const {
    const auto& values = std::get<StringColumn>(batch.columns[column]);
    return {values.begin(), values.end()};
  }
  const Uint128Column& upids() const { return std::get<Uint128Column>(batch.columns[1]); }
  const Time64Column& times() const { return std::get<Time64Column>(batch.columns[0]); }

  RowBatch batch;

 private:
  class Keeper final : public RowReceiver {
   public:
    explicit Keeper(RowBatch& kept) : kept_(kept) {}
    bool rows(RowBatch&& rows) override {
      CHECK(kept_.columns.empty());  // one batch holds all of a test's rows
      kept_ = std::move(rows);
      return true;
    }

   private:
    RowBatch& kept_;
  };
};

std::vector<std::string> column_names(const TableSource& table) {
  std::vector<std::string> names;
  for (const ColumnInfo& column : table.relation()) names.push_back(column.name);
  return names;
}

SocketTraffic no_traffic() { return {}; }

TEST_CASE("the host has Pixie's tables with Pixie's columns") {
  const TableSet tables = host_tables(std::make_shared<History>());
  REQUIRE(tables.all().size() == 3);
  CHECK(tables.find("http_events") == nullptr);
  const TableSource* process = tables.find("process_stats");
  REQUIRE(process != nullptr);
  CHECK(column_names(*process) ==
        std::vector<std::string>{"time_", "upid", "major_faults", "minor_faults", "cpu_utime_ns",
                                 "cpu_ktime_ns", "num_threads", "vsize_bytes", "rss_bytes",
                                 "rchar_bytes", "wchar_bytes", "read_bytes", "write_bytes"});
  const TableSource* network = tables.find("network_stats");
  REQUIRE(network != nullptr);
  CHECK(column_names(*network) ==
        std::vector<std::string>{"time_", "pod_id", "rx_bytes", "rx_packets", "rx_errors",
                                 "rx_drops", "tx_bytes", "tx_packets", "tx_errors", "tx_drops"});
  const TableSource* connections = tables.find("conn_stats");
  REQUIRE(connections != nullptr);
  CHECK(column_names(*connections) ==
        std::vector<std::string>{"time_", "upid", "remote_addr", "remote_port", "trace_role",
                                 "addr_family", "protocol", "ssl", "conn_open", "conn_close",
                                 "conn_active", "bytes_sent", "bytes_recv"});
  for (const auto& table : tables.all()) {
    CHECK(!table->description().empty());
    for (const ColumnInfo& column : table->relation()) {
      CHECK(!column.description.empty());
      const bool bytes = column.name.ends_with("_bytes") || column.name.starts_with("bytes_");
      CHECK((column.semantic == SemanticType::kBytes) == bytes);
      CHECK((column.semantic == SemanticType::kUpid) == (column.name == "upid"));
      CHECK((column.semantic == SemanticType::kDurationNs) == column.name.ends_with("_ns"));
    }
  }
}

TEST_CASE("processes come by pid, those that cannot be read not at all") {
  const auto table = process_stats_table(kData + "proc");
  const Sample sample{*table};
  CHECK(sample.times() == Time64Column{{1234}, {1234}, {1234}});
  const uint64_t agent = uint64_t{3} << 32;
  CHECK(sample.upids() == Uint128Column{{agent | 1, 5}, {agent | 42, 4242}, {agent | 77, 777}});
  CHECK(sample.ints(2)[0] == 30);
  CHECK(sample.ints(3)[0] == 2000);
  const int64_t tick = 1'000'000'000 / ::sysconf(_SC_CLK_TCK);
  CHECK(sample.ints(4)[0] == 150 * tick);
  CHECK(sample.ints(5)[0] == 250 * tick);
  CHECK(sample.ints(6)[1] == 9);
  CHECK(sample.ints(7)[0] == 170000000);
  CHECK(sample.ints(8)[0] == 3000 * ::sysconf(_SC_PAGESIZE));
  CHECK(sample.ints(9) == Int64Column{11, 0, 0});  // only process 1 shows its io
  CHECK(sample.ints(10)[0] == 22);
  CHECK(sample.ints(11)[0] == 33);
  CHECK(sample.ints(12)[0] == 44);
}

TEST_CASE("a query without a time gets the clock's") {
  const auto clock = [] {
    return std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count();
  };
  const int64_t before = clock();
  const Sample sample{*process_stats_table(kData + "proc"), 0};
  CHECK(sample.times().front().ns >= before);
  CHECK(sample.times().front().ns <= clock());
  CHECK(sample.times().front() == sample.times().back());
}

TEST_CASE("a missing /proc is said") {
  const std::string nowhere = kData + "no-proc";
  CHECK(failure_of(*process_stats_table(nowhere)) == Code::kServer);
  CHECK(failure_of(*network_stats_table(nowhere)) == Code::kServer);
  CHECK(failure_of(*conn_stats_table(nowhere, no_traffic)) == Code::kServer);
}

TEST_CASE("network traffic is summed by namespace") {
  const auto table = network_stats_table(kData + "proc");
  const Sample sample{*table};
  CHECK(sample.texts(1) == std::vector<std::string>{"host", "netns-4026532281"});
  CHECK(sample.ints(2) == Int64Column{1500, 70});
  CHECK(sample.ints(3) == Int64Column{15, 7});
  CHECK(sample.ints(4) == Int64Column{1, 0});
  CHECK(sample.ints(5) == Int64Column{2, 0});
  CHECK(sample.ints(6) == Int64Column{2600, 80});
  CHECK(sample.ints(7) == Int64Column{26, 8});
  CHECK(sample.ints(8) == Int64Column{3, 0});
  CHECK(sample.ints(9) == Int64Column{4, 0});
}

TEST_CASE("a namespace without a network file has no row") {
  const Sample sample{*network_stats_table(kData + "proc-self")};
  CHECK(sample.texts(1) == std::vector<std::string>{"host", "netns-50"});
  CHECK(sample.ints(2) == Int64Column{10, 1});
}

using Row = std::tuple<uint32_t, std::string, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t>;

/// pid, peer, its port, role, family, open connections, bytes sent and received.
std::vector<Row> connections(const Sample& sample) {
  std::vector<Row> rows;
  for (size_t i = 0; i < sample.batch.num_rows; ++i) {
    rows.emplace_back(static_cast<uint32_t>(sample.upids()[i].high), sample.texts(2)[i],
                      sample.ints(3)[i], sample.ints(4)[i], sample.ints(5)[i], sample.ints(8)[i],
                      sample.ints(11)[i], sample.ints(12)[i]);
  }
  return rows;
}

TEST_CASE("connections are summed by process, peer and role") {
  const auto traffic = [] {
    return SocketTraffic{{1003, {10, 20}}, {1004, {1, 2}}, {1005, {7, 8}}, {1999, {9, 9}}};
  };
  const Sample sample{*conn_stats_table(kData + "proc", traffic)};
  CHECK(connections(sample) == std::vector<Row>{
                                   {1, "10.0.0.2", 53, 1, 2, 1, 0, 0},
                                   {1, "93.184.216.34", 443, 1, 2, 1, 7, 8},
                                   {1, "2001:db8::2", 443, 1, 10, 1, 0, 0},
                                   {42, "10.0.0.8", 0, 2, 2, 1, 0, 0},
                                   {42, "10.0.0.9", 0, 2, 2, 2, 11, 22},
                                   {42, "127.0.0.1", 0, 2, 2, 1, 0, 0},
                                   {42, "10.0.0.7", 0, 2, 10, 1, 0, 0},
                                   {77, "172.17.0.3", 7000, 1, 2, 1, 0, 0},
                               });
  for (size_t i = 0; i < sample.batch.num_rows; ++i) {
    CHECK(sample.times()[i].ns == 1234);
    CHECK(sample.ints(6)[i] == 0);
    CHECK(std::get<BooleanColumn>(sample.batch.columns[7])[i] == 0);
    CHECK(sample.ints(9)[i] == 0);
    CHECK(sample.ints(10)[i] == sample.ints(8)[i]);
  }
  CHECK(sample.upids()[0] == Uint128{uint64_t{3} << 32 | 1, 5});
}

TEST_CASE("traffic that would overflow stays at the end") {
  const auto traffic = [] { return SocketTraffic{{1003, {INT64_MAX, 1}}, {1004, {INT64_MAX, 1}}}; };
  const Sample sample{*conn_stats_table(kData + "proc", traffic)};
  CHECK(std::ranges::max(sample.ints(11)) == INT64_MAX);
}

TEST_CASE("the bytes of connections add up from one reading to the next") {
  int64_t sent = 10;
  bool tells = true;
  const auto traffic = [&] { return tells ? SocketTraffic{{1005, {sent, 8}}} : SocketTraffic(); };
  const auto table = conn_stats_table(kData + "proc", traffic);
  const auto sums = [&](int64_t now) { return std::ranges::max(Sample(*table, now).ints(11)); };
  CHECK(sums(1) == 10);
  sent = 25;
  CHECK(sums(2) == 25);
  tells = false;
  CHECK(sums(3) == 25);
}

TEST_CASE("without connections nobody asks for traffic") {
  const Sample sample{*conn_stats_table(kData + "proc-hidden", []() -> SocketTraffic {
    FAIL("asked");
    return {};
  })};
  CHECK(sample.batch.num_rows == 0);
}

/// Both ends of a TCP connection of this process to itself.
struct Loopback {
  UniqueFd listener{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  UniqueFd client{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  UniqueFd server;
  uint16_t port = 0;

  Loopback() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(listener.get(), generic, length) == 0);
    REQUIRE(::listen(listener.get(), 1) == 0);
    REQUIRE(::getsockname(listener.get(), generic, &length) == 0);
    port = ntohs(address.sin_port);
    REQUIRE(::connect(client.get(), generic, length) == 0);
    server.reset(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    REQUIRE(server);
  }

  /// Sends from the client and waits until all has arrived.
  void send(size_t bytes) const {
    std::vector<char> data(bytes, 'x');
    REQUIRE(::send(client.get(), data.data(), bytes, 0) == static_cast<ssize_t>(bytes));
    REQUIRE(::recv(server.get(), data.data(), bytes, MSG_WAITALL) == static_cast<ssize_t>(bytes));
  }
};

uint64_t inode_of(const UniqueFd& file) {
  struct stat status {};
  REQUIRE(::fstat(file.get(), &status) == 0);
  return status.st_ino;
}

bool may_ask_for_traffic() { return !read_socket_traffic().empty(); }

TEST_CASE("the kernel tells what our own connection carried") {
  const Loopback loopback;
  loopback.send(1000);
  const SocketTraffic traffic = read_socket_traffic();
  if (traffic.empty()) {
    WARN("not tested: this kernel does not answer about sockets");
    return;
  }
  REQUIRE(traffic.contains(inode_of(loopback.client)));
  REQUIRE(traffic.contains(inode_of(loopback.server)));
  CHECK(traffic.at(inode_of(loopback.client)).sent == 1000);
  CHECK(traffic.at(inode_of(loopback.client)).received == 0);
  CHECK(traffic.at(inode_of(loopback.server)).sent == 0);
  CHECK(traffic.at(inode_of(loopback.server)).received == 1000);
}

TEST_CASE("our own connection shows at both ends") {
  const Loopback loopback;
  loopback.send(1000);
  const int64_t bytes = may_ask_for_traffic() ? 1000 : 0;
  const TableSet tables = host_tables(std::make_shared<History>());
  const Sample sample{*tables.find("conn_stats")};
  const auto pid = static_cast<uint32_t>(::getpid());
  std::vector<Row> own;
  for (const Row& row : connections(sample)) {
    if (std::get<0>(row) == pid) own.push_back(row);
  }
  CHECK(own == std::vector<Row>{{pid, "127.0.0.1", loopback.port, 1, 2, 1, bytes, 0},
                                {pid, "127.0.0.1", 0, 2, 2, 1, 0, bytes}});
}

TEST_CASE("our own process shows with its start time and its own counters") {
  const TableSet tables = host_tables(std::make_shared<History>());
  const Sample sample{*tables.find("process_stats")};
  const auto pid = static_cast<uint32_t>(::getpid());
  const auto stat = read_process_stat(ProcDirectory{"/proc"}, pid);
  REQUIRE(stat);
  const auto found = std::ranges::find(sample.upids(), make_upid(3, pid, stat->start_ticks));
  REQUIRE(found != sample.upids().end());
  const auto row = static_cast<size_t>(found - sample.upids().begin());
  CHECK(sample.ints(6)[row] == stat->threads);
  CHECK(sample.ints(8)[row] > 0);
  CHECK(sample.ints(9)[row] > 0);  // reading /proc made read calls
}

TEST_CASE("the live host has a network") {
  const TableSet tables = host_tables(std::make_shared<History>());
  const Sample sample{*tables.find("network_stats")};
  REQUIRE(sample.batch.num_rows >= 1);
  CHECK(sample.texts(1).front() == "host");
}

}  // namespace
}  // namespace pxq::local
