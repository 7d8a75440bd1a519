#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "fake/exchange.h"
#include "fake/messages.h"
#include "fake/process.h"
#include "fake/raw_http2.h"
#include "fake/script.h"
#include "fake/temp_dir.h"
#include "fake/vizier.h"

namespace pxq::app {

/// What a run must leave behind: the status a shell sees, stdout to the byte, and texts that stderr
/// must hold.
struct Expected {
  int status = 0;
  std::string out = {};
  std::vector<std::string> err = {};
};

inline size_t count(std::string_view text, std::string_view part) {
  size_t found = 0;
  for (size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
    ++found;
  }
  return found;
}

/// Whether a text has a byte that could drive a terminal: C0 but for LF, DEL, or C1 in UTF-8.
inline bool has_control_bytes(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte < 0x20 && byte != '\n') || byte == 0x7f) return true;
    if (byte == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0) {
      return true;
    }
  }
  return false;
}

/// A user's session: a home of its own in which pxq runs, and what must be true after every run.
class Session {
 public:
  Session() : home_mark_(home_.write("already-here", "")) {}

  const fake::TempDir& home() const { return home_; }

  /// pxq with these arguments, run in the home, with nothing else in its surroundings.
  fake::Command command(std::vector<std::string> arguments) const {
    fake::Command command;
    command.arguments = std::move(arguments);
    command.directory = home_.path();
    command.environment["HOME"] = home_.path();
    command.environment["TMPDIR"] = home_.path();
    return command;
  }

  /// `pxq run` of a script at a plaintext address, as JSON lines unless the flags say otherwise.
  fake::Command run_at(const std::string& address,
                       const std::vector<std::string>& flags = {}) const {
    std::vector<std::string> words = {"run", "-e", "import px", "--addr", address, "--insecure"};
    words.insert(words.end(), flags.begin(), flags.end());
    return command(std::move(words));
  }

  /// Files that a run may leave beside what was there before.
  Session& allow(const std::string& file) {
    allowed_.push_back(file);
    return *this;
  }

  /// What holds for every run, good or bad.
  void check_manners(const fake::ProcessResult& result) const {
    INFO("stderr: " << result.err);
    CHECK_FALSE(result.overran);
    CHECK_FALSE(has_control_bytes(result.err));
    const bool by_signal = result.signal != 0 || result.status() > 128;
    const size_t errors = count("\n" + result.err, "\npxq: error: ");
    if (result.status() == 0 || by_signal) {
      CHECK(errors == 0);
    } else {
      CHECK(errors >= 1);
    }
    CHECK((result.out.empty() || result.out.back() == '\n'));  // whole records
    std::vector<std::string> expected = allowed_;
    expected.push_back("already-here");
    std::sort(expected.begin(), expected.end());
    CHECK(home_.list() == expected);
  }

  void check(const fake::ProcessResult& result, const Expected& expected) const {
    INFO("stderr: " << result.err);
    CHECK(result.status() == expected.status);
    CHECK(result.out == expected.out);
    for (const std::string& text : expected.err) CHECK_THAT(result.err, Catch::Contains(text));
    check_manners(result);
    if (expected.status != 3) CHECK(count("\n" + result.err, "\npxq: error: ") <= 1);
  }

 private:
  fake::TempDir home_;
  std::string home_mark_;
  std::vector<std::string> allowed_;
};

/// One row of a table of cases: what the server does, and what must come of it.
struct StreamCase {
  std::string name;
  fake::Script script;
  Expected expected;
  std::vector<std::string> flags = {};
};

inline void check_cases(const std::vector<StreamCase>& cases) {
  for (const StreamCase& one : cases) {
    DYNAMIC_SECTION(one.name) {
      const fake::Vizier vizier(one.script);
      const Session session;
      session.check(fake::run(session.run_at(vizier.address(), one.flags)), one.expected);
    }
  }
}

/// The same for what only the raw peer can say.
struct RawCase {
  std::string name;
  fake::Exchange exchange;
  Expected expected;
  std::vector<std::string> flags = {};
};

inline void check_cases(const std::vector<RawCase>& cases) {
  for (const RawCase& one : cases) {
    DYNAMIC_SECTION(one.name) {
      const fake::RawHttp2 peer(one.exchange);
      const Session session;
      session.check(fake::run(session.run_at(peer.address(), one.flags)), one.expected);
    }
  }
}

/// The table of most cases: one column, so that a row is one number.
inline fake::Table numbers(std::string_view name = "t") { return fake::Table(name).int64("a"); }

/// A stream that is whole: rows 1 and 2.
inline fake::Script whole() {
  const fake::Table t = numbers();
  return fake::Script()
      .send(t.metadata())
      .send(t.batch().int64({1, 2}))
      .send(t.end())
      .send(fake::stats());
}
inline const std::string kWholeRows = "{\"a\":1}\n{\"a\":2}\n";

/// The numbers from the first to the last one, as rows of numbers().
inline std::vector<int64_t> from_to(int64_t first, int64_t last) {
  std::vector<int64_t> numbers;
  for (int64_t n = first; n <= last; ++n) numbers.push_back(n);
  return numbers;
}

/// The command in a shell whose script has it as "$0" "$@".
inline fake::Command in_shell(fake::Command command, std::string script) {
  command.arguments.insert(command.arguments.begin(),
                           {"-c", std::move(script), std::exchange(command.program, "/bin/sh")});
  return command;
}

/// The command under limits as prlimit(1) takes them, such as "--nofile=256".
inline fake::Command limited(fake::Command command, std::vector<std::string> limits) {
  limits.push_back(std::exchange(command.program, "/usr/bin/prlimit"));
  command.arguments.insert(command.arguments.begin(), limits.begin(), limits.end());
  return command;
}

}  // namespace pxq::app
