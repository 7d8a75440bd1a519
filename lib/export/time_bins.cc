#include "export/time_bins.h"

#include <fmt/format.h>

#include <numeric>

namespace pxq {
namespace {

/// Times that are all multiples of as much as this are of bins, if there are enough of them.
constexpr int64_t kSmallestBin = 5'000'000'000;
constexpr uint64_t kEnoughTimes = 5;

}  // namespace

void TimeBins::note(int64_t time_ns) {
  if (time_ns == last_ns_ && times_ != 0) return;
  // The step only ever shrinks: once it is below a bin, more times say nothing new.
  if (times_ == 0 || step_ns_ >= kSmallestBin) step_ns_ = std::gcd(step_ns_, time_ns);
  last_ns_ = time_ns;
  ++times_;
}

Status TimeBins::check(const std::string& table, int64_t end_ns, int64_t align_ns) const {
  if (step_ns_ < kSmallestBin || times_ < kEnoughTimes) return {};
  if (align_ns != 0 && (align_ns % step_ns_ == 0 || step_ns_ % align_ns == 0)) return {};
  if (end_ns % step_ns_ == 0) return {};
  const std::string bin = fmt::format("{}s", static_cast<double>(step_ns_) / 1e9);
  return {Code::kLimit,
          fmt::format("table '{}': its times are all multiples of {}, and the window does not end "
                      "on one: the rows of its last bin would be counted in part",
                      table, bin),
          fmt::format("--align {} ends windows on multiples of it", bin)};
}

}  // namespace pxq
