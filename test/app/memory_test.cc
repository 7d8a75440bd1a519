#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <string>
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
// What a message larger than usual adds for each of its bytes: gRPC's pieces, ours, one in hand.
constexpr int64_t kPerByte = 4;

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

TEST_CASE("R01 formats that stream hold 160 MB of wide rows in bounded memory") {
  const Load load("shape=wide rows=200000");
  for (const std::string format : {"jsonl", "csv", "tsv", "null", "table", "html", "chart"}) {
    const auto result = run_into("/dev/null", load.address(), {"-o", format});
    INFO(format << " took " << result.peak_rss_bytes << " bytes; " << result.err);
    CHECK(result.status() == 0);
    CHECK(result.peak_rss_bytes <= kBound);
  }
}

TEST_CASE("R01 160 MB of wide rows are sorted in bounded memory") {
  constexpr int64_t kKept = int64_t{64} << 20;  // and as much again for what stands around cells
  const Load load("shape=wide rows=200000");
  const auto result = run_into("/dev/null", load.address(), {"-o", "csv", "--sort=-latency"});
  INFO(result.peak_rss_bytes << " bytes; " << result.err);
  CHECK(result.status() == 0);
  CHECK(result.peak_rss_bytes <= kBound + 2 * kKept);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("R01 a stream larger than the memory that a process may have is written whole") {
  const Load load("shape=wide rows=200000");
  const Session session;
  for (const std::string format : {"jsonl", "csv", "null", "table"}) {
    // Small stacks, as all of each thread's counts.
    fake::Command command = limited(session.run_at(load.address(), {"-o", format}),
                                    {"--data=" + std::to_string(kBound), "--stack=1048576"});
    command.out = Destination::file("/dev/null");
    const auto result = fake::run(command, kLong);
    INFO(format << ": " << result.err);
    CHECK(result.status() == 0);
  }
}
#endif

TEST_CASE("R01 rows one a batch, a thousand tables and huge cells are bounded too") {
  struct Shape {
    std::string words;
    int64_t message_bytes;
    std::string format = "jsonl";
  };
  for (const auto& [words, message_bytes, format] :
       {Shape{"shape=narrow rows=100000 batch=1", 0},
        Shape{"shape=narrow rows=100000 batch=1 tables=100", 0,
              "table"},  // a sample of each is kept
        Shape{"shape=wide rows=64000 batch=64 tables=1000", 0},
        Shape{"shape=strings columns=2 cell=1000000 batch=4 rows=80", 8'000'000}}) {
    const Load load(words);
    const auto result = run_into("/dev/null", load.address(), {"-o", format});
    INFO(words << " took " << result.peak_rss_bytes << " bytes; " << result.err);
    CHECK(result.status() == 0);
    CHECK(result.peak_rss_bytes <= kBound + kPerByte * message_bytes);
  }
}

// A field of protobuf's encoding, built by hand: the generated classes would swell this process,
// and a child's peak is never below its parent's size.
std::string field(int number, const std::string& bytes) {
  std::string out(1, static_cast<char>(number << 3 | 2));
  for (size_t left = bytes.size(); true; left >>= 7) {
    out.push_back(static_cast<char>((left & 0x7f) | (left > 0x7f ? 0x80 : 0)));
    if (left <= 0x7f) break;
  }
  return out + bytes;
}

std::string times(size_t count, const std::string& bytes) {
  std::string out;
  out.reserve(count * bytes.size());
  for (size_t i = 0; i < count; ++i) out += bytes;
  return out;
}

/// A batch of "id-t" whose columns are these bytes.
std::string batch_of(const std::string& columns, size_t rows) {
  std::string count("\x10", 1);
  for (; rows > 0x7f; rows >>= 7) count.push_back(static_cast<char>((rows & 0x7f) | 0x80));
  count.push_back(static_cast<char>(rows));
  return field(3, field(1, columns + count + field(5, "id-t")));
}

TEST_CASE("R03 millions of cells or columns are written or refused within the bound") {
  constexpr size_t kMany = 2'000'000;
  const auto column = [] { return field(1, field(6, times(kMany, field(1, "")))); };  // empty cells
  struct Hostile {
    std::function<std::string()> message;
    size_t columns;
    int status;
  };
  const Hostile cases[] = {
      {[&] { return batch_of(column(), kMany); }, 1, 0},
      {[&] { return batch_of(times(4, column()), kMany); }, 4, 11},
      {[&] { return batch_of(times(kMany, field(1, "")), 1); }, 1, 11},
      {[&] { return batch_of(column(), size_t{1} << 60); }, 1, 11},
  };
  for (const Hostile& hostile : cases) {
    fake::Table table("t");
    for (size_t i = 0; i < hostile.columns; ++i) table.string("c" + std::to_string(i));
    const std::string message = hostile.message();
    const auto size = static_cast<int64_t>(message.size());
    const fake::Vizier vizier(
        fake::Script().send(table.metadata()).raw(message).send(table.end()).send(fake::stats()));
    const auto result = run_into("/dev/null", vizier.address(), {"--max-message", "64M"});
    INFO(size << " bytes took " << result.peak_rss_bytes << "; " << result.err);
    CHECK(result.status() == hostile.status);
    CHECK(result.peak_rss_bytes <= kBound + kPerByte * size);
  }
}

TEST_CASE("R02 a reader that stalls makes the server wait and costs no memory") {
  const fake::Table table = fake::Table("t").string("a");
  const fake::Vizier vizier(
      fake::Script()
          .send(table.metadata())
          .endless(table.batch().string(std::vector<std::string>(1000, std::string(1000, 'x')))));
  const Session session;
  fake::Process process(session.run_at(vizier.address()));
  process.hold_output();
  // Held up: for a second the server could write nothing more.
  uint64_t written = 0;
  const auto wrote_more = [&written](const std::vector<fake::Call>& calls) {
    return !calls.empty() && calls[0].messages_written > written;
  };
  REQUIRE(vizier.wait_for_messages(2));
  while (vizier.wait_until(wrote_more, std::chrono::seconds(1))) {
    written = vizier.calls()[0].messages_written;
    REQUIRE(written < 64);  // of a megabyte each
  }
  CHECK(fake::resident_bytes(process.pid()) <= kStalledBound);
  process.signal(SIGTERM);
  process.release_output();
  CHECK(process.wait().status() == 143);
}

}  // namespace
}  // namespace pxq::app
