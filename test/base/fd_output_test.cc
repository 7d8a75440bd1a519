#include "base/fd_output.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <string>
#include <thread>

using namespace pxq;
using namespace std::chrono_literals;

namespace {

struct Pipe {
  UniqueFd reader, writer;
  explicit Pipe(int flags = 0) {
    int fds[2];
    if (::pipe2(fds, O_CLOEXEC | flags) != 0) std::abort();
    reader.reset(fds[0]);
    writer.reset(fds[1]);
    ::signal(SIGPIPE, SIG_IGN);
  }
};

std::string read_to_end(int fd, size_t piece = 65536) {
  std::string all;
  std::string buffer(piece, '\0');
  while (true) {
    const ssize_t count = ::read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return all;
    all.append(buffer.data(), static_cast<size_t>(count));
  }
}

void put(Output& output, const std::string& record) {
  output.text().append(record);
  output.commit();
}

std::string numbered_rows(int count) {
  std::string rows;
  for (int i = 0; i < count; ++i) rows += "row " + std::to_string(i) + "\n";
  return rows;
}

bool wait_for_input(int fd) {
  pollfd item{.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&item, 1, 10'000) == 1;
}

}  // namespace

TEST_CASE("all bytes reach a pipe whose reader takes them in small pieces") {
  const std::string rows = numbered_rows(60'000);
  for (const int flags : {0, O_NONBLOCK}) {
    Pipe pipe;
    if (flags != 0) ::fcntl(pipe.writer.get(), F_SETFL, flags);
    std::string seen;
    std::thread reader([&] { seen = read_to_end(pipe.reader.get(), 777); });
    {
      FdOutput output(pipe.writer.get(), "stdout");
      for (size_t at = 0; at < rows.size(); at += 1000) put(output, rows.substr(at, 1000));
      output.flush();
      CHECK(output.status().ok());
      CHECK(output.bytes_written() == rows.size());
    }
    pipe.writer.reset();
    reader.join();
    CHECK(seen == rows);
  }
}

TEST_CASE("the caller's descriptor is not made non-blocking") {
  Pipe pipe;
  const FdOutput output(pipe.writer.get(), "stdout");
  CHECK((::fcntl(pipe.writer.get(), F_GETFL) & O_NONBLOCK) == 0);
}

TEST_CASE("signals that interrupt a blocked write lose and double nothing") {
  struct sigaction action = {};
  action.sa_handler = [](int) {};
  struct sigaction before = {};
  ::sigaction(SIGUSR1, &action, &before);
  Pipe pipe;
  const std::string rows = numbered_rows(300'000);
  const pthread_t writer = ::pthread_self();
  std::string seen;
  std::thread reader([&] {
    char piece[4096];
    for (ssize_t count = 1; count > 0;) {
      ::pthread_kill(writer, SIGUSR1);
      count = ::read(pipe.reader.get(), piece, sizeof piece);
      if (count > 0) seen.append(piece, static_cast<size_t>(count));
    }
  });
  {
    FdOutput output(pipe.writer.get(), "stdout");
    for (size_t at = 0; at < rows.size(); at += 5000) put(output, rows.substr(at, 5000));
    output.flush();
    CHECK(output.status().ok());
  }
  pipe.writer.reset();
  reader.join();
  ::sigaction(SIGUSR1, &before, nullptr);
  CHECK(seen == rows);
}

TEST_CASE("a reader that is gone is a broken pipe, told apart from other failures") {
  Pipe pipe;
  FdOutput output(pipe.writer.get(), "stdout");
  CHECK_FALSE(output.reader_gone());
  pipe.reader.reset();
  CHECK(output.reader_gone());
  put(output, "row\n");
  output.flush();
  CHECK(output.broken_pipe());
  CHECK(output.status().code() == Code::kOutput);
  CHECK(output.status().message() == "write stdout: Broken pipe");
}

TEST_CASE("a full device is an error with its reason") {
  const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  FdOutput output(full.get(), "stdout");
  put(output, "row\n");
  CHECK(output.finish().message() == "write stdout: No space left on device");
  CHECK_FALSE(output.broken_pipe());
  put(output, "more\n");
  output.flush();
  CHECK(output.bytes_written() == 0);
}

TEST_CASE("a closed descriptor is an error, also when nothing was written") {
  FdOutput written(999, "stdout");
  put(written, "row\n");
  written.flush();
  CHECK(written.status().message() == "write stdout: Bad file descriptor");
  FdOutput empty(999, "stdout");
  CHECK(empty.finish().message() == "write stdout: Bad file descriptor");
}

TEST_CASE("after a stop nothing more is written and the last record is whole") {
  Pipe pipe;
  FdOutput output(pipe.writer.get(), "stdout");
  put(output, "one\n");
  output.flush();
  output.request_stop(1s);
  put(output, "two\n");
  output.flush();
  CHECK(output.status().code() == Code::kInterrupted);
  CHECK_FALSE(output.cut());
  pipe.writer.reset();
}

TEST_CASE("a stop frees a writer whose reader is stuck, within the grace") {
  Pipe pipe;
  const std::string rows = numbered_rows(500'000);
  std::atomic<bool> cut{false};
  Code code = Code::kOk;
  FdOutput output(pipe.writer.get(), "stdout");
  std::thread writer([&] {
    output.text().append(rows);  // one record, larger than any pipe
    output.commit();
    code = output.status().code();
    cut = output.cut();
  });
  REQUIRE(wait_for_input(pipe.reader.get()));
  const auto start = MonotonicClock::now();
  output.request_stop(50ms);
  writer.join();
  CHECK(MonotonicClock::now() - start < 5s);
  CHECK(code == Code::kInterrupted);
  CHECK(cut);
}

TEST_CASE("a record that is partly out is finished when the reader comes back in time") {
  Pipe pipe;
  std::optional<FdOutput> output;
  output.emplace(pipe.writer.get(), "stdout");
  const std::string large(3 << 20, 'x');
  std::thread writer([&] {
    put(*output, large + "\n");
    put(*output, "never\n");
    output->flush();
  });
  REQUIRE(wait_for_input(pipe.reader.get()));
  output->request_stop(60s);
  std::string seen;
  std::thread reader([&] { seen = read_to_end(pipe.reader.get()); });
  writer.join();
  CHECK(output->status().code() == Code::kInterrupted);
  CHECK_FALSE(output->cut());
  output.reset();  // it may hold a description of its own
  pipe.writer.reset();
  reader.join();
  CHECK(seen == large + "\n");
}

TEST_CASE("of many small records a stop leaves whole ones only, from the first on") {
  Pipe pipe;
  std::optional<FdOutput> output;
  output.emplace(pipe.writer.get(), "stdout");
  std::thread writer([&] {
    for (int i = 0; output->status().ok(); ++i) put(*output, "row " + std::to_string(i) + "\n");
  });
  REQUIRE(wait_for_input(pipe.reader.get()));
  output->request_stop(60s);
  std::string seen;
  std::thread reader([&] { seen = read_to_end(pipe.reader.get(), 1000); });
  writer.join();
  CHECK_FALSE(output->cut());
  output.reset();
  pipe.writer.reset();
  reader.join();
  REQUIRE(seen.ends_with('\n'));
  CHECK(seen == numbered_rows(static_cast<int>(std::count(seen.begin(), seen.end(), '\n'))));
}

TEST_CASE("sockets are written without blocking past a stop and without SIGPIPE") {
  int fds[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0);
  UniqueFd ours(fds[0]);
  UniqueFd theirs(fds[1]);
  FdOutput output(ours.get(), "stdout");
  put(output, "row\n");
  output.flush();
  CHECK(output.status().ok());
  theirs.reset();
  put(output, "row\n");
  output.flush();
  CHECK(output.broken_pipe());
}

TEST_CASE("a terminal is written whole and its flags stay") {
  const UniqueFd terminal(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  REQUIRE(terminal);
  REQUIRE(::grantpt(terminal.get()) == 0);
  REQUIRE(::unlockpt(terminal.get()) == 0);
  const UniqueFd screen(::open(::ptsname(terminal.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
  REQUIRE(screen);
  FdOutput output(screen.get(), "stdout");
  CHECK((::fcntl(screen.get(), F_GETFL) & O_NONBLOCK) == 0);
  const std::string line(200, 'x');
  std::string seen;
  std::thread reader([&] {
    char piece[512];
    while (seen.size() < 400 * 202) {
      const ssize_t count = ::read(terminal.get(), piece, sizeof piece);
      if (count <= 0) return;
      seen.append(piece, static_cast<size_t>(count));
    }
  });
  for (int i = 0; i < 400; ++i) put(output, line + "\n");
  output.flush();
  reader.join();
  CHECK(output.status().ok());
  CHECK(seen.size() == 400 * 202);  // the terminal turns each LF into CR LF
}

TEST_CASE("records that are not committed are not written") {
  Pipe pipe;
  FdOutput output(pipe.writer.get(), "stdout");
  put(output, "whole\n");
  output.text().append("part");
  output.flush();
  char text[32];
  CHECK(::read(pipe.reader.get(), text, sizeof text) == 6);
}
