#include "local/data/demo/shop.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "local/data/demo/dice.h"

namespace pxq::local::demo {
namespace {

constexpr std::array<TierCard, kTiers> kCards = {{
    {"load-generator", "load", 1, 8089, "python", "python locust -f visits.py", false, false, 90},
    {"frontend", "shop", 3, 8080, "node", "node server.js --port 8080", true, true, 160},
    {"cart", "shop", 2, 7070, "go", "/bin/cart --redis redis.data:6379", true, false, 48},
    {"catalog", "shop", 2, 3550, "python", "python -m catalog --port 3550", true, false, 140},
    {"search", "shop", 2, 9200, "java", "java -Xmx512m -jar search.jar", true, false, 420},
    {"checkout", "shop", 2, 5050, "go", "/bin/checkout", true, true, 52},
    {"payment", "shop", 2, 8443, "node", "node charge.js", true, true, 130},
    {"orders", "shop", 2, 8081, "java", "java -Xmx768m -jar orders.jar", true, false, 560},
    {"recommend", "shop", 2, 50051, "go", "/bin/recommend --grpc :50051", true, false, 70},
    {"pricing", "shop", 2, 9990, "java", "java -Xmx256m -jar pricing.jar", true, false, 230},
    {"shipping", "shop", 1, 8082, "java", "java -Xmx1024m -jar shipping.jar", true, false, 260},
    {"notify", "shop", 2, 8083, "python", "python -m notify", true, false, 95},
    {"analytics", "shop", 2, 8084, "go", "/bin/analytics --nats nats.data:4222", true, false, 44},
    {"postgres", "data", 1, 5432, "native", "postgres -D /var/lib/postgresql/data", true, false,
     310},
    {"mysql", "data", 1, 3306, "native", "mysqld --datadir=/var/lib/mysql", true, false, 480},
    {"redis", "data", 1, 6379, "native", "redis-server *:6379", true, false, 64},
    {"cassandra", "data", 2, 9042, "java", "java -Xmx2g -cp cassandra.jar CassandraDaemon", true,
     false, 1500},
    {"mongo", "data", 1, 27017, "native", "mongod --dbpath /data/db", true, false, 290},
    {"kafka", "data", 2, 9092, "java", "java -Xmx1g -cp kafka.jar kafka.Kafka", true, false, 900},
    {"rabbitmq", "data", 1, 5672, "native", "beam.smp -- rabbit boot", true, false, 150},
    {"nats", "data", 1, 4222, "go", "nats-server --port 4222", true, false, 28},
    {"kube-dns", "kube-system", 2, 53, "go", "/coredns -conf /etc/coredns/Corefile", true, false,
     36},
}};

constexpr std::array<std::string_view, 5> kSpaces = {"shop", "data", "load", "kube-system", "pl"};
constexpr size_t kNodes = 3;

std::string suffix(uint64_t thrown, size_t length) {
  constexpr std::string_view kLetters = "bcdfghjklmnpqrstvwxz2456789";
  std::string text;
  for (size_t i = 0; i < length; ++i, thrown /= kLetters.size()) {
    text += kLetters[thrown % kLetters.size()];
  }
  return text;
}

std::string qualified(std::string_view space, std::string_view name) {
  return fmt::format("{}/{}", space, name);
}

/// The clock ticks after a machine's start that stand in a UPID. The nodes started a day before.
uint64_t ticks_at(int64_t time_ns) {
  return static_cast<uint64_t>((time_ns - kOpening + kDay) / (kSecond / 100));
}

}  // namespace

const TierCard& card(Tier tier) { return kCards.at(static_cast<size_t>(tier)); }

Shop::Shop(uint64_t seed) : seed_(seed) {
  parts_.vizier_id = uid(0, 0);
  parts_.vizier_name = "demo";
  parts_.vizier_namespace = "pl";
  parts_.vizier_version = "0.14.15-demo";
  parts_.cidrs = {"10.64.0.0/16", "10.96.0.0/16"};
  add_nodes();
  for (const std::string_view space : kSpaces) {
    parts_.namespaces.push_back({uid(1, parts_.namespaces.size()), std::string(space)});
  }
  for (size_t i = 0; i < kTiers; ++i) add_tier(static_cast<Tier>(i));
}

std::string Shop::uid(uint64_t kind, uint64_t number) const {
  const uint64_t a = dice(seed_, 100 + kind, number, 1);
  const uint64_t b = dice(seed_, 100 + kind, number, 2);
  return fmt::format("{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}", a >> 32, a >> 16 & 0xffff, a & 0xfff,
                     b >> 48 & 0xfff, b & 0xffffffffffff);
}

void Shop::add_nodes() {
  for (size_t i = 0; i < kNodes + 1; ++i) {
    Node node;
    node.is_kelvin = i == kNodes;
    node.name = node.is_kelvin ? "vizier-cloud-connector" : fmt::format("demo-node-{}", i + 1);
    node.ip = node.is_kelvin ? "10.64.0.250" : fmt::format("192.168.10.{}", i + 11);
    node.asid = static_cast<uint32_t>(i + 1);
    node.agent_id = {dice(seed_, 90, i), dice(seed_, 91, i)};
    node.processors = 4;
    node.has_kernel_headers = i != 2;  // one machine was set up without them
    node.life.start_ns = kOpening + static_cast<int64_t>(i) * kSecond;
    parts_.nodes.push_back(std::move(node));
  }
}

void Shop::add_tier(Tier tier) {
  const TierCard& about = card(tier);
  const auto number = static_cast<size_t>(tier);
  const auto replicas = static_cast<int64_t>(about.replicas);
  const Lifetime life{kOpening + static_cast<int64_t>(number) * kSecond, 0};
  const std::string name = qualified(about.space, about.name);
  const std::string hash = suffix(dice(seed_, 5, number), 9);
  parts_.deployments.push_back(
      {uid(2, number), name, std::string(about.space), replicas, replicas, {}, life});
  parts_.replica_sets.push_back({uid(3, number), name + "-" + hash, std::string(about.space),
                                 replicas, replicas, number, life});
  if (about.has_service) {
    Service service;
    service.id = uid(4, number);
    service.name = name;
    service.space = about.space;
    service.cluster_ip = fmt::format("10.96.1.{}", 10 + number);
    if (tier == Tier::kFrontend) service.external_ips = {"198.51.100.7"};
    service.life = life;
    parts_.services.push_back(std::move(service));
  }
  first_.push_back(pods_.size());
  for (size_t i = 0; i < about.replicas; ++i) add_pod(tier, i, number);
}

void Shop::add_pod(Tier tier, size_t ordinal, size_t replica_set) {
  const TierCard& about = card(tier);
  const size_t number = pods_.size();
  ShopPod shop_pod;
  shop_pod.tier = tier;
  shop_pod.ordinal = ordinal;
  shop_pod.node = dice(seed_, 6, number) % kNodes;
  if (about.replicas > 1) shop_pod.node = (dice(seed_, 6, replica_set) + ordinal) % kNodes;
  shop_pod.id = uid(7, number);
  shop_pod.ip = fmt::format("10.64.{}.{}", shop_pod.node + 1, 10 + number);
  const int64_t start = kOpening + static_cast<int64_t>(60 + number) * kSecond;
  const uint64_t asid = shop_pod.node + 1;
  shop_pod.upid = {asid << 32 | (2000 + number * 20), ticks_at(start)};
  if (about.has_sidecar) shop_pod.sidecar = {asid << 32 | (2010 + number * 20), ticks_at(start)};

  Pod pod;
  pod.id = shop_pod.id;
  pod.name = parts_.replica_sets[replica_set].name + "-" + suffix(dice(seed_, 8, number), 5);
  pod.space = about.space;
  pod.ip = shop_pod.ip;
  pod.node = shop_pod.node;
  pod.replica_set = replica_set;
  pod.labels = {{"app", std::string(about.name)}, {"tier", std::string(about.space)}};
  if (about.has_service) pod.services = {parts_.services.size() - 1};
  pod.life.start_ns = start;
  if (tier == Tier::kPostgres || tier == Tier::kMysql) pod.quality = "Guaranteed";
  parts_.pods.push_back(std::move(pod));
  if (tier != Tier::kShipping) {
    add_container(parts_, shop_pod, number, about.name, std::string(about.command), shop_pod.upid,
                  {start, 0});
  }
  if (shop_pod.sidecar) {
    add_container(parts_, shop_pod, number, "proxy", "/usr/local/bin/envoy -c /etc/envoy.yaml",
                  *shop_pod.sidecar, {start, 0});
  }
  pods_.push_back(std::move(shop_pod));
}

void Shop::add_container(ClusterParts& parts, const ShopPod& pod, size_t number,
                         std::string_view name, std::string command, Uint128 upid,
                         Lifetime life) const {
  Container container;
  const uint64_t a = dice(seed_, 9, pod.ordinal, number, upid.high, upid.low);
  container.id = fmt::format("{:016x}{:016x}{:016x}{:016x}", a, dice(a, 1), dice(a, 2), dice(a, 3));
  container.name = name;
  container.pod = number;
  container.life = life;
  if (life.is_over()) {
    container.state = "Terminated";
    container.reason = "OOMKilled";
  }
  parts.processes.push_back({upid, parts.containers.size(), std::move(command), life});
  parts.containers.push_back(std::move(container));
}

Uint128 Shop::upid(const ShopPod& pod, int64_t time_ns) const {
  if (pod.tier != Tier::kShipping) return pod.upid;
  const int64_t start = last_crash(time_ns) + kCrashPause;
  const auto crash = static_cast<uint64_t>((start - kOpening) / kCrashPeriod);
  return {(pod.upid.high & ~uint64_t{0xffffffff}) | (5000 + crash * 7 % 25000), ticks_at(start)};
}

void Shop::add_crashing(ClusterParts& parts, int64_t now_ns, int64_t since_ns) const {
  const size_t number = pod(Tier::kShipping, 0);
  const ShopPod& shop_pod = pods_[number];
  const TierCard& about = card(Tier::kShipping);
  for (int64_t crash = last_crash(since_ns); crash <= now_ns; crash += kCrashPeriod) {
    const int64_t start = crash + kCrashPause;
    if (start > now_ns) break;
    const int64_t stop = crash + kCrashPeriod;
    add_container(parts, shop_pod, number, about.name, std::string(about.command),
                  upid(shop_pod, start), {start, stop <= now_ns ? stop : 0});
  }
  if (now_ns - last_crash(now_ns) >= kCrashPause) return;
  Pod& pod = parts.pods[number];
  pod.is_ready = false;
  pod.reason = "ContainersNotReady";
  pod.message = "containers with unready status: [shipping]";
  --parts.deployments[static_cast<size_t>(Tier::kShipping)].ready;
  --parts.replica_sets[static_cast<size_t>(Tier::kShipping)].ready;
}

std::shared_ptr<const ClusterState> Shop::state(int64_t now_ns, int64_t since_ns) const {
  ClusterParts parts = parts_;
  if (now_ns >= kOpening) add_crashing(parts, now_ns, std::max(since_ns, kOpening));
  return std::make_shared<const ClusterState>(std::move(parts));
}

}  // namespace pxq::local::demo
