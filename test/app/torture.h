#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "places.h"
#include "session.h"

namespace pxq::app {

/// Which calls of a run fail: the Nth of a group of test/fault/shim.cc, or all from there on.
struct Torment {
  std::string group;
  int64_t number = 0;
  bool goes_on = false;
  int error = 0;  // 0: what the function at hand fails with in life

  std::string orders() const {
    return group + " " + std::to_string(number) + " " + std::to_string(error) +
           (goes_on ? " on" : " once");
  }
};

/// The command under the shim, and what the shim tells of it.
class Tormented {
 public:
  Tormented(fake::Command command, const Torment& torment) : command_(std::move(command)) {
    counts_ = dir_.write("counts", std::string(kCountsSize, '\0'));
    command_.environment["LD_PRELOAD"] = PXQ_FAULTS;
    command_.environment["PXQ_FAULT"] = torment.orders();
    command_.environment["PXQ_FAULT_COUNT"] = counts_;
  }

  const fake::Command& command() const { return command_; }

  int64_t calls() const {
    const std::string bytes = dir_.read("counts");
    int64_t number = 0;
    std::memcpy(&number, bytes.data(), sizeof number);
    return number;
  }
  /// The function that failed first; empty: none did.
  std::string failed() const { return dir_.read("counts").substr(sizeof(int64_t)).c_str(); }

 private:
  static constexpr size_t kCountsSize = 40;

  fake::TempDir dir_;
  std::string counts_;
  fake::Command command_;
};

/// How many calls of the group an undisturbed run makes.
inline int64_t calls_of(const fake::Command& command, const std::string& group) {
  const Tormented run(command, {.group = group, .number = -1});
  const fake::ProcessResult result = fake::run(run.command());
  INFO(result.err);
  REQUIRE(result.status() == 0);
  return run.calls();
}

/// Calls to be tried of those from `first` on: at most so many, spread over all of them.
inline std::vector<int64_t> spread(int64_t first, int64_t end, int64_t most) {
  std::vector<int64_t> numbers;
  const int64_t step = std::max<int64_t>(1, (end - first + most - 1) / most);
  for (int64_t at = first; at < end; at += step) numbers.push_back(at);
  return numbers;
}

/// What holds for every run that was refused something: an end in time and by itself, a code that
/// is documented, and one sentence where it failed. A defect (1) is none that the system is guilty
/// of.
inline void check_end(const fake::ProcessResult& result) {
  CHECK_FALSE(result.overran);
  CHECK(result.signal == 0);
  const std::set<int> documented = {0, 2, 4, 5, 6, 7, 8, 9, 11};
  CHECK(documented.contains(result.status()));
  CHECK(count("\n" + result.err, "\npxq: error: ") == (result.status() == 0 ? 0 : 1));
  CHECK((result.err.empty() || result.err.back() == '\n'));
}

}  // namespace pxq::app
