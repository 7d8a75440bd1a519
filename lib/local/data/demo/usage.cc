#include "local/data/demo/usage.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "local/data/demo/dice.h"

namespace pxq::local::demo {
namespace {

/// What a language costs: CPU at rest as a share of one processor, CPU for a call, threads.
struct LanguageCost {
  std::string_view name;
  double rest;
  int64_t call_ns;
  int64_t threads;
};

constexpr LanguageCost kCosts[] = {
    {"java", 0.012, 900'000, 46},   {"go", 0.004, 350'000, 14},     {"python", 0.008, 2'600'000, 9},
    {"node", 0.006, 1'500'000, 11}, {"native", 0.005, 600'000, 21},
};

const LanguageCost& cost_of(std::string_view language) {
  const auto found = std::ranges::find(kCosts, language, &LanguageCost::name);
  return found == std::end(kCosts) ? kCosts[0] : *found;
}

/// A slow wave between -1 and 1, another for each `thrown`.
double wave(int64_t time_ns, uint64_t thrown) {
  const double minutes = static_cast<double>((time_ns - kOpening) % kDay) / kMinute;
  const double period = 7 + static_cast<double>(thrown % 23);
  return std::sin(2 * std::numbers::pi * (minutes / period + share(thrown)));
}

int64_t scaled(int64_t value, double factor) {
  return static_cast<int64_t>(static_cast<double>(value) * factor);
}

}  // namespace

Usage::Usage(const World& world, int64_t time_ns)
    : world_(world),
      time_ns_(time_ns),
      moved_(world.shop.pods().size()),
      before_(world.shop.pods().size()) {
  add_moved();
  for (size_t pod = 0; pod < moved_.size(); ++pod) {
    const ShopPod& own = world.shop.pods()[pod];
    const bool away = own.tier == Tier::kShipping && time_ns - last_crash(time_ns) < kCrashPause;
    if (!away) processes_.push_back(main_process(pod));
    if (own.sidecar) processes_.push_back(sidecar(pod));
  }
}

void Usage::add_moved() {
  const uint64_t visit = world_.traffic.visits_before(time_ns_);
  const int64_t started = last_crash(time_ns_) + kCrashPause;
  const uint64_t visit_then = world_.traffic.visits_before(started);
  for (const Traffic::Pair& pair : world_.traffic.pairs()) {
    const Exchanged now = Traffic::before(pair, visit);
    const Exchanged turned{now.calls, now.received, now.sent};
    if (pair.client != Call::kNobody) moved_[pair.client] += now;
    if (pair.server != Call::kNobody) moved_[pair.server] += turned;
    if (pair.client_tier != Tier::kShipping || pair.client == Call::kNobody) continue;
    before_[pair.client] += Traffic::before(pair, visit_then);
  }
}

ProcessUse Usage::main_process(size_t pod) const {
  const ShopPod& own = world_.shop.pods()[pod];
  const TierCard& about = card(own.tier);
  const LanguageCost& cost = cost_of(about.language);
  const bool crashing = own.tier == Tier::kShipping;
  const int64_t start = crashing ? last_crash(time_ns_) + kCrashPause : kOpening;
  const int64_t age = time_ns_ - start;
  const Exchanged since = moved_[pod] - before_[pod];
  const uint64_t thrown = dice(world_.shop.seed(), 70, pod);
  ProcessUse use;
  use.upid = world_.shop.upid(own, time_ns_);
  use.pod = pod;
  use.language = about.language;
  // The collector of a full heap takes more and more of the processor.
  const double filled = crashing ? static_cast<double>(age) / kCrashPeriod : 0;
  const double collecting = filled * filled * filled;
  const int64_t busy = scaled(age, cost.rest + 0.15 * collecting) + since.calls * cost.call_ns;
  use.user_ns = busy / 4 * 3;
  use.kernel_ns = busy / 4;
  use.minor_faults = 3000 + since.calls / 3;
  use.major_faults = 12 + since.calls / 20000;
  use.threads = cost.threads + static_cast<int64_t>(thrown % 5);
  const int64_t base = about.memory_mb * kMebibyte;
  use.resident_bytes =
      scaled(base, 1 + 0.06 * wave(time_ns_, thrown)) + scaled(760 * kMebibyte, filled);
  use.virtual_bytes = 4 * base + (crashing ? 1024 : 200) * kMebibyte;
  use.read_calls = since.received + since.calls * 40;
  use.write_calls = since.sent + since.calls * 60;
  const bool stores = about.space == "data";
  use.read_storage = stores ? since.sent / 3 : 4 * kMebibyte;
  use.write_storage = stores ? since.received * 2 : since.calls * 90;
  const double calls_a_second = static_cast<double>(moved_[pod].calls) /
                                std::max(1.0, static_cast<double>(time_ns_ - kOpening) / kSecond);
  use.cpu_share =
      cost.rest + calls_a_second * static_cast<double>(cost.call_ns) / kSecond + 0.6 * collecting;
  if (about.language == "java") add_java(use, age);
  return use;
}

void Usage::add_java(ProcessUse& use, int64_t age_ns) const {
  const TierCard& about = card(world_.shop.pods()[use.pod].tier);
  auto java = std::make_shared<JavaUse>();
  const bool leaks = use.resident_bytes > 2 * about.memory_mb * kMebibyte;
  const int64_t base = about.memory_mb * kMebibyte;
  // Objects fill the young part until it is collected, every few seconds.
  const int64_t period = (5 + static_cast<int64_t>(use.pod % 7)) * kSecond;
  const int64_t collections = age_ns / period;
  const double young = static_cast<double>(age_ns % period) / static_cast<double>(period);
  java->maximum = 2 * base;
  if (world_.shop.pods()[use.pod].tier == Tier::kShipping) java->maximum = 1024 * kMebibyte;
  const int64_t kept = world_.shop.pods()[use.pod].tier == Tier::kShipping
                           ? use.resident_bytes - base / 2
                           : base / 2;
  java->used = std::min(java->maximum, kept + scaled(base / 4, young));
  java->young_ns = collections * 9'000'000;
  java->full_ns = leaks ? age_ns / 40 : collections / 200 * 70'000'000;
  use.java = std::move(java);
}

ProcessUse Usage::sidecar(size_t pod) const {
  const ShopPod& own = world_.shop.pods()[pod];
  const Exchanged& since = moved_[pod];
  const int64_t age = time_ns_ - kOpening;
  ProcessUse use;
  use.upid = *own.sidecar;
  use.pod = pod;
  use.is_sidecar = true;
  use.language = "proxy";
  const int64_t busy = age / 250 + since.calls * 110'000;
  use.user_ns = busy / 3 * 2;
  use.kernel_ns = busy / 3;
  use.minor_faults = 900 + since.calls / 50;
  use.major_faults = 3;
  use.threads = 6;
  use.resident_bytes =
      scaled(38 * kMebibyte, 1 + 0.03 * wave(time_ns_, dice(world_.shop.seed(), 71, pod)));
  use.virtual_bytes = 180 * kMebibyte;
  use.read_calls = since.received;
  use.write_calls = since.sent;
  use.read_storage = 2 * kMebibyte;
  use.write_storage = since.calls * 30;
  use.cpu_share = 0.01;
  return use;
}

}  // namespace pxq::local::demo
