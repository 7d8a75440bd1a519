// The file of a recording: private, whole or known not to be.

#include <lz4frame.h>
#include <sys/stat.h>

#include <string>

#include <catch2/catch.hpp>

#include "session.h"

namespace pxq::app {
namespace {

// The records of a recording, which begin behind its first 12 bytes.
std::string unpacked(const std::string& file) {
  std::string bytes(1 << 20, '\0');
  LZ4F_dctx* context = nullptr;
  REQUIRE(LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION)) == 0);
  size_t size = bytes.size();
  size_t taken = file.size() - 12;
  const size_t left =
      LZ4F_decompress(context, bytes.data(), &size, file.data() + 12, &taken, nullptr);
  LZ4F_freeDecompressionContext(context);
  REQUIRE(left == 0);  // the frame is whole
  bytes.resize(size);
  return bytes;
}

TEST_CASE("A recording that is cut or altered is told from a whole one") {
  const fake::Vizier vizier(whole());
  Session session;
  session.allow("r.pxrec");
  session.check(fake::run(session.run_at(vizier.address(), {"--record", "r.pxrec"})),
                {.out = kWholeRows});
  const std::string bytes = session.home().read("r.pxrec");
  session.allow("bad.pxrec");
  session.home().write("bad.pxrec", bytes.substr(0, bytes.size() - 1));
  session.check(fake::run(session.command({"replay", "bad.pxrec"})),
                {8, kWholeRows, {"INCOMPLETE", "cut"}});
  std::string altered = bytes;
  altered[altered.size() / 2] ^= 4;
  session.home().write("bad.pxrec", altered);
  const auto result = fake::run(session.command({"replay", "bad.pxrec"}));
  CHECK(result.status() == 8);
  CHECK(kWholeRows.starts_with(result.out));
}

TEST_CASE("A recording is private, replaces nothing unasked, and names no key") {
  const std::string key = "secret-key-of-this-test";
  fake::Vizier vizier(whole());
  Session session;
  session.allow("r.pxrec");
  fake::Command run = session.run_at(vizier.address(), {"--record", "r.pxrec"});
  run.environment["PX_DIRECT_VIZIER_KEY"] = key;
  run.environment["PX_API_KEY"] = key;
  session.check(fake::run(run), {.out = kWholeRows});
  const std::string first = session.home().read("r.pxrec");
  REQUIRE(vizier.calls().size() == 1);
  CHECK(vizier.calls()[0].header("x-direct-vizier-key") == key);
  const std::string records = unpacked(first);
  CHECK(records.find("<inline>") != std::string::npos);
  CHECK(records.find(key) == std::string::npos);
  struct stat info = {};
  REQUIRE(::stat(session.home().path("r.pxrec").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  session.check(fake::run(run), {9, "", {"r.pxrec exists", "--force"}});
  CHECK(session.home().read("r.pxrec") == first);
}

TEST_CASE("A recording that cannot be written ends the run") {
  const fake::Vizier vizier(whole());
  const Session session;
  session.check(fake::run(session.run_at(vizier.address(), {"--record", "/dev/full"})),
                {9, "", {"/dev/full"}});
  session.check(fake::run(session.run_at(vizier.address(), {"--record", "no/such/r.pxrec"})), {9});
  session.check(fake::run(session.run_at(vizier.address(), {"--record-plaintext"})), {2});
}

}  // namespace
}  // namespace pxq::app
