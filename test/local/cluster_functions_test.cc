// What functions of names, ids and addresses answer, entity by entity.

#include <map>
#include <set>

#include "local/data/data_set.h"
#include "local/functions_call.h"
#include "local/small_cluster.h"

namespace pxq::local::test {
namespace {

/// One answer about the small cluster, times as numbers.
template <typename... Arguments>
std::string ask(std::string_view name, Arguments... arguments) {
  StringArena strings;
  FunctionContext context{
      .strings = &strings, .now_ns = 1000, .asid = 1, .cluster = small_cluster()};
  const Column result = call_columns(name, {one_cell(arguments)...}, 1, context);
  if (const auto* times = std::get_if<Time64Column>(&result)) {
    return std::to_string(times->at(0).ns);
  }
  if (const auto* flags = std::get_if<BooleanColumn>(&result)) return flags->at(0) ? "yes" : "no";
  if (const auto* numbers = std::get_if<Int64Column>(&result))
    return std::to_string(numbers->at(0));
  return std::string(std::get<StringColumn>(result).at(0));
}

const Uint128 kCart = upid_of(2, 1);
const Uint128 kBare = upid_of(1, 9);
const Uint128 kNobody = upid_of(1, 77);

TEST_CASE("a process leads to all that it belongs to") {
  const std::map<std::string, std::string> answers = {
      {"container_id", "c-1"},
      {"container_name", "app"},
      {"namespace", "shop"},
      {"node_name", "node-b"},
      {"hostname", "node-b"},
      {"pod_id", "pod-1"},
      {"pod_name", "shop/cart-1"},
      {"pod_qos", "Burstable"},
      {"service_id", R"(["svc-cart","svc-all"])"},
      {"service_name", R"(["shop/cart","shop/all"])"},
      {"replicaset_id", "rs-cart"},
      {"replicaset_name", "shop/cart-5f"},
      {"deployment_id", "dep-cart"},
      {"deployment_name", "shop/cart"},
      {"cmdline", "/bin/cart --port 80"},
      {"pod_status", R"({"phase":"Running","message":"it \"runs\"","reason":"","ready":true})"},
  };
  for (const auto& [what, answer] : answers) {
    INFO(what);
    CHECK(ask("upid_to_" + what, kCart) == answer);
  }
  CHECK(ask("upid_to_start_ts", kCart) == "101");
}

TEST_CASE("a process outside of pods has its command and its host") {
  CHECK(ask("upid_to_cmdline", kBare) == "kubelet");
  CHECK(ask("upid_to_hostname", kBare) == "node-a");
  for (const std::string what : {"pod_id", "pod_name", "namespace", "service_name", "node_name",
                                 "container_id", "deployment_name", "pod_qos"}) {
    INFO(what);
    CHECK(ask("upid_to_" + what, kBare).empty());
    CHECK(ask("upid_to_" + what, kNobody).empty());
  }
  CHECK(ask("upid_to_cmdline", kNobody).empty());
  CHECK(ask("_upid_to_podname_local_addr_fallback", kNobody, "10.1.0.7", Time64{42}) ==
        "shop/cart-0");
  CHECK(ask("_upid_to_podname_local_addr_fallback", kCart, "10.1.0.8", Time64{99}) ==
        "shop/cart-1");
  CHECK(ask("upid_to_pod_status", kNobody) ==
        R"({"phase":"Unknown","message":"","reason":"","ready":false})");
}

TEST_CASE("a pod is known by its id and by its name") {
  const std::map<std::string, std::string> answers = {
      {"namespace", "shop"},
      {"service_name", R"(["shop/cart","shop/all"])"},
      {"service_id", R"(["svc-cart","svc-all"])"},
      {"replicaset_name", "shop/cart-5f"},
      {"replicaset_id", "rs-cart"},
      {"deployment_name", "shop/cart"},
      {"deployment_id", "dep-cart"},
      {"owner_references", R"({"uid":"rs-cart","kind":"ReplicaSet","name":"cart-5f"})"},
      {"start_time", "50"},
      {"stop_time", "0"},
  };
  for (const auto& [what, answer] : answers) {
    INFO(what);
    CHECK(ask("pod_id_to_" + what, "pod-1") == answer);
    CHECK(ask("pod_name_to_" + what, "shop/cart-1") == answer);
    const std::string none = what.ends_with("time") ? "0" : "";
    CHECK(ask("pod_id_to_" + what, "pod-9") == none);
    CHECK(ask("pod_name_to_" + what, "cart-1") == none);
  }
  CHECK(ask("pod_id_to_pod_name", "pod-1") == "shop/cart-1");
  CHECK(ask("pod_id_to_node_name", "pod-1") == "node-b");
  CHECK(ask("pod_id_to_pod_labels", "pod-1") == R"({"app":"cart"})");
  CHECK(ask("pod_name_to_pod_id", "shop/cart-1") == "pod-1");
  CHECK(ask("pod_name_to_pod_ip", "shop/cart-1") == "10.1.0.7");
  CHECK(ask("pod_id_to_stop_time", "pod-0") == "45");
  CHECK(ask("pod_name_to_namespace", "gone/pod") == "gone");
  CHECK(ask("pod_name_to_namespace", "a/b/c").empty());
  CHECK(ask("pod_id_to_service_name", "pod-2").empty());
  CHECK(ask("pod_id_to_service_name", "pod-0") == "shop/cart");
  CHECK(ask("pod_id_to_owner_references", "pod-2").empty());
}

TEST_CASE("a pod's and a container's status are JSON, also of those that are not there") {
  CHECK(ask("pod_name_to_status", "shop/cart-0") ==
        R"({"phase":"Terminated","message":"","reason":"","ready":false})");
  CHECK(ask("pod_name_to_status", "nobody") ==
        R"({"phase":"Unknown","message":"","reason":"","ready":false})");
  CHECK(ask("container_id_to_status", "c-0") ==
        R"({"state":"Terminated","message":"","reason":"OOMKilled"})");
  CHECK(ask("container_id_to_status", "c-1") == R"({"state":"Running","message":"","reason":""})");
  CHECK(ask("container_id_to_status", "") == R"({"state":"Unknown","message":"","reason":""})");
  CHECK(ask("container_name_to_container_id", "app") == "c-1");
  CHECK(ask("container_id_to_stop_time", "c-0") == "60");
  CHECK(ask("container_name_to_start_time", "app") == "60");
}

TEST_CASE("services, replica sets, deployments and namespaces are known") {
  CHECK(ask("service_id_to_service_name", "svc-cart") == "shop/cart");
  CHECK(ask("service_id_to_cluster_ip", "svc-cart") == "10.96.0.1");
  CHECK(ask("service_id_to_external_ips", "svc-cart") == R"(["1.2.3.4","1.2.3.5"])");
  CHECK(ask("service_id_to_external_ips", "svc-all").empty());
  CHECK(ask("service_name_to_service_id", "shop/all") == "svc-all");
  CHECK(ask("service_name_to_namespace", "shop/all") == "shop");
  CHECK(ask("service_id_to_service_name", "svc-none").empty());
  CHECK(ask("replicaset_id_to_replicaset_name", "rs-cart") == "shop/cart-5f");
  CHECK(ask("replicaset_name_to_replicaset_id", "shop/cart-5f") == "rs-cart");
  CHECK(ask("replicaset_id_to_deployment_name", "rs-cart") == "shop/cart");
  CHECK(ask("replicaset_name_to_deployment_id", "shop/cart-5f") == "dep-cart");
  CHECK(ask("replicaset_id_to_owner_references", "rs-cart") ==
        R"({"uid":"dep-cart","kind":"Deployment","name":"cart"})");
  CHECK(ask("replicaset_id_to_start_time", "rs-cart") == "31");
  CHECK_THAT(ask("replicaset_name_to_status", "shop/cart-5f"),
             Catch::Contains(R"("readyReplicas":1)"));
  CHECK(ask("deployment_id_to_deployment_name", "dep-cart") == "shop/cart");
  CHECK(ask("deployment_name_to_namespace", "shop/cart") == "shop");
  CHECK_THAT(ask("deployment_id_to_status", "dep-cart"),
             Catch::Contains(R"("unavailableReplicas":1)"));
  CHECK(ask("deployment_name_to_start_time", "shop/cart") == "30");
  CHECK(ask("namespace_name_to_namespace_id", "dns") == "ns-dns");
}

TEST_CASE("an address is of the pod that has it now, or that had it then") {
  CHECK(ask("ip_to_pod_id", "10.1.0.7") == "pod-1");
  CHECK(ask("ip_to_pod_id", "10.1.0.7", Time64{55}) == "pod-1");
  CHECK(ask("ip_to_pod_id", "10.1.0.7", Time64{42}) == "pod-0");
  CHECK(ask("ip_to_pod_id", "10.1.0.7", Time64{5}).empty());
  CHECK(ask("ip_to_pod_id", "8.8.8.8").empty());
  CHECK(ask("ip_to_service_id", "10.96.0.2") == "svc-all");
  CHECK(ask("ip_to_service_id", "10.1.0.7") == R"(["svc-cart","svc-all"])");
  CHECK(ask("ip_to_service_id", "10.1.0.8").empty());
}

TEST_CASE("addresses have the names that cluster DNS gives them") {
  CHECK(ask("nslookup", "10.96.0.1") == "cart.shop.svc.cluster.local");
  CHECK(ask("nslookup", "10.1.0.7") == "10-1-0-7.cart.shop.svc.cluster.local");
  CHECK(ask("nslookup", "10.1.0.8") == "10-1-0-8.dns.pod.cluster.local");
  CHECK(ask("nslookup", "8.8.8.8") == "8.8.8.8");
}

TEST_CASE("the cluster's ranges hold its own addresses") {
  const std::string ranges = ask("get_cidrs");
  CHECK(ranges == R"(["10.1.0.0/16","10.96.0.0/12"])");
  CHECK(ask("cidrs_contain_ip", ranges, "10.1.255.7") == "yes");
  CHECK(ask("cidrs_contain_ip", ranges, "10.111.0.1") == "yes");
  CHECK(ask("cidrs_contain_ip", ranges, "10.2.0.1") == "no");
  CHECK(ask("cidrs_contain_ip", ranges, "no address") == "no");
  CHECK(ask("cidrs_contain_ip", "[\"fd00::/8\"]", "fd12::1") == "yes");
  CHECK(ask("cidrs_contain_ip", "[\"0.0.0.0/0\"]", "1.2.3.4") == "yes");
  CHECK(ask("cidrs_contain_ip", "[\"10.0.0.0/33\"]", "10.0.0.0") == "no");
  CHECK(ask("cidrs_contain_ip", "{", "10.0.0.0") == "no");
  CHECK(ask("vizier_name") == "small");
  CHECK(ask("vizier_namespace") == "pl");
  CHECK(ask("_exec_hostname") == "node-a");
  CHECK(ask("_exec_host_num_cpus") == "4");
}

TEST_CASE("without a cluster every name is the empty text") {
  CHECK(call<std::string>("pod_id_to_pod_name", "pod-1").empty());
  CHECK(call<std::string>("upid_to_service_name", kCart).empty());
  CHECK(call<std::string>("ip_to_pod_id", "10.1.0.7").empty());
  CHECK(call<std::string>("nslookup", "10.1.0.7") == "10.1.0.7");
  CHECK(call<std::string>("get_cidrs") == "[]");
}

/// The rows of a lister of the host, with the small cluster's state beside it.
class Rows final : public RowReceiver {
 public:
  explicit Rows(std::string_view lister, std::shared_ptr<const ClusterState> cluster) {
    const Result<DataSet> data = open_data_set("host");
    REQUIRE(data.ok());
    const TableSource* table = data->tables.find(lister);
    REQUIRE(table != nullptr);
    std::vector<size_t> columns(table->relation().size());
    for (size_t i = 0; i < columns.size(); ++i) columns[i] = i;
    REQUIRE(table
                ->scan({.columns = columns,
                        .window = {},
                        .now_ns = 7'000'000'000,
                        .cluster = std::move(cluster)},
                       *this)
                .ok());
  }
  bool rows(RowBatch&& batch) override {
    count += batch.num_rows;
    batches.push_back(std::move(batch));
    return true;
  }
  std::string text(size_t column, size_t row) const {
    return std::string(std::get<StringColumn>(batches.at(0).columns.at(column)).at(row));
  }
  int64_t number(size_t column, size_t row) const {
    return std::get<Int64Column>(batches.at(0).columns.at(column)).at(row);
  }
  size_t count = 0;
  std::vector<RowBatch> batches;
};

TEST_CASE("the agents of the cluster are listed, with Kelvin or without") {
  const Rows all("px.GetAgentStatus()", small_cluster());
  CHECK(all.count == 3);
  CHECK(all.text(2, 1) == "node-b");
  CHECK(all.text(4, 0) == "AGENT_STATE_HEALTHY");
  CHECK(Rows("px.GetAgentStatus(include_kelvin=False)", small_cluster()).count == 2);
  CHECK(Rows("px.GetLinuxHeadersStatus()", small_cluster()).count == 3);
  CHECK(Rows("px.GetAgentStatus()", nullptr).count == 1);
  CHECK(Rows("px.Version()", small_cluster()).text(0, 0) == "0.14.9");
}

TEST_CASE("every agent tells how often it looks at stacks, a Kelvin that it does not") {
  const Rows all("px.GetProfilerSamplingPeriodMS()", small_cluster());
  REQUIRE(all.count == 3);
  std::multiset<int64_t> periods;
  for (size_t i = 0; i < all.count; ++i) periods.insert(all.number(1, i));
  CHECK(periods == std::multiset<int64_t>{0, 11, 11});
  CHECK(Rows("px.GetProfilerSamplingPeriodMS()", nullptr).number(1, 0) == 11);
}

TEST_CASE("tables, columns and functions are listed; what no data set has is empty") {
  const Rows tables("px.GetTables()", nullptr);
  CHECK(tables.count == 3);
  CHECK(tables.text(0, 0) == "conn_stats");  // by name
  const Rows columns("px.GetSchemas()", nullptr);
  CHECK(columns.text(1, 0) == "time_");
  CHECK(columns.text(2, 0) == "TIME64NS");
  CHECK(Rows("px.GetUDFList()", nullptr).count == scalar_functions().size());
  CHECK(Rows("px.GetUDAList()", nullptr).count == aggregate_functions().size());
  CHECK(Rows("px.GetUDTFList()", nullptr).count == 12);
  for (const char* none :
       {"px.GetTracepointStatus()", "px.GetCronScriptHistory()", "px._HeapGrowthStacks()"}) {
    CHECK(Rows(none, nullptr).count == 0);
  }
}

}  // namespace
}  // namespace pxq::local::test
