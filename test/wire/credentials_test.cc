#include "wire/credentials.h"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "fake/temp_dir.h"
#include "text/odd_numbers.h"

namespace pxq::wire {
namespace {

const std::string kKey = "px-api-1234-secret";
constexpr int64_t kNow = 1'700'000'000;

std::string private_file(const fake::TempDir& dir, const std::string& content, mode_t mode = 0600) {
  const std::string path = dir.write("key", content);
  REQUIRE(::chmod(path.c_str(), mode) == 0);
  return path;
}

TEST_CASE("What surrounds a key is dropped") {
  for (const std::string& text :
       {kKey, kKey + "\n", kKey + "\r\n", "  " + kKey + "\t \n\n", "\xef\xbb\xbf" + kKey + "\n"}) {
    const Result<Secret> key = check_key(text, "PX_API_KEY");
    REQUIRE(key.ok());
    CHECK(key->reveal() == kKey);
  }
}

TEST_CASE("A key that no header can carry is refused and not quoted") {
  for (const std::string& text :
       {std::string(), std::string(" \n"), std::string("\xef\xbb\xbf"),
        std::string("px-secret\npx-secret"), std::string("px-secret\0x", 11),
        std::string("px-secret\xff"), std::string("px-secret\xc3\xa9"),
        std::string("px-secret\x7f"), "px-secret" + std::string(1 << 20, 'x')}) {
    const Result<Secret> key = check_key(text, "PX_API_KEY");
    REQUIRE_FALSE(key.ok());
    CHECK(key.status().code() == Code::kUsage);
    CHECK_THAT(key.status().message(), Catch::Contains("PX_API_KEY"));
    CHECK_THAT(key.status().message() + key.status().hint(), !Catch::Contains("px-secret"));
  }
}

TEST_CASE("A key file is its owner's alone") {
  const fake::TempDir dir;
  CHECK(read_key_file(private_file(dir, kKey + "\n"))->reveal() == kKey);
  CHECK(read_key_file(private_file(dir, kKey, 0400))->reveal() == kKey);
  for (const mode_t mode : {0644u, 0640u, 0604u, 0660u, 0602u}) {
    const Result<Secret> key = read_key_file(private_file(dir, kKey, mode));
    REQUIRE_FALSE(key.ok());
    CHECK(key.status().code() == Code::kUsage);
    CHECK_THAT(key.status().hint(), Catch::Contains("chmod 600"));
    CHECK_THAT(key.status().message(), !Catch::Contains(kKey));
  }
}

TEST_CASE("A link to a key file is judged by what it points to") {
  const fake::TempDir dir;
  const std::string link = dir.path("link");
  REQUIRE(::symlink("key", link.c_str()) == 0);
  CHECK_FALSE(read_key_file(link).ok());  // points nowhere
  private_file(dir, kKey);
  CHECK(read_key_file(link).ok());
  private_file(dir, kKey, 0644);
  CHECK_FALSE(read_key_file(link).ok());
}

TEST_CASE("What is no file holds no key") {
  const fake::TempDir dir;
  for (const std::string& path :
       {dir.path(), dir.path("missing"), std::string("/dev/zero"), std::string("/dev/null")}) {
    INFO(path);
    const Result<Secret> key = read_key_file(path);
    REQUIRE_FALSE(key.ok());
    CHECK(key.status().code() == Code::kUsage);
  }
}

TEST_CASE("A key may come through a pipe") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const std::string text = kKey + "\n";
  REQUIRE(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  ::close(ends[1]);
  const Result<Secret> key = read_key_file("/dev/fd/" + std::to_string(ends[0]));
  ::close(ends[0]);
  REQUIRE(key.ok());
  CHECK(key->reveal() == kKey);
}

TEST_CASE("px's login file gives a bearer token until it expires") {
  const fake::TempDir dir;
  const auto login = [&](const std::string& json) {
    return read_login_file(private_file(dir, json), kNow);
  };
  const auto good = login(R"({"token":"eyJa.b.c","expiresAt":1700000001,"orgName":"x"})");
  REQUIRE(good.ok());
  REQUIRE(good->has_value());
  CHECK((*good)->kind == Credentials::Kind::kBearer);
  CHECK(metadata_of(**good) == CallMetadata{{"authorization", "bearer eyJa.b.c"}});
  const auto expired = login(R"({"token":"eyJa.b.c","expiresAt":1699999999})");
  CHECK(expired.status().code() == Code::kAuth);
  CHECK_THAT(expired.status().message(), Catch::Contains("2023-11-14T22:13:19Z"));
  CHECK_THAT(expired.status().hint(), Catch::Contains("px auth login"));
  CHECK(login(R"({"token":"eyJa.b.c"})").ok());
  for (const std::string_view json :
       {"", "null", "{}", "{\"token\":1}", "{\"token\":\"\"}", "eyJ", "{\"token\":\"a\\nb\"}"}) {
    INFO(json);
    CHECK(login(std::string(json)).status().code() == Code::kUsage);
  }
  for (const std::string& odd : fake::odd_numbers()) {
    INFO(odd);
    const auto refused = login(R"({"token":"eyJa.b.c","expiresAt":)" + odd + "}");
    CHECK(refused.status().code() == Code::kUsage);
    CHECK_THAT(refused.status().message(), Catch::Contains("is not a login file of px"));
  }
  const auto none = read_login_file(dir.path("none.json"), kNow);
  REQUIRE(none.ok());
  CHECK_FALSE(none->has_value());
}

TEST_CASE("Each kind of key has its own metadata") {
  const auto metadata = [](const std::string& key, Credentials::Kind kind) {
    return metadata_of({Secret(key), kind, ""});
  };
  CHECK(metadata("k", Credentials::Kind::kApiKey) == CallMetadata{{"pixie-api-key", "k"}});
  CHECK(metadata("k", Credentials::Kind::kBearer) == CallMetadata{{"authorization", "bearer k"}});
  CHECK(metadata("k", Credentials::Kind::kDirect) == CallMetadata{{"x-direct-vizier-key", "k"}});
  CHECK(metadata("eyJa.b.c", Credentials::Kind::kDirect) ==
        CallMetadata{{"authorization", "bearer eyJa.b.c"}});
  CHECK(metadata("", Credentials::Kind::kApiKey).empty());
}

TEST_CASE("A key that a server quotes is masked wherever it stands") {
  const Status said = Status(Code::kAuth, "no " + kKey + ", not " + kKey)
                          .with_diagnostic({"'" + kKey + "'", {}, ""})
                          .with_grpc_code(16);
  for (const CallMetadata& metadata :
       {CallMetadata{{"pixie-api-key", kKey}}, CallMetadata{{"authorization", "bearer " + kKey}}}) {
    const Status clean = without_keys(said, metadata);
    CHECK(clean.message() == "no ***, not ***");
    CHECK(clean.diagnostics().at(0).message == "'***'");
    CHECK(clean.code() == Code::kAuth);
    CHECK(clean.grpc_code() == 16);
  }
  CHECK(without_keys({Code::kServer, "a b c"}, {{"pixie-api-key", "b"}}).message() == "a b c");
  CHECK(without_keys({}, {{"pixie-api-key", kKey}}).ok());
}

TEST_CASE("A secret that moved on leaves nothing behind") {
  Secret from(kKey);
  const Secret to(std::move(from));
  CHECK(to.reveal() == kKey);
  CHECK(from.empty());  // NOLINT: that is the question
}

}  // namespace
}  // namespace pxq::wire
