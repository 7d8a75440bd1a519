// The parts of a snapshot that are JSON, behind right checksums.

#include <catch2/catch.hpp>

#include "local/snapshot/contents.h"
#include "local/snapshot/state_text.h"
#include "text/odd_numbers.h"

namespace pxq::local::snapshot {
namespace {

TEST_CASE("an index of a snapshot with a number that is no whole one is damaged") {
  Contents contents;
  contents.taken_ns = -1;
  contents.start_ns = 2;
  contents.end_ns = 3;
  contents.state = {4, 5, 6, 7};
  contents.tables = {{.name = "t",
                      .description = "",
                      .columns = {{.name = "c", .type = DataType::kInt64, .description = ""}},
                      .evicted_before_ns = 8,
                      .segments = {{{1, 2, 3, 4}, 5, 6, 7, 8}}}};
  const std::string text = to_json(contents);
  const auto again = parse_contents(text);
  REQUIRE(again.ok());
  CHECK(to_json(*again) == text);
  const auto message = [](const std::string& damaged) {
    return parse_contents(damaged).status().message();
  };
  for (const std::string& damaged : fake::with_odd_numbers(text)) {
    INFO(damaged);
    CHECK(message(damaged) == "its index is damaged");
  }
  for (const char* place : {"/state/0", "/state/3", "/tables/0/segments/0/rows",
                            "/tables/0/segments/0/bytes", "/tables/0/segments/0/head/1"}) {
    INFO(place);
    CHECK(message(fake::with_value(text, place, "-1")) == "its index is damaged");
  }
  CHECK(message(fake::with_value(text, "/state/3", "4294967296")) == "its index is damaged");
}

TEST_CASE("a snapshot's state of the cluster with a number that is no whole one is damaged") {
  ClusterParts parts;
  parts.nodes = {{.name = "n", .asid = 1, .agent_id = {2, 3}, .processors = 4}};
  parts.services = {{.id = "s", .life = {5, 6}}, {.id = "u"}};
  parts.deployments = {{.id = "d", .replicas = 2, .ready = 1}};
  parts.replica_sets = {{.id = "r", .owner = 0}};
  parts.pods = {{.id = "p", .replica_set = 0, .services = {1, 0}}};
  parts.containers = {{.id = "c"}};
  parts.processes = {{.upid = {7, 8}, .container = 0}};
  const std::string text = to_json(parts);
  const auto again = parse_state(text);
  REQUIRE(again.ok());
  CHECK(to_json(*again) == text);
  CHECK(again->pods[0].services == std::vector<size_t>{1, 0});
  const auto message = [](const std::string& damaged) {
    return parse_state(damaged).status().message();
  };
  for (const std::string& damaged : fake::with_odd_numbers(text)) {
    INFO(damaged);
    CHECK(message(damaged) == "its state of the cluster is damaged");
  }
  for (const char* place : {"/nodes/0/asid", "/pods/0/node", "/pods/0/services/0",
                            "/replica_sets/0/owner", "/processes/0/upid/0"}) {
    INFO(place);
    CHECK(message(fake::with_value(text, place, "-1")) == "its state of the cluster is damaged");
  }
}

}  // namespace
}  // namespace pxq::local::snapshot
