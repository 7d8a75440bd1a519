#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "local/data/demo/arrivals.h"
#include "local/data/demo/shop.h"

namespace pxq::local::demo {

enum class Protocol : uint8_t {
  kHttp,
  kGrpc,
  kMysql,
  kPgsql,
  kRedis,
  kCql,
  kMongo,
  kKafka,
  kAmqp,
  kNats,
  kMux,
  kDns,
  kTls,
};

/// What a call asks for.
enum class Op : uint8_t {
  kHomePage,
  kProductPage,
  kAddPage,
  kSearchPage,
  kCheckoutPage,
  kCheckHealth,  // of the frontend
  kListProducts,
  kGetProduct,
  kGetCart,
  kAddToCart,
  kFindProducts,
  kBuy,
  kCharge,
  kPlaceOrder,
  kCapture,  // of the provider, from inside the shop
  kSuggest,  // inside the shop
  kSelectList,
  kSelectProduct,
  kSelectReview,
  kSelectLike,  // PostgreSQL
  kInsertOrder,
  kInsertItem,  // MySQL
  kRedisGet,
  kRedisSet,
  kRedisExpire,
  kRedisAll,
  kCqlSelect,
  kMongoFind,
  kMuxPrice,
  kProduce,
  kFetch,
  kPublish,
  kContentHeader,
  kDeliver,
  kNatsPublish,
  kNatsMessage,
  kResolve,
  kResolveProvider,
  kResolveGone,
  kHandshake,
};

/// How a visit's kind was decided.
enum class Visit : uint8_t { kHome, kProduct, kAdd, kSearch, kCheckout, kHealth };

inline constexpr int8_t kNoParent = -1;
inline constexpr int8_t kLater = -2;  // begins when the order is taken up, then one by one

/// A call that every visit of a kind makes.
struct Step {
  Tier client;
  Tier server;
  Protocol protocol;
  Op op;
  int8_t parent;    // the step that waits for it
  int64_t work_us;  // what the server does itself, typically
};

/// One call of one visit, with both of its sides.
struct Call {
  static constexpr size_t kNobody = SIZE_MAX;

  const Step* step = nullptr;
  uint64_t visit = 0;
  uint32_t number = 0;      // of the step
  size_t client = kNobody;  // pods of the shop
  size_t server = kNobody;
  int64_t start_ns = 0;  // at the server
  int64_t end_ns = 0;
  int64_t wire_ns = 0;  // each way
  bool failed = false;

  int64_t client_end_ns() const { return end_ns + wire_ns; }
  int64_t client_latency_ns() const { return end_ns - start_ns + 2 * wire_ns; }
};

/// Contents repeat after so many visits, so that the bytes of any number of them add up at once.
inline constexpr uint64_t kRound = 2400;

/// All that visits make happen: the one story that every table tells a part of.
class Journeys {
 public:
  Journeys(const Shop& shop, double scale);

  const Arrivals& arrivals() const { return arrivals_; }
  Visit kind(uint64_t visit) const { return pattern_[visit % pattern_.size()]; }
  static std::span<const Step> steps(Visit kind);
  /// How many orders were placed before a visit.
  uint64_t orders_before(uint64_t visit) const;

  /// The visit's calls, in the order of its steps.
  void expand(uint64_t visit, std::vector<Call>& calls) const;

  /// The pods of a call, which depend on visit % kRound only.
  size_t client_of(const Step& step, uint64_t visit) const;
  size_t server_of(const Step& step, uint64_t visit) const;

  /// Longer than any visit takes: with what comes later of it, or without.
  static constexpr int64_t kLongest = 20 * kSecond;
  static constexpr int64_t kLongestLater = 90 * kSecond;

 private:
  int64_t run(std::vector<Call>& calls, size_t number, int64_t start_ns) const;
  int64_t work(const Call& call) const;
  void fail(std::vector<Call>& calls) const;

  const Shop& shop_;
  Arrivals arrivals_;
  std::array<Visit, 100> pattern_;
  std::array<uint64_t, 101> orders_{};
};

}  // namespace pxq::local::demo
