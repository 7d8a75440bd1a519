// What takes a network or a file system view of its own: no route, an interface that dies, a slow
// link, names that lead to dead addresses. Needs root; elsewhere each test says that it is skipped.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "fake/network_namespace.h"
#include "mounted_file.h"
#include "session.h"

namespace pxq::app {
namespace {

const std::string kRow = "{\"a\":1}\n";

std::unique_ptr<fake::NetworkNamespace> own_network() {
  std::string why;
  auto network = fake::NetworkNamespace::make(why);
  if (network == nullptr) WARN("not tested: no network of one's own here: " << why);
  return network;
}

// A tool of iproute2, found where Debian puts it or not at all.
bool set_up(const std::string& tool, std::vector<std::string> words) {
  const fake::ProcessResult result =
      fake::run({.arguments = std::move(words), .program = "/sbin/" + tool});
  if (result.status() != 0) WARN("not tested: " << tool << " fails here: " << result.err);
  return result.status() == 0;
}

TEST_CASE("N03 a resolver that does not answer ends with the connect limit, the doctor names it") {
  const fake::TempDir dir;
  const auto network = own_network();
  if (network == nullptr || !can_mount(dir)) return;
  network->set_loopback(true);
  const UniqueFd mute(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(53);
  REQUIRE(::bind(mute.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  const std::string file = dir.write("resolv.conf", "nameserver 127.0.0.1\n");
  const Session session;
  const std::vector<std::string> flags = {"--connect-timeout", "700ms"};
  session.check(
      fake::run(with_file(session.run_at("vizier.example:1", flags), "/etc/resolv.conf", file)),
      {5, "", {"cannot connect to vizier.example:1", "`pxq doctor`"}});
  const fake::ProcessResult doctor =
      fake::run(with_file(session.command({"doctor", "--addr", "vizier.example:1", "--insecure",
                                           "--connect-timeout", "700ms"}),
                          "/etc/resolv.conf", file));
  CHECK(doctor.status() == 5);
  CHECK_THAT(doctor.out, Catch::Contains("FAIL  DNS"));
  CHECK_THAT(doctor.err, Catch::Contains("the resolver does not answer"));
}

TEST_CASE("N04 a name with a dead address and a good one is reached") {
  const fake::TempDir dir;
  if (!can_mount(dir)) return;
  const fake::Vizier vizier(whole());
  const std::string hosts = dir.write("hosts", "127.0.0.2 two.test\n127.0.0.1 two.test\n");
  const Session session;
  session.check(fake::run(with_file(session.run_at("two.test:" + std::to_string(vizier.port())),
                                    "/etc/hosts", hosts)),
                {.out = kWholeRows});
}

TEST_CASE("N05 a network without a way there is told in the system's words") {
  const auto network = own_network();
  if (network == nullptr) return;
  network->set_loopback(true);
  const Session session;
  session.check(fake::run(session.run_at("192.0.2.1:1")),
                {5, "", {"cannot connect to 192.0.2.1:1", "network is unreachable"}});
}

TEST_CASE("N06 an interface that dies in mid-stream ends the run with the idle limit") {
  const auto network = own_network();
  if (network == nullptr) return;
  network->set_loopback(true);
  fake::Vizier vizier(fake::Script()
                          .send(numbers().metadata())
                          .send(numbers().batch().int64({1}))
                          .wait("dead")
                          .send(numbers().end())
                          .send(fake::stats()));
  Session session;
  session.home().write("out.jsonl", "old\n");
  session.allow("out.jsonl");
  const bool to_file = GENERATE(false, true);
  std::vector<std::string> flags = {"--idle-timeout", "600ms"};
  if (to_file) flags.insert(flags.end(), {"-o", "out.jsonl", "--force"});
  fake::Process process(session.run_at(vizier.address(), flags));
  REQUIRE((to_file ? vizier.wait_for_messages(2) : process.wait_for_out(kRow)));
  network->set_loopback(false);
  vizier.open("dead");
  const fake::ProcessResult result = process.wait();
  network->set_loopback(true);
  session.check(result, {7, to_file ? "" : kRow, {"silent", "INCOMPLETE"}});
  CHECK(session.home().read("out.jsonl") == "old\n");
}

TEST_CASE("N14 a link of 64 kbit/s delivers the same, without a word") {
  const auto network = own_network();
  if (network == nullptr) return;
  network->set_loopback(true);
  if (!set_up("ip", {"link", "set", "lo", "mtu", "1500"}) ||
      !set_up("tc", {"qdisc", "add", "dev", "lo", "root", "tbf", "rate", "64kbit", "burst", "1600",
                     "latency", "2s"})) {
    return;
  }
  const fake::Table t = fake::Table("t").string("s");
  const std::string cell(4000, 'x');
  const fake::Vizier vizier(
      fake::Script().send(t.metadata()).send(t.batch().string({cell}).eos()).send(fake::stats()));
  const Session session;
  const fake::ProcessResult result = fake::run(session.run_at(vizier.address()));
  session.check(result, {.out = "{\"s\":\"" + cell + "\"}\n"});
  CHECK(result.err == "");
  CHECK(result.elapsed > std::chrono::milliseconds(300));  // the link was slow indeed
}

TEST_CASE("N22 an address that holds on one link only is reached with its scope") {
  const auto network = own_network();
  if (network == nullptr) return;
  network->set_loopback(true);
  if (!set_up("ip", {"-6", "addr", "add", "fe80::1/64", "dev", "lo", "nodad"})) return;
  fake::Vizier vizier({.host = "[::]"});
  vizier.answer(whole());
  const Session session;
  session.check(fake::run(session.run_at("[fe80::1%lo]:" + std::to_string(vizier.port()))),
                {.out = kWholeRows});
}

}  // namespace
}  // namespace pxq::app
