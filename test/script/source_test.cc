#include "script/source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "base/unique_fd.h"
#include "places.h"
#include "script/bounded_file.h"
#include "script/script_text.h"

namespace pxq {
namespace {

namespace fs = std::filesystem;
using Catch::Contains;

const std::string kData = PXQ_TEST_DATA "/script/data/";

/// A directory of one test, removed with all that is in it.
class TempDir final {
 public:
  TempDir() {
    std::string name = (fs::temp_directory_path() / "pxq-script-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() {
    std::error_code error;
    fs::remove_all(path_, error);
  }

  std::string file(const std::string& name, const std::string& bytes) const {
    const std::string path = (path_ / name).string();
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  std::string path(const std::string& name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

Status failure_of(const std::string& bytes) {
  const TempDir dir;
  const auto script = load_script(dir.file("a.pxl", bytes));
  CHECK_FALSE(script.ok());
  CHECK((script.ok() || script.status().code() == Code::kUsage));
  return script.status();
}

TEST_CASE("a script's bytes are kept: CRLF, no last newline, but no byte order mark before them") {
  const TempDir dir;
  const std::string bytes = "import px\r\n\tpx.display(x)\rlast \xC3\xA9 \xEF\xBB\xBF";
  const std::string mark = GENERATE("", "\xEF\xBB\xBF");
  const auto script = load_script(dir.file("a.pxl", mark + bytes));
  REQUIRE(script.ok());
  CHECK(script->text == bytes);
  CHECK(script->source == dir.path("a.pxl"));
  CHECK(script->name.empty());
  CHECK_FALSE(script->vis.has_value());
}

TEST_CASE("bytes that are no script are refused with their offset") {
  CHECK_THAT(failure_of(std::string("import\0px", 9)).message(), Contains("byte 6 is NUL"));
  CHECK_THAT(failure_of("abc\xFFx").message(), Contains("byte 3 (0xff) is not UTF-8"));
  CHECK_THAT(failure_of("ab\xC0\x80").message(), Contains("byte 2"));
  CHECK_THAT(failure_of("ab\xED\xA0\x80").message(), Contains("byte 2"));
  CHECK_THAT(failure_of("ab\xF4\x90\x80\x80").message(), Contains("byte 2"));
  CHECK_THAT(failure_of("ab\xE2\x82").message(), Contains("byte 2"));
  CHECK_THAT(failure_of(std::string("\xFF\xFEi\0m\0", 6)).message(), Contains("UTF-16"));
}

TEST_CASE("scripts with nothing to run are refused") {
  CHECK_THAT(failure_of("").message(), Contains("empty"));
  CHECK_THAT(failure_of(" \t\r\n\n").message(), Contains("nothing to run"));
  CHECK_THAT(failure_of("\xEF\xBB\xBF# only\n  # comments\r\n").message(),
             Contains("nothing to run"));
}

TEST_CASE("the size limit is exact") {
  const TempDir dir;
  const std::string start = "import px\n#";
  const std::string largest = start + std::string(kMaxRequestBytes - start.size(), 'x');
  CHECK(load_script(dir.file("fits.pxl", largest)).ok());
  const auto larger = load_script(dir.file("larger.pxl", largest + "x"));
  REQUIRE_FALSE(larger.ok());
  CHECK_THAT(larger.status().message(), Contains("larger than 4 MiB"));
}

TEST_CASE("files that cannot be read are told with errno's words") {
  const TempDir dir;
  const auto missing = load_script(dir.path("no.pxl"));
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.status().code() == Code::kUsage);
  CHECK_THAT(missing.status().message(), Contains("no.pxl: No such file or directory"));

  fs::create_symlink(dir.path("loop"), dir.path("loop"));
  CHECK_THAT(load_script(dir.path("loop")).status().message(), Contains("symbolic links"));

  const std::string secret = dir.file("secret.pxl", "import px\n");
  ::chmod(secret.c_str(), 0);
  if (::geteuid() != 0) {
    CHECK_THAT(load_script(secret).status().message(), Contains("Permission denied"));
  }
  CHECK_THAT(load_script(secret + "/x").status().message(), Contains("Not a directory"));
}

TEST_CASE("endless and odd files end in an error") {
  CHECK_THAT(load_script("/dev/zero").status().message(), Contains("larger than 4 MiB"));
  CHECK_THAT(load_script("/dev/null").status().message(), Contains("empty"));
  CHECK(read_bounded_file("/proc/self/status", 1 << 20).ok());  // says that its size is 0
  const TempDir dir;
  REQUIRE(::mkfifo(dir.path("fifo").c_str(), 0600) == 0);
  CHECK_THAT(load_script(dir.path("fifo")).status().message(), Contains("empty"));
}

TEST_CASE("a pipe is read to its end, however it is cut") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const UniqueFd reader(ends[0]);
  std::thread writer([fd = ends[1]] {
    const UniqueFd owner(fd);
    for (const char byte : std::string("import px\npx.display(1)\n")) {
      if (::write(fd, &byte, 1) != 1) return;
    }
  });
  const auto script = load_script_from(reader.get());
  writer.join();
  REQUIRE(script.ok());
  CHECK(script->text == "import px\npx.display(1)\n");
  CHECK(script->source == "<stdin>");
}

TEST_CASE("a closed descriptor is an error, and a silent pipe can be given up") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const UniqueFd reader(ends[0]);
  const UniqueFd writer(ends[1]);
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = load_script_from(reader.get(), stop.get_token());
  REQUIRE_FALSE(stopped.ok());
  CHECK(stopped.status().code() == Code::kInterrupted);

  const int closed = ::dup(reader.get());
  ::close(closed);
  CHECK_THAT(load_script_from(closed).status().message(), Contains("Bad file descriptor"));
}

TEST_CASE("a terminal is not waited for") {
  const UniqueFd master(::posix_openpt(O_RDWR | O_NOCTTY));
  REQUIRE(master.get() >= 0);
  REQUIRE(::grantpt(master.get()) == 0);
  REQUIRE(::unlockpt(master.get()) == 0);
  const UniqueFd terminal(::open(::ptsname(master.get()), O_RDWR | O_NOCTTY));
  REQUIRE(terminal.get() >= 0);
  CHECK_THAT(load_script_from(terminal.get()).status().message(), Contains("terminal"));
}

TEST_CASE("a directory is a script with its vis.json and manifest") {
  const auto script = load_script(kData + "tree/shop/requests");
  REQUIRE(script.ok());
  CHECK(script->source == kData + "tree/shop/requests/requests.pxl");
  REQUIRE(script->vis.has_value());
  CHECK(script->vis->variables.size() == 8);
  CHECK(script->short_doc == "Requests of a namespace");
  CHECK(script->long_doc == "Totals by path, the slowest ones, and two parts.");
  CHECK_FALSE(script->hidden);

  const auto plain = load_script(kData + "tree/shop/plain");
  REQUIRE(plain.ok());
  CHECK_FALSE(plain->vis.has_value());
  CHECK(plain->hidden);
}

TEST_CASE("a directory needs exactly one script, and readable files beside it") {
  CHECK_THAT(load_script(kData + "tree").status().message() +
                 load_script(kData + "tree/shop").status().message(),
             Contains("no .pxl files"));
  const auto two = load_script(kData + "two");
  CHECK_THAT(two.status().message(), Contains("2 .pxl files"));
  CHECK_THAT(two.status().hint(), Contains("a.pxl"));

  const TempDir dir;
  dir.file("a.pxl", "import px\n");
  dir.file("vis.json", "{oops");
  CHECK_THAT(load_script(dir.path("")).status().message(), Contains("vis.json: not valid JSON"));
  dir.file("vis.json", "{}");
  dir.file("manifest.yaml", "short: [");
  CHECK_THAT(load_script(dir.path("")).status().message(), Contains("manifest.yaml"));
  dir.file("manifest.yaml", "- a list\n");
  CHECK_THAT(load_script(dir.path("")).status().message(), Contains("not a YAML mapping"));
}

TEST_CASE("inline text is checked as files are") {
  CHECK(script_from_text("import px")->source == "<inline>");
  CHECK_THAT(script_from_text(" ").status().message(), Contains("<inline>"));
}

}  // namespace
}  // namespace pxq
