#include "wire/cluster.h"

#include <catch2/catch.hpp>

#include "session.h"

namespace pxq::wire {
namespace {

const std::string kId1 = "00112233-4455-6677-8899-aabbccddeeff";
const std::string kId2 = "11111111-2222-3333-4444-555555555555";
const std::string kId3 = "22222222-2222-3333-4444-555555555555";

Cluster cluster(const std::string& id, const std::string& name,
                ClusterState state = ClusterState::kHealthy) {
  Cluster made;
  made.id = id;
  made.name = name;
  made.pretty_name = "gke:" + name;
  made.state = state;
  return made;
}

const std::vector<Cluster> kTwo = {cluster(kId1, "prod"), cluster(kId2, "staging")};

TEST_CASE("A cloud's list of clusters is read whole") {
  fake::Vizier cloud;
  cloud.answer(fake::kGetClusterInfo,
               fake::Script().send(fake::clusters({{.id = kId1, .name = "prod"},
                                                   {.id = kId2,
                                                    .name = "old\x1b",
                                                    .status = px::cloudapi::CS_DISCONNECTED,
                                                    .last_heartbeat_ns = -1}})));
  Peer peer = Session::plaintext(cloud.address());
  peer.metadata = {{"pixie-api-key", "k"}};
  const Result<std::vector<Cluster>> all = list_clusters(peer, {});
  REQUIRE(all.ok());
  REQUIRE(all->size() == 2);
  CHECK(all->at(0).id == kId1);
  CHECK(all->at(0).name == "prod");
  CHECK(all->at(0).state == ClusterState::kHealthy);
  CHECK(all->at(0).nodes == 3);
  CHECK(all->at(0).heartbeat_age == std::chrono::seconds(1));
  CHECK(all->at(1).state == ClusterState::kDisconnected);
  CHECK_FALSE(all->at(1).heartbeat_age);
  CHECK(cloud.calls()[0].header("pixie-api-key") == "k");
}

TEST_CASE("A cloud that does not answer as it should is told apart") {
  const auto code = [&](const fake::Script& script) {
    fake::Vizier one;
    one.answer(fake::kGetClusterInfo, script);
    CallOptions options;
    options.limits.idle = std::chrono::milliseconds(300);
    return list_clusters(Session::plaintext(one.address()), options).status().code();
  };
  CHECK(code(fake::Script().finish(13,
                                   "Auth middleware failed: failed to fetch token - "
                                   "unauthenticated")) == Code::kAuth);
  CHECK(code(fake::Script().finish(0)) == Code::kIncomplete);
  CHECK(code(fake::Script().raw("\xff")) == Code::kIncomplete);
  CHECK(code(fake::Script().silence()) == Code::kTimeout);
  CHECK(code(fake::Script().send(fake::clusters({})).send(fake::clusters({}))) ==
        Code::kIncomplete);
  CHECK(code(fake::Script().finish(12, "unknown service")) == Code::kConnect);
  std::string many;
  for (int i = 0; i < 200'000; ++i) many += std::string("\x0a\x00", 2);
  CHECK(code(fake::Script().raw(many)) == Code::kLimit);
}

TEST_CASE("A cluster is found by id or exact name") {
  CHECK(choose_cluster(kTwo, kId2)->name == "staging");
  CHECK(choose_cluster(kTwo, "prod")->id == kId1);
  CHECK(choose_cluster(kTwo, "gke:prod")->id == kId1);
  std::vector<Cluster> upper = kTwo;
  CHECK(choose_cluster(upper, "00112233-4455-6677-8899-AABBCCDDEEFF")->id == kId1);
}

Status refusal(const std::vector<Cluster>& all, std::string_view wanted) {
  return choose_cluster(all, wanted).status();
}

TEST_CASE("There is never a fallback to another cluster") {
  CHECK(refusal(kTwo, "prd").code() == Code::kUsage);
  CHECK_THAT(refusal(kTwo, "prd").hint(), Catch::Contains("did you mean 'prod'"));
  CHECK_THAT(refusal(kTwo, "qqqqqqq").hint(), Catch::Contains("staging"));
  CHECK(refusal(kTwo, "Prod").code() == Code::kUsage);
  CHECK(refusal(kTwo, "pro").code() == Code::kUsage);
  CHECK(refusal(kTwo, kId3).code() == Code::kUsage);
  CHECK_THAT(refusal(kTwo, "00112233-4455-6677-8899-aabbccddeef").message(),
             Catch::Contains("not a cluster id"));
  CHECK_THAT(refusal(kTwo, "00112233-4455-6677-8899-aabbccddeef").hint(),
             Catch::Contains("8-4-4-4-12") && Catch::Contains("staging"));
  CHECK(refusal({}, "prod").code() == Code::kUsage);
  CHECK(refusal({}, "").code() == Code::kUsage);
}

TEST_CASE("Two clusters of one name are told by their ids") {
  const std::vector<Cluster> all = {cluster(kId1, "prod"), cluster(kId2, "prod")};
  const Status status = refusal(all, "prod");
  CHECK(status.code() == Code::kUsage);
  CHECK_THAT(status.hint(), Catch::Contains(kId1) && Catch::Contains(kId2));
}

TEST_CASE("Without a name only the one healthy cluster will do") {
  CHECK(refusal(kTwo, "").code() == Code::kUsage);
  CHECK_THAT(refusal(kTwo, "").hint(), Catch::Contains("prod") && Catch::Contains("staging"));
  std::vector<Cluster> all = kTwo;
  all[0].state = ClusterState::kDisconnected;
  CHECK(choose_cluster(all, "")->name == "staging");
  all[1].state = ClusterState::kUnhealthy;
  CHECK(refusal(all, "").code() == Code::kServer);
  CHECK_THAT(refusal(all, "").message(), Catch::Contains("disconnected"));
}

TEST_CASE("A cluster that the cloud gives no id is not asked") {
  CHECK(refusal({cluster("00000000-0000-0000-0000-000000000000", "x")}, "x").code() ==
        Code::kIncomplete);
}

TEST_CASE("Only healthy and degraded clusters take scripts") {
  CHECK(check_health(cluster(kId1, "a"), {}).ok());
  CHECK(check_health(cluster(kId1, "a", ClusterState::kDegraded), {}).ok());
  for (const ClusterState state :
       {ClusterState::kUnknown, ClusterState::kUnhealthy, ClusterState::kDisconnected,
        ClusterState::kUpdating, ClusterState::kConnected, ClusterState::kUpdateFailed,
        static_cast<ClusterState>(77)}) {
    const Status status = check_health(cluster(kId1, "a", state), kTwo);
    CHECK(status.code() == Code::kServer);
    CHECK_THAT(status.message(), Catch::Contains(cluster_state_name(state)));
    CHECK_THAT(status.hint(), Catch::Contains("prod (healthy), staging (healthy)"));
    CHECK_THAT(check_health(cluster(kId1, "a", state), {}).hint(), Catch::Contains("no cluster"));
  }
}

TEST_CASE("Long lists of candidates are cut") {
  std::vector<Cluster> all;
  for (int i = 0; i < 10'000; ++i) all.push_back(cluster(kId1, "c" + std::to_string(i)));
  const Status status = refusal(all, "");
  CHECK(status.hint().size() < 1000);
  CHECK_THAT(status.hint(), Catch::Contains("and 9990 more"));
}

}  // namespace
}  // namespace pxq::wire
