#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "app/session.h"
#include "bench/load_service.h"

// The bounds that docs/performance.md states, on streams that are far larger than they are.
namespace pxq::app {
namespace {

using fake::Destination;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int64_t kBound = int64_t{1} << 30;  // shadow memory and quarantine are not ours to bound
constexpr int64_t kStalledBound = kBound;
#else
constexpr int64_t kBound = 128'000'000;
constexpr int64_t kStalledBound = 96'000'000;
#endif

constexpr std::chrono::seconds kLong{100};

/// 200 000 wide rows are 160 MB on the wire.
class Load {
 public:
  explicit Load(const std::string& words)
      : service_("127.0.0.1:0", grpc::InsecureServerCredentials(), *bench::parse_load_spec(words)) {
  }
  const std::string& address() const { return service_.address(); }

 private:
  bench::LoadService service_;
};

fake::ProcessResult run_into(const std::string& file, const std::string& address,
                             const std::vector<std::string>& flags) {
  const Session session;
  fake::Command command = session.run_at(address, flags);
  command.out = Destination::file(file);
  return fake::run(command, kLong);
}

TEST_CASE("R01 formats that stream hold 160 MB of wide rows in bounded memory", "[.memory]") {
  const Load load("shape=wide rows=200000");
  for (const std::string format : {"jsonl", "csv", "tsv", "null", "table"}) {
    const auto result = run_into("/dev/null", load.address(), {"-o", format});
    INFO(format << " took " << result.peak_rss_bytes << " bytes; " << result.err);
    CHECK(result.status() == 0);
    CHECK(result.peak_rss_bytes <= kBound);
  }
}

TEST_CASE("R01 rows one a batch and a thousand tables are bounded too", "[.memory]") {
  for (const std::string words :
       {"shape=narrow rows=100000 batch=1", "shape=wide rows=64000 batch=64 tables=1000",
        "shape=strings columns=2 cell=1000000 batch=4 rows=160"}) {
    const Load load(words);
    const auto result = run_into("/dev/null", load.address(), {"-o", "jsonl"});
    INFO(words << " took " << result.peak_rss_bytes << " bytes; " << result.err);
    CHECK(result.status() == 0);
    CHECK(result.peak_rss_bytes <= kBound);
  }
}

TEST_CASE("R03 two million empty strings are written or refused within the bound", "[.memory]") {
  const fake::Table one = fake::Table("t").string("a");
  const fake::Table many = fake::Table("t").string("a").string("b").string("c");
  const std::vector<std::string> empty(2'000'000);
  const auto peak_of = [](const fake::Table& table, const fake::Batch& batch, int status) {
    const fake::Vizier vizier(
        fake::Script().send(table.metadata()).send(batch).send(table.end()).send(fake::stats()));
    const auto result = run_into("/dev/null", vizier.address(), {"--max-message", "64M"});
    INFO(result.err);
    CHECK(result.status() == status);
    return result.peak_rss_bytes;
  };
  // This process holds the messages too, and a child's peak is never below its parent's size.
  const int64_t ours = int64_t{2} * kBound;
  CHECK(peak_of(one, one.batch().string(empty), 0) <= ours);
  CHECK(peak_of(many, many.batch().string(empty).string(empty).string(empty), 11) <= ours);
}

// The pages that a process has in memory now.
int64_t resident_bytes(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
  int64_t size = 0;
  int64_t resident = 0;
  file >> size >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

TEST_CASE("R02 a reader that stalls makes the server wait and costs no memory", "[.memory]") {
  const fake::Table table = fake::Table("t").string("a");
  const fake::Vizier vizier(
      fake::Script()
          .send(table.metadata())
          .endless(table.batch().string(std::vector<std::string>(1000, std::string(1000, 'x')))));
  const Session session;
  fake::Process process(session.run_at(vizier.address()));
  process.hold_output();
  // Held up: the server has written nothing more for a while.
  uint64_t written = 0;
  for (int quiet = 0; quiet < 20;) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const auto calls = vizier.calls();
    const uint64_t now = calls.empty() ? 0 : calls[0].messages_written;
    quiet = now == written && now != 0 ? quiet + 1 : 0;
    written = now;
  }
  CHECK(written < 64);  // of a megabyte each
  CHECK(resident_bytes(process.pid()) <= kStalledBound);
  process.signal(SIGTERM);
  process.release_output();
  CHECK(process.wait().status() == 143);
}

}  // namespace
}  // namespace pxq::app
