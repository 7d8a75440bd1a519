// What a cluster tells of itself is not always as Pixie writes it.

#include "snapshot/state_builder.h"

#include <catch2/catch.hpp>
#include <string>

#include "text/odd_numbers.h"

namespace pxq {
namespace {

local::ClusterParts told(const std::string& pod_status, const std::string& replica_set_status) {
  StateBuilder builder({});
  builder.add({{"pod_id", "p"},
               {"pod_status", pod_status},
               {"replica_set_id", "r"},
               {"replica_set_status", replica_set_status}});
  return std::move(builder).finish();
}

TEST_CASE("counts of a cluster that are no whole numbers count nothing") {
  CHECK(told("{}", R"({"replicas":3,"readyReplicas":2})").replica_sets.at(0).replicas == 3);
  CHECK(told("{}", R"({"replicas":3,"readyReplicas":2})").replica_sets.at(0).ready == 2);
  for (const std::string& odd : fake::odd_numbers()) {
    INFO(odd);
    CHECK(told("{}", R"({"replicas":)" + odd + "}").replica_sets.at(0).replicas == 0);
  }
  CHECK(told("{}", R"({"replicas":18446744073709551615})").replica_sets.at(0).replicas == 0);
}

TEST_CASE("a pod is ready when its status says so, and by no other word") {
  CHECK(told(R"({"ready":true})", "{}").pods.at(0).is_ready);
  for (const char* status : {"{}", R"({"ready":false})", R"({"ready":"yes"})", R"({"ready":1})",
                             R"({"ready":null})", "[true]", "no JSON"}) {
    INFO(status);
    CHECK_FALSE(told(status, "{}").pods.at(0).is_ready);
  }
}

}  // namespace
}  // namespace pxq
