#include <unistd.h>

#include <fstream>
#include <sstream>

#include "local/functions_call.h"

namespace pxq::local {
namespace {

constexpr uint32_t kAsid = 7;  // the one in call()'s context

std::string slurp(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// This process as a table row names it.
Uint128 own_upid() {
  const std::string stat = slurp("/proc/self/stat");
  std::istringstream fields(stat.substr(stat.rfind(')') + 1));
  std::string field;
  for (int i = 3; i <= 22; ++i) fields >> field;
  return {uint64_t{kAsid} << 32 | static_cast<uint64_t>(getpid()), std::stoull(field)};
}

TEST_CASE("a UPID comes apart and together") {
  const Uint128 upid{uint64_t{123} << 32 | 4567, 89};
  CHECK(call<int64_t>("upid_to_pid", upid) == 4567);
  CHECK(call<int64_t>("upid_to_asid", upid) == 123);
  CHECK(call<std::string>("upid_to_string", upid) == "123:4567:89");
  CHECK(call<Uint128>("upid", 123, 4567, 89) == upid);
  CHECK(call<Uint128>("upid", 4567, 89) == Uint128{uint64_t{kAsid} << 32 | 4567, 89});
  CHECK(call<Uint128>("upid", -1, -1, -1) == Uint128{~uint64_t{0}, ~uint64_t{0}});
}

TEST_CASE("upid_to_cmdline knows the processes of this host") {
  std::string expected = slurp("/proc/self/cmdline");
  expected.pop_back();
  for (char& c : expected) c = c == '\0' ? ' ' : c;
  CHECK(call<std::string>("upid_to_cmdline", own_upid()) == expected);
}

TEST_CASE("upid_to_cmdline is empty for another host, another start time and no process") {
  Uint128 upid = own_upid();
  upid.low += 1;
  CHECK(call<std::string>("upid_to_cmdline", upid) == "");
  upid = own_upid();
  upid.high += uint64_t{1} << 32;
  CHECK(call<std::string>("upid_to_cmdline", upid) == "");
  CHECK(call<std::string>("upid_to_cmdline", Uint128{}) == "");
  CHECK(call<std::string>("upid_to_cmdline", Uint128{uint64_t{kAsid} << 32 | 0xffffffff, 0}) == "");
}

TEST_CASE("what needs the processes' own host says so") {
  const std::vector upid = {DataType::kUint128};
  CHECK(find_scalar("upid_to_cmdline", upid)->placement == Placement::kPemOnly);
  CHECK(find_scalar("upid_to_hostname", upid)->placement == Placement::kPemOnly);
  CHECK(find_scalar("upid_to_pid", upid)->placement == Placement::kAnywhere);
}

TEST_CASE("functions of this host") {
  char name[256] = {};
  REQUIRE(gethostname(name, sizeof name - 1) == 0);
  CHECK(call<std::string>("_exec_hostname") == name);
  CHECK(call<std::string>("upid_to_hostname", own_upid()) == name);
  CHECK(call<std::string>("upid_to_hostname", Uint128{}) == "");
  CHECK(call<int64_t>("_exec_host_num_cpus") >= 1);
  CHECK(call<int64_t>("asid") == kAsid);
}

TEST_CASE("names of protocol numbers") {
  CHECK(call<std::string>("protocol_name", 1) == "HTTP");
  CHECK(call<std::string>("protocol_name", 13) == "TLS");
  CHECK(call<std::string>("protocol_name", -1) == "Invalid (-1)");
  CHECK(call<std::string>("http_resp_message", 404) == "Not Found");
  CHECK(call<std::string>("http_resp_message", 299) == "Unassigned");
  CHECK(call<std::string>("kafka_api_key_name", 18) == "ApiVersions");
  CHECK(call<std::string>("kafka_api_key_name", 52) == "52");
  CHECK(call<std::string>("mysql_command_name", 3) == "Query");
  CHECK(call<std::string>("mysql_command_name", int64_t{1} << 40) == "1099511627776");
  CHECK(call<std::string>("cql_opcode_name", 7) == "Query");
  CHECK(call<std::string>("cql_opcode_name", 4) == "4");
  CHECK(call<std::string>("amqp_frame_type_name", 8) == "Heartbeat");
  CHECK(call<std::string>("amqp_method_name", 50, 10) == "QueueDeclare");
  CHECK(call<std::string>("amqp_method_name", 60, 0) == "Basic");
  CHECK(call<std::string>("amqp_method_name", 0, 0) == "Unknown");
  CHECK(call<std::string>("amqp_method_name", 9, 1010) == "Unknown");
  CHECK(call<std::string>("mux_frame_type_name", -64) == "Rdrain");
  CHECK(call<std::string>("mux_frame_type_name", 3) == "Unknown (3)");
  CHECK(call<std::string>("dns_rcode_name", 3) == "NXDOMAIN");
  CHECK(call<std::string>("dns_rcode_name", 12) == "12");
  CHECK(call<std::string>("grpc_status_code_to_str", 14) == "UNAVAILABLE");
  CHECK(call<std::string>("grpc_status_code_to_str", 17) == "unknown code");
}

}  // namespace
}  // namespace pxq::local
