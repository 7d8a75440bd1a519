#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "local/cluster/state.h"
#include "local/data/demo/arrivals.h"

namespace pxq::local::demo {

/// What runs in the cluster: a deployment each, most behind a service of the same name.
enum class Tier : uint8_t {
  kLoad,
  kFrontend,
  kCart,
  kCatalog,
  kSearch,
  kCheckout,
  kPayment,
  kOrders,
  kRecommend,
  kPricing,
  kShipping,
  kNotify,
  kAnalytics,
  kPostgres,
  kMysql,
  kRedis,
  kCassandra,
  kMongo,
  kKafka,
  kRabbit,
  kNats,
  kDns,
  kKubelet,   // the nodes themselves, which ask pods for their health
  kProvider,  // a machine elsewhere
};
inline constexpr size_t kTiers = 22;  // those with pods

struct TierCard {
  std::string_view name;
  std::string_view space;
  size_t replicas;
  int64_t port;
  std::string_view language;  // java, go, python, node or native
  std::string_view command;
  bool has_service;
  bool has_sidecar;
  int64_t memory_mb;
};

const TierCard& card(Tier tier);

/// One pod of the shop and what runs in it.
struct ShopPod {
  Tier tier = Tier::kLoad;
  size_t ordinal = 0;  // among its tier's
  size_t node = 0;
  std::string id;
  std::string ip;
  Uint128 upid;                    // of its main process; see Shop::upid()
  std::optional<Uint128> sidecar;  // of its proxy
};

/// How often the one pod that leaks is killed for it, and how long it is away then.
inline constexpr int64_t kCrashPeriod = 10 * kMinute;
inline constexpr int64_t kCrashPause = 12 * kSecond;

/// The last crash at or before a moment.
constexpr int64_t last_crash(int64_t time_ns) {
  return time_ns - (time_ns - kOpening) % kCrashPeriod;
}

/// Where everything runs. The same for ever, but for the pod of kShipping whose process and
/// container are new after each crash.
class Shop {
 public:
  explicit Shop(uint64_t seed);

  uint64_t seed() const { return seed_; }
  const std::vector<ShopPod>& pods() const { return pods_; }
  /// The number of a tier's pod for a throw of the dice. REQUIRES: tier has pods.
  size_t pod(Tier tier, uint64_t thrown) const {
    const auto number = static_cast<size_t>(tier);
    return first_[number] + thrown % card(tier).replicas;
  }
  const std::vector<Node>& nodes() const { return parts_.nodes; }
  Uint128 upid(const ShopPod& pod, int64_t time_ns) const;

  /// What a cluster knows at `now_ns`, with containers back to `since_ns`.
  std::shared_ptr<const ClusterState> state(int64_t now_ns, int64_t since_ns) const;

 private:
  void add_nodes();
  void add_tier(Tier tier);
  void add_pod(Tier tier, size_t ordinal, size_t replica_set);
  void add_container(ClusterParts& parts, const ShopPod& pod, size_t number, std::string_view name,
                     std::string command, Uint128 upid, Lifetime life) const;
  void add_crashing(ClusterParts& parts, int64_t now_ns, int64_t since_ns) const;
  std::string uid(uint64_t kind, uint64_t number) const;

  uint64_t seed_;
  std::vector<size_t> first_;  // pod of each tier
  std::vector<ShopPod> pods_;
  ClusterParts parts_;  // but for kShipping's containers
};

}  // namespace pxq::local::demo
