#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

#include "local/data/host/network_device.h"
#include "local/data/host/network_namespace.h"
#include "local/data/host/proc_directory.h"
#include "local/data/host/process.h"
#include "local/data/host/socket_table.h"
#include "places.h"

namespace pxq::local {
namespace {

const std::string kData = PXQ_TEST_DATA "/local/data/";

TEST_CASE("words come one by one, whatever lies between them") {
  Words words{"  a\t12 -3 \n99999999999999999999 x9 "};
  CHECK(words.next() == "a");
  CHECK(words.number() == 12);
  CHECK(words.number() == -3);
  CHECK(words.number() == INT64_MAX);
  CHECK(words.number() == std::nullopt);
  CHECK(words.next().empty());
  CHECK(words.number() == std::nullopt);
}

TEST_CASE("lines end with the text at the latest") {
  std::string_view text = "a\n\nb";
  CHECK(take_line(text) == "a");
  CHECK(take_line(text).empty());
  CHECK(take_line(text) == "b");
  CHECK(text.empty());
}

TEST_CASE("the processes are the directories with numbers") {
  const auto pids = ProcDirectory{kData + "proc"}.pids();
  REQUIRE(pids.ok());
  CHECK(*pids == std::vector<uint32_t>{1, 42, 77, 88, 99});
}

TEST_CASE("a directory that is not there is a failure, a process that is not there is none") {
  const ProcDirectory nowhere{kData + "no-proc"};
  const auto pids = nowhere.pids();
  CHECK(pids.status().code() == Code::kServer);
  CHECK(pids.status().message().find("no-proc: No such file") != std::string::npos);
  CHECK(nowhere.descriptors(1).empty());
  CHECK(nowhere.read("1/stat") == std::nullopt);
  CHECK(nowhere.link("1/ns/net") == std::nullopt);
}

TEST_CASE("a process's name may hold anything") {
  const std::string name =
      GENERATE("(a)", "(a b)", "(a) b c)", "())", "(()", "(1 2 3 4 5 6 7 8 9)", "(a\n1)", "()");
  const auto stat = parse_process_stat(
      "7 " + name + " S 1 2 3 4 5 6 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25\n");
  REQUIRE(stat);
  CHECK(stat->minor_faults == 10);
  CHECK(stat->major_faults == 12);
  CHECK(stat->user_ticks == 14);
  CHECK(stat->kernel_ticks == 15);
  CHECK(stat->threads == 20);
  CHECK(stat->start_ticks == 22);
  CHECK(stat->virtual_bytes == 23);
  CHECK(stat->resident_pages == 24);
}

TEST_CASE("a stat that is cut short or no stat at all is nothing") {
  CHECK(!parse_process_stat(""));
  CHECK(!parse_process_stat("7 (a S 1 2 3"));
  CHECK(!parse_process_stat("7 (a)"));
  CHECK(!parse_process_stat("7 (a) S 1 2 3 4 5 6 10 11 12 13 14 15 16 17 18 19 20 21 22 23"));
  CHECK(!parse_process_stat("7 (a) S 1 2 3 4 5 6 x 11 12 13 14 15 16 17 18 19 20 21 22 23 24"));
}

TEST_CASE("io counts by its keys") {
  const ProcessIo io =
      parse_process_io("syscr: 9\nwrite_bytes: 4\nrchar: 1\nwchar: x\nread_bytes:");
  CHECK(io.read_calls == 1);
  CHECK(io.write_calls == 0);
  CHECK(io.read_storage == 0);
  CHECK(io.write_storage == 4);
  CHECK(parse_process_io("").read_calls == 0);
}

TEST_CASE("a upid holds agent, pid and start") {
  CHECK(make_upid(3, 42, 99) == Uint128{uint64_t{3} << 32 | 42, 99});
}

TEST_CASE("network devices add up without those that count twice") {
  const NetworkCounters sums = sum_network_devices(
      "Inter-|   Receive | Transmit\n face |bytes packets | bytes\n"
      "    lo:9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9\n"
      "  eth0:1 2 3 4 0 0 0 0 5 6 7 8 0 0 0 0\n"
      "eth0:1: 10 20 30 40 0 0 0 0 50 60 70 80 0 0 0 0\n"
      "vnet1: 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9\n"
      "eth1: 9 9 9 9 9 9 9 9 9 9\n"
      "eth2: 9 9 9 9 9 9 9 9 9 x 9 9 9 9 9 9\n");
  CHECK(sums == NetworkCounters{11, 22, 33, 44, 55, 66, 77, 88});
  CHECK(sum_network_devices("") == NetworkCounters{});
}

TEST_CASE("counters that are too large stay at the end") {
  const NetworkCounters sums = sum_network_devices(
      "a: 18446744073709551615 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
      "b: 5 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n");
  CHECK(sums[0] == INT64_MAX);
  CHECK(sums[1] == 2);
}

std::vector<std::string> names(const std::vector<NetworkNamespace>& namespaces) {
  std::vector<std::string> ids;
  for (const NetworkNamespace& place : namespaces) ids.push_back(place.id);
  return ids;
}

TEST_CASE("the namespace of process 1 is the host's") {
  const auto namespaces = network_namespaces(ProcDirectory{kData + "proc"});
  REQUIRE(namespaces.ok());
  CHECK(names(*namespaces) == std::vector<std::string>{"host", "netns-4026532281"});
  CHECK(namespaces->front().paths == std::vector<std::string>{"1/net", "42/net"});
}

TEST_CASE("where process 1 is hidden the host is where we are") {
  const ProcDirectory proc{kData + "proc-self"};
  const auto namespaces = network_namespaces(proc);
  REQUIRE(namespaces.ok());
  CHECK(names(*namespaces) == std::vector<std::string>{"host", "netns-50", "netns-70"});
  CHECK(namespaces->back().read(proc, "dev") == std::nullopt);
}

TEST_CASE("where every namespace is hidden our own is left") {
  const auto namespaces = network_namespaces(ProcDirectory{kData + "proc-hidden"});
  REQUIRE(namespaces.ok());
  REQUIRE(names(*namespaces) == std::vector<std::string>{"host"});
  CHECK(namespaces->front().paths == std::vector<std::string>{"net"});
}

TEST_CASE("a namespace is read through whichever process is still there") {
  const NetworkNamespace place{"host", {"99/net", "1/net"}};
  const auto text = place.read(ProcDirectory{kData + "proc"}, "dev");
  REQUIRE(text);
  CHECK(text->find("eth0") != std::string::npos);
}

std::string line(const std::string& local, const std::string& remote, const std::string& rest) {
  return "   0: " + local + ' ' + remote + ' ' + rest + '\n';
}

TEST_CASE("socket tables tell both ends") {
  const std::string rest = "0A 00000000:00000000 00:00000000 00000000  1000        0 77 1 0 100";
  const auto sockets = parse_socket_table(
      "  sl  local_address rem_address   st ...\n" + line("0100007F:1F90", "00000000:0000", rest) +
      line("B80D0120000000000000000001000000:01BB", "0000000000000000FFFF00000900000A:0050", rest));
  REQUIRE(sockets.size() == 2);
  CHECK(sockets[0].local.text() == "127.0.0.1");
  CHECK(sockets[0].local_port == 8080);
  CHECK(sockets[0].remote.is_unspecified());
  CHECK(sockets[0].state == Socket::kListen);
  CHECK(sockets[0].inode == 77);
  CHECK(sockets[1].local.v6);
  CHECK(sockets[1].local.text() == "2001:db8::1");
  CHECK(sockets[1].local_port == 443);
  CHECK(sockets[1].remote.text() == "10.0.0.9");
  CHECK(sockets[1].remote_port == 80);
}

TEST_CASE("lines of a socket table that are not understood are left out") {
  const std::string good = "01 0:0 0:0 0 0 0 5";
  const std::string bad = GENERATE(as<std::string>{}, "", "0:", "   0: 0100007F:1F90", "\n\n\n",
                                   line("0100007:1F90", "0100007F:1F90", "01 0:0 0:0 0 0 0 5"),
                                   line("0100007F:1F90F", "0100007F:1F90", "01 0:0 0:0 0 0 0 5"),
                                   line("0100007F", "0100007F:1F90", "01 0:0 0:0 0 0 0 5"),
                                   line("0100007G:1F90", "0100007F:1F90", "01 0:0 0:0 0 0 0 5"),
                                   line("0100007F:1F90", "0100007F:1F90", "01 0:0 0:0 0 0 0 -5"),
                                   line("0100007F:1F90", "0100007F:1F90", "01 0:0 0:0 0 0 0"));
  const auto sockets =
      parse_socket_table(bad + '\n' + line("0100007F:1F90", "0100007F:1F91", good));
  REQUIRE(sockets.size() == 1);
  CHECK(sockets[0].remote_port == 8081);
}

TEST_CASE("our own process is in /proc") {
  const ProcDirectory proc{"/proc"};
  const auto pids = proc.pids();
  REQUIRE(pids.ok());
  const auto self = static_cast<uint32_t>(::getpid());
  CHECK(std::ranges::count(*pids, self) == 1);
  const auto stat = read_process_stat(proc, self);
  REQUIRE(stat);
  CHECK(stat->start_ticks > 0);
  CHECK(stat->threads >= 1);
  CHECK(stat->resident_pages > 0);
}

}  // namespace
}  // namespace pxq::local
