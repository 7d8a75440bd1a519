// Streams, recordings and snapshots that are cut or altered, anywhere: what is written is the
// beginning of what was sent, and the exit code says that it is not all. Where is up to chance;
// PXQ_SEED says which.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <catch2/catch.hpp>

#include "demo_session.h"
#include "fake/seeds.h"
#include "fake/tcp_proxy.h"
#include "random_tables.h"
#include "session.h"
#include "typed_tables.h"

namespace pxq::app {
namespace {

/// A stream as its messages, and how many rows the first so many of them hold.
struct Messages {
  std::vector<std::string> bytes;
  std::vector<size_t> rows_before = {0};

  explicit Messages(const fake::Script& script) {
    for (const fake::Script::Step& step : script.steps()) {
      for (const std::string& message : std::get<fake::Script::Send>(step).messages) {
        fake::pb::ExecuteScriptResponse response;
        response.ParseFromString(message);
        bytes.push_back(message);
        rows_before.push_back(rows_before.back() +
                              static_cast<size_t>(response.data().batch().num_rows()));
      }
    }
  }

  fake::Script first(size_t count) const {
    fake::Script script;
    for (size_t i = 0; i < count; ++i) script.raw(bytes[i]);
    return script;
  }
};

/// The first so many lines of a text.
std::string_view lines_of(std::string_view text, size_t count) {
  size_t end = 0;
  for (; count > 0; --count) end = text.find('\n', end) + 1;
  return text.substr(0, end);
}

const std::vector<std::string> kFlags = {"-o", "jsonl", "--table-key", "--retries", "0", "-q"};

fake::ProcessResult run_of(const fake::Script& script) {
  const fake::Vizier vizier(script);
  const Session session;
  fake::ProcessResult result = fake::run(session.run_at(vizier.address(), kFlags));
  session.check_manners(result);
  return result;
}

/// After how many messages, and behind how many bytes of the next one.
void check_cut(const Messages& all, const std::string& whole, size_t count, size_t bytes,
               int code) {
  INFO("cut behind " << count << " of " << all.bytes.size() << " messages and " << bytes
                     << " bytes, then code " << code);
  fake::Script script = all.first(count);
  if (bytes > 0) script.raw(all.bytes[count].substr(0, bytes));
  const fake::ProcessResult result = run_of(script.finish(code, code == 0 ? "" : "gone"));
  INFO(result.err);
  CHECK(result.out == lines_of(whole, all.rows_before[count]));
  if (code == 0) {
    CHECK(result.status() == (count == all.bytes.size() ? 0 : 8));
  } else if (count == all.bytes.size()) {
    CHECK(result.status() == 6);
  } else if (code == 14) {
    CHECK(result.status() == (all.rows_before[count] == 0 ? 5 : 8));
  } else {
    CHECK(result.status() == 6);
  }
}

json some_tables(uint64_t seed) {
  json tables = random_tables(seed, 3);
  for (json& table : tables) {
    while (table["rows"].size() > 40) table["rows"].erase(table["rows"].size() - 1);
  }
  return tables;
}

void check_message_cuts(uint64_t seed, size_t each) {
  INFO("PXQ_SEED=" << seed);
  Chance chance(seed);
  const Messages all(script_of(some_tables(seed)));
  const fake::ProcessResult unharmed = run_of(all.first(all.bytes.size()));
  REQUIRE(unharmed.status() == 0);
  const std::string& whole = unharmed.out;
  REQUIRE(lines_of(whole, all.rows_before.back()).size() == whole.size());
  for (const int code : {0, 13, 14}) check_cut(all, whole, all.bytes.size(), 0, code);
  for (size_t i = 0; i < each; ++i) {
    const size_t count = chance.below(all.bytes.size());
    check_cut(all, whole, count, 0, chance.of(std::vector<int>{0, 0, 13, 14}));
    check_cut(all, whole, count, 1 + chance.below(std::max<size_t>(all.bytes[count].size(), 2) - 1),
              0);
  }
}

TEST_CASE("Any stream that is cut between or inside messages is a beginning and no whole") {
  for (const uint64_t seed : fake::seeds(3)) check_message_cuts(seed, 8);
}

TEST_CASE("Nor is one that is cut in any of many places", "[.sweep]") {
  for (const uint64_t seed : fake::seeds(40)) check_message_cuts(seed, 30);
}

/// What came of something that was harmed: all of it, or a beginning and a failure.
void check_harmed(const fake::ProcessResult& result, const std::string& whole) {
  INFO(result.err);
  CHECK(result.signal == 0);
  if (result.status() == 0) {
    CHECK(result.out == whole);
  } else {
    CHECK((result.status() == 2 || result.status() == 5 || result.status() == 6 ||
           result.status() == 8 || result.status() == 11));
    CHECK(whole.starts_with(result.out));
  }
}

void check_connection_cuts(uint64_t seed, size_t cuts) {
  INFO("PXQ_SEED=" << seed);
  using Kind = fake::TcpFault::Kind;
  Chance chance(seed);
  const fake::Vizier vizier(script_of(some_tables(seed)));
  const Session session;
  const fake::TcpProxy plain(vizier.port(), {});
  const auto run_at = [&](const std::string& address) {
    fake::ProcessResult result = fake::run(session.run_at(address, kFlags));
    session.check_manners(result);
    return result;
  };
  const fake::ProcessResult unharmed = run_at(plain.address());
  REQUIRE(unharmed.status() == 0);
  const uint64_t size = plain.bytes_from_server();
  for (size_t i = 0; i < cuts; ++i) {
    const fake::TcpFault fault{.kind = chance.one_in(2) ? Kind::kClose : Kind::kReset,
                               .offset = chance.below(size)};
    INFO("cut at byte " << fault.offset << " of " << size);
    const fake::TcpProxy proxy(vizier.port(), fault);
    check_harmed(run_at(proxy.address()), unharmed.out);
  }
}

TEST_CASE("Any stream whose connection is cut is a beginning and no whole") {
  for (const uint64_t seed : fake::seeds(2)) check_connection_cuts(seed, 12);
}

TEST_CASE("Nor is one whose connection is cut anywhere", "[.sweep]") {
  for (const uint64_t seed : fake::seeds(30)) check_connection_cuts(seed, 40);
}

/// The bytes cut, with a byte or a bit changed, with some repeated, zeroed or put in.
std::string harmed(Chance& chance, std::string bytes) {
  const size_t at = chance.below(bytes.size());
  const size_t length = std::min(bytes.size() - at, 1 + chance.below(chance.one_in(2) ? 8 : 4096));
  switch (chance.below(6)) {
    case 0: bytes.resize(at); break;
    case 1: bytes[at] = static_cast<char>(bytes[at] ^ 1 << chance.below(8)); break;
    case 2: bytes[at] = static_cast<char>(chance.bits()); break;
    case 3: bytes.insert(at, bytes.substr(at, length)); break;
    case 4: bytes.replace(at, length, std::string(length, '\0')); break;
    default: bytes.erase(at, length);
  }
  return bytes;
}

/// A file that `words` reads, and what they print of it harmed in so many ways.
void check_file(Session& session, const std::string& file, const std::vector<std::string>& words,
                Chance& chance, size_t harms) {
  const std::string bytes = session.home().read(file);
  const fake::ProcessResult unharmed = run(session, words);
  REQUIRE(unharmed.status() == 0);
  REQUIRE_FALSE(unharmed.out.empty());
  for (size_t i = 0; i < harms; ++i) {
    INFO("harm " << i);
    session.home().write(file, harmed(chance, bytes));
    check_harmed(run(session, words), unharmed.out);
  }
}

void check_recordings(uint64_t seed, size_t harms) {
  INFO("PXQ_SEED=" << seed);
  Chance chance(seed);
  const fake::Vizier vizier(script_of(some_tables(seed)));
  Session session;
  session.allow("r.pxrec");
  REQUIRE(fake::run(session.run_at(vizier.address(), {"--record", "r.pxrec", "-q"})).status() == 0);
  check_file(session, "r.pxrec", {"replay", "r.pxrec", "-q", "--table-key"}, chance, harms);
}

TEST_CASE("Any recording that is cut or altered is refused, or an honest beginning") {
  for (const uint64_t seed : fake::seeds(2)) check_recordings(seed, 30);
}

TEST_CASE("So is one that is altered in any of many ways", "[.sweep]") {
  for (const uint64_t seed : fake::seeds(40)) check_recordings(seed, 100);
}

void check_snapshots(uint64_t seed, size_t harms) {
  INFO("PXQ_SEED=" << seed);
  Chance chance(seed);
  Session session;
  session.allow("s.pxsnap");
  REQUIRE(run(session, {"snapshot", "--local=demo", "--at", kMoment, "--since", "20s", "-o",
                        "s.pxsnap", "--tables", "dns_events,process_stats", "-q"})
              .status() == 0);
  check_file(
      session, "s.pxsnap",
      {"run", "-q", "--local=s.pxsnap", "-e",
       "import px\nd = px.DataFrame('dns_events')\nd.pod = d.ctx['pod']\npx.display(d, 'd')\n"
       "px.display(px.DataFrame('process_stats'), 'p')"},
      chance, harms);
}

TEST_CASE("Any snapshot that is cut or altered is refused, or an honest beginning") {
  for (const uint64_t seed : fake::seeds(1)) check_snapshots(seed, 40);
}

TEST_CASE("So is a snapshot that is altered in any of many ways", "[.sweep]") {
  for (const uint64_t seed : fake::seeds(10)) check_snapshots(seed, 200);
}

}  // namespace
}  // namespace pxq::app
