// Of what asks a store, nothing that is secret is left in memory.

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <map>
#include <string>
#include <utility>

#include <catch2/catch.hpp>

#include "base/unique_fd.h"
#include "fake/memory_scan.h"
#include "fake/temp_dir.h"
#include "object/signature.h"
#include "object/store_settings.h"

namespace pxq::object {
namespace {

using fake::Hidden;

// Characters that this program has nowhere else, made without ever being a text here.
Hidden made_up(char seed) {
  std::array<char, 40> letters{};
  for (size_t i = 0; i < letters.size(); ++i) {
    letters[i] = static_cast<char>('A' + (i * i * 7 + i * 3 + static_cast<size_t>(seed)) % 26);
  }
  const Hidden hidden({letters.data(), letters.size()});
  ::explicit_bzero(letters.data(), letters.size());
  return hidden;
}

void write_hidden(int fd, const Hidden& text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const char letter = text[i];
    REQUIRE(::write(fd, &letter, 1) == 1);
  }
}

TEST_CASE("A08 a store's secret keys are in memory once, and nowhere when its settings are gone") {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  WARN("not tested: a sanitizer keeps what was freed");
  return;
#endif
  const fake::TempDir dir;
  const Hidden secret = made_up(1);
  const Hidden other = made_up(11);
  const std::string path = dir.path("credentials");
  {
    const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    const auto write = [&](std::string_view text) {
      REQUIRE(::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    };
    write("[default]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = ");
    write_hidden(file.get(), secret);
    write("\n[work]\naws_access_key_id = AKIDWORK\naws_secret_access_key = ");
    write_hidden(file.get(), other);
    write("\n");
  }
  ::setenv("AWS_SHARED_CREDENTIALS_FILE", path.c_str(), 1);
  ::setenv("AWS_CONFIG_FILE", "/nonexistent", 1);
  ::setenv("AWS_REGION", "us-east-1", 1);
  REQUIRE(fake::copies_here(secret) == 0);
  size_t in_use = 0;
  size_t others = 0;
  std::string header;
  {
    auto settings = StoreSettings::gather("bucket");
    REQUIRE(settings.ok());
    const StoreSettings moved = *std::move(settings);
    SignedParts parts;
    parts.headers = {{"host", "h"}};
    header = authorization(parts, {.time = "20150830T123600Z", .region = "us-east-1"},
                           moved.credentials);
    in_use = fake::copies_here(secret);
    others = fake::copies_here(other);
  }
  CHECK(header.find("Signature=") != std::string::npos);
  CHECK(in_use == 1);
  CHECK(others == 0);
  CHECK(fake::copies_here(secret) == 0);
}

}  // namespace
}  // namespace pxq::object
