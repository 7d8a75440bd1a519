#include "local/data/demo/journey.h"

#include <algorithm>
#include <utility>

#include "local/data/demo/dice.h"

namespace pxq::local::demo {
namespace {

using enum Tier;
using enum Op;
using P = Protocol;

constexpr Step kHomeSteps[] = {
    {kLoad, kFrontend, P::kHttp, kHomePage, kNoParent, 6000},
    {kFrontend, kDns, P::kDns, kResolve, 0, 180},
    {kFrontend, kCatalog, P::kHttp, kListProducts, 0, 3500},
    {kCatalog, kPostgres, P::kPgsql, kSelectList, 2, 2200},
    {kFrontend, kRecommend, P::kGrpc, kSuggest, 0, 1500},
    {kRecommend, kCassandra, P::kCql, kCqlSelect, 4, 1900},
    {kRecommend, kPricing, P::kMux, kMuxPrice, 4, 900},
    {kPricing, kMongo, P::kMongo, kMongoFind, 6, 1300},
};

// A product's page asks for each of its reviews by itself: the N+1 queries of the demo.
constexpr Step kProductSteps[] = {
    {kLoad, kFrontend, P::kHttp, kProductPage, kNoParent, 5000},
    {kFrontend, kCatalog, P::kHttp, kGetProduct, 0, 2500},
    {kCatalog, kPostgres, P::kPgsql, kSelectProduct, 1, 900},
    {kCatalog, kPostgres, P::kPgsql, kSelectReview, 1, 700},
    {kCatalog, kPostgres, P::kPgsql, kSelectReview, 1, 700},
    {kCatalog, kPostgres, P::kPgsql, kSelectReview, 1, 700},
    {kCatalog, kPostgres, P::kPgsql, kSelectReview, 1, 700},
    {kCatalog, kPostgres, P::kPgsql, kSelectReview, 1, 700},
    {kCatalog, kPostgres, P::kPgsql, kSelectReview, 1, 700},
    {kFrontend, kCart, P::kHttp, kGetCart, 0, 900},
    {kCart, kRedis, P::kRedis, kRedisGet, 9, 150},
};

constexpr Step kAddSteps[] = {
    {kLoad, kFrontend, P::kHttp, kAddPage, kNoParent, 4000},
    {kFrontend, kCart, P::kHttp, kAddToCart, 0, 1200},
    {kCart, kRedis, P::kRedis, kRedisSet, 1, 200},
    {kCart, kRedis, P::kRedis, kRedisExpire, 1, 120},
};

constexpr Step kSearchSteps[] = {
    {kLoad, kFrontend, P::kHttp, kSearchPage, kNoParent, 5000},
    {kFrontend, kSearch, P::kHttp, kFindProducts, 0, 40000},
    {kSearch, kPostgres, P::kPgsql, kSelectLike, 1, 260000},
};

constexpr Step kCheckoutSteps[] = {
    {kLoad, kFrontend, P::kHttp, kCheckoutPage, kNoParent, 6000},
    {kFrontend, kCheckout, P::kHttp, kBuy, 0, 4000},
    {kCheckout, kCart, P::kHttp, kGetCart, 1, 900},
    {kCart, kRedis, P::kRedis, kRedisAll, 2, 260},
    {kCheckout, kPayment, P::kHttp, kCharge, 1, 35000},
    {kPayment, kDns, P::kDns, kResolveGone, 4, 250},
    {kPayment, kDns, P::kDns, kResolveProvider, 4, 200},
    {kPayment, kProvider, P::kTls, kHandshake, 4, 9000},
    {kCheckout, kOrders, P::kHttp, kPlaceOrder, 1, 7000},
    {kOrders, kMysql, P::kMysql, kInsertOrder, 8, 3100},
    {kOrders, kMysql, P::kMysql, kInsertItem, 8, 2400},
    {kOrders, kKafka, P::kKafka, kProduce, 8, 2800},
    {kShipping, kKafka, P::kKafka, kFetch, kLater, 4000},
    {kShipping, kRabbit, P::kAmqp, kPublish, kLater, 900},
    {kNotify, kRabbit, P::kAmqp, kDeliver, kLater, 700},
    {kNotify, kNats, P::kNats, kNatsPublish, kLater, 200},
    {kAnalytics, kNats, P::kNats, kNatsMessage, kLater, 150},
    {kPayment, kProvider, P::kHttp, kCapture, 4, 12000},
    {kShipping, kRabbit, P::kAmqp, kContentHeader, 13, 60},
};

constexpr Step kHealthSteps[] = {
    {kKubelet, kFrontend, P::kHttp, kCheckHealth, kNoParent, 400},
};

/// How long after its order the one consumer takes it up: it falls behind as its heap fills, and
/// catches up after a crash. Never so that a later order would overtake.
int64_t lag(int64_t time_ns) {
  const double phase = static_cast<double>((time_ns - kOpening) % kCrashPeriod) / kSecond;
  const double period = static_cast<double>(kCrashPeriod) / kSecond;
  constexpr double kLeast = 2;
  constexpr double kMost = 40;
  constexpr double kCatchingUp = 60;
  double seconds = kMost - (kMost - kLeast) * phase / kCatchingUp;
  if (phase > kCatchingUp) {
    const double behind = (phase - kCatchingUp) / (period - kCatchingUp);
    seconds = kLeast + (kMost - kLeast) * behind * behind;
  }
  return static_cast<int64_t>(seconds * kSecond);
}

/// When an order is fetched. A consumer that is away fetches when it is back.
int64_t fetch_time(int64_t ordered_ns) {
  const int64_t due = ordered_ns + lag(ordered_ns);
  const int64_t phase = due - last_crash(due);
  if (phase >= kCrashPause) return due;
  return last_crash(due) + kCrashPause + kSecond / 2 + phase / 32;
}

/// Payments fail most of the time for two minutes of every ten, and now and then at any time.
bool payment_fails(int64_t time_ns, uint64_t thrown) {
  const int64_t minute = (time_ns - kOpening) / kMinute % 10;
  return share(thrown) < (minute == 3 || minute == 4 ? 0.6 : 0.03);
}

}  // namespace

Journeys::Journeys(const Shop& shop, double scale)
    : shop_(shop), arrivals_(shop.seed(), 300 * scale) {
  size_t at = 0;
  for (const auto& [kind, count] : {std::pair{Visit::kHome, 30},
                                    {Visit::kProduct, 25},
                                    {Visit::kAdd, 15},
                                    {Visit::kSearch, 8},
                                    {Visit::kCheckout, 12},
                                    {Visit::kHealth, 10}}) {
    for (int i = 0; i < count; ++i) pattern_[at++] = kind;
  }
  for (size_t i = pattern_.size(); i-- > 1;) {
    std::swap(pattern_[i], pattern_[dice(shop.seed(), 40, i) % (i + 1)]);
  }
  for (size_t i = 0; i < pattern_.size(); ++i) {
    orders_[i + 1] = orders_[i] + (pattern_[i] == Visit::kCheckout ? 1 : 0);
  }
}

std::span<const Step> Journeys::steps(Visit kind) {
  switch (kind) {
    case Visit::kHome: return kHomeSteps;
    case Visit::kProduct: return kProductSteps;
    case Visit::kAdd: return kAddSteps;
    case Visit::kSearch: return kSearchSteps;
    case Visit::kCheckout: return kCheckoutSteps;
    case Visit::kHealth: return kHealthSteps;
  }
  return {};
}

uint64_t Journeys::orders_before(uint64_t visit) const {
  return visit / 100 * orders_.back() + orders_[visit % 100];
}

size_t Journeys::client_of(const Step& step, uint64_t visit) const {
  if (static_cast<size_t>(step.client) >= kTiers) return Call::kNobody;
  return shop_.pod(step.client, dice(shop_.seed(), 41, visit % kRound, step.client));
}

size_t Journeys::server_of(const Step& step, uint64_t visit) const {
  if (static_cast<size_t>(step.server) >= kTiers) return Call::kNobody;
  return shop_.pod(step.server, dice(shop_.seed(), 41, visit % kRound, step.server));
}

int64_t Journeys::work(const Call& call) const {
  const uint64_t thrown = dice(shop_.seed(), 42, call.visit, call.number);
  double factor = 0.6 + 0.8 * share(thrown);
  const double rare = share(dice(thrown, 1));
  if (rare > 0.98) factor *= 4;
  // The slow end point of the demo: every fifth search reads the whole table.
  if (call.step->op == kSelectLike && rare < 0.2) factor *= 6;
  return static_cast<int64_t>(static_cast<double>(call.step->work_us) * 1000 * factor);
}

int64_t Journeys::run(std::vector<Call>& calls, size_t number, int64_t start_ns) const {
  Call& call = calls[number];
  const int64_t own = work(call);
  call.start_ns = start_ns;
  int64_t now = start_ns + own / 2;
  for (size_t i = number + 1; i < calls.size(); ++i) {
    if (calls[i].step->parent != static_cast<int8_t>(number)) continue;
    now = run(calls, i, now + calls[i].wire_ns) + calls[i].wire_ns;
  }
  call.end_ns = now + own / 2;
  return call.end_ns;
}

void Journeys::fail(std::vector<Call>& calls) const {
  const uint64_t thrown = dice(shop_.seed(), 43, calls.front().visit);
  // From the innermost call outwards, so that a failure reaches whoever made the call.
  for (size_t i = calls.size(); i-- > 0;) {
    Call& call = calls[i];
    const Op op = call.step->op;
    if (op == kResolveGone) call.failed = true;
    // It is the provider that turns payments away; the shop passes its answer on.
    if (op == kCharge || op == kCapture) {
      const Call& charge = op == kCharge ? call : calls[static_cast<size_t>(call.step->parent)];
      call.failed = payment_fails(charge.start_ns, thrown);
    }
    if (op == kGetProduct) call.failed = share(dice(thrown, 2)) < 0.02;
    const bool carries = op == kBuy || op == kCheckoutPage || op == kProductPage;
    for (size_t j = i + 1; carries && j < calls.size(); ++j) {
      if (calls[j].step->parent == static_cast<int8_t>(i)) call.failed |= calls[j].failed;
    }
  }
}

void Journeys::expand(uint64_t visit, std::vector<Call>& calls) const {
  calls.clear();
  for (const Step& step : steps(kind(visit))) {
    Call& call = calls.emplace_back();
    call.step = &step;
    call.visit = visit;
    call.number = static_cast<uint32_t>(calls.size() - 1);
    call.client = client_of(step, visit);
    call.server = server_of(step, visit);
    const double wire = 60'000 + 240'000 * share(dice(shop_.seed(), 44, visit, call.number));
    call.wire_ns = static_cast<int64_t>(step.server == kProvider ? 40 * wire : wire);
  }
  run(calls, 0, arrivals_.time_of(visit));
  int64_t later = 0;
  for (size_t i = 0; i < calls.size(); ++i) {
    if (calls[i].step->parent != kLater) continue;
    later =
        later == 0 ? fetch_time(calls.front().end_ns) : later + calls[i].wire_ns + kSecond / 100;
    later = run(calls, i, later + calls[i].wire_ns);
  }
  fail(calls);
}

}  // namespace pxq::local::demo
