// What scripts may name: the local Vizier's own functions and tables, and those of clusters.

#include <set>

#include "local/data/catalogue.h"
#include "local/data/host/host.h"
#include "local/functions/families.h"
#include "local/functions_call.h"
#include "local/plan/compiler.h"
#include "local/plan_story.h"

namespace pxq::local::test {
namespace {

using enum DataType;

CompileResult compile_for(Vocabulary vocabulary, std::string_view text) {
  static const TableSet kTables = catalogue_tables();
  CompileRequest request;
  request.text = text;
  request.now_ns = kNow;
  request.vocabulary = vocabulary;
  return compile(request, kTables);
}

std::string line_error(Vocabulary vocabulary, const std::string& line) {
  const CompileResult result =
      compile_for(vocabulary, "import px\ndf = px.DataFrame('http_events')\n" + line +
                                  "\npx.display(df, 't')\n");
  return result.ok() ? std::string() : result.errors.front().message;
}

Cause cause_of(Vocabulary vocabulary, const std::string& line) {
  const CompileResult result =
      compile_for(vocabulary, "import px\ndf = px.DataFrame('http_events')\n" + line +
                                  "\npx.display(df, 't')\n");
  REQUIRE_FALSE(result.ok());
  return result.errors.front().cause;
}

TEST_CASE("every function can run here, and no overload hides another") {
  std::set<std::string> seen;
  for (const ScalarFunction& function : scalar_functions()) {
    INFO(function.name);
    CHECK(function.kernel != nullptr);
    CHECK(function.semantic != nullptr);
    CHECK(find_scalar(function.name, function.arguments) == &function);
    CHECK(seen.insert(describe(function)).second);
  }
  for (const AggregateFunction& function : aggregate_functions()) {
    INFO(function.name);
    CHECK(function.make != nullptr);
    CHECK(find_aggregate(function.name, function.argument) == &function);
  }
}

TEST_CASE("every metadata key of a process compiles") {
  for (const std::string key : {"container_id", "service_id", "pod_id", "deployment_id",
                                "replicaset_id", "service", "pod", "deployment", "namespace",
                                "replicaset", "node", "host", "container", "cmd", "asid", "pid"}) {
    INFO(key);
    CHECK(line_error(Vocabulary::kCluster, "df.x = df.ctx['" + key + "']").empty());
    CHECK(line_error(Vocabulary::kLocal, "df.x = df.ctx['" + key + "']").empty());
  }
}

TEST_CASE("metadata of pods and services compiles from their names") {
  for (const std::string key :
       {"service_id", "pod_id", "namespace", "deployment", "replicaset_id"}) {
    INFO(key);
    CHECK(line_error(Vocabulary::kCluster,
                     "df.pod_name = df.req_path\n"
                     "df = df.groupby('pod_name').agg(n=('latency', px.count))\n"
                     "df.x = df.ctx['" +
                         key + "']")
              .empty());
    // Two assignments in a row are one operator, whose input has no such name yet.
    CHECK_THAT(line_error(Vocabulary::kCluster,
                          "df = df.groupby('req_path').agg(n=('latency', px.count))\n"
                          "df.pod_name = df.req_path\ndf.x = df.ctx['" +
                              key + "']"),
               Catch::Contains("lack of converting columns"));
  }
}

TEST_CASE("what metadata gives has its meaning") {
  const CompileResult result =
      compile_for(Vocabulary::kCluster,
                  "import px\ndf = px.DataFrame('http_events')\ndf.p = df.ctx['pod']\n"
                  "df.s = df.ctx['service']\npx.display(df[['p', 's']], 't')\n");
  REQUIRE(result.ok());
  const auto& relation = result.plan.sinks.at(0).input->relation;
  CHECK(relation.at(0).semantic == SemanticType::kPodName);
  CHECK(relation.at(1).semantic == SemanticType::kServiceName);
}

TEST_CASE("functions of clusters mean what their documentation says") {
  const auto semantic = [](const std::string& value) {
    const CompileResult result =
        compile_for(Vocabulary::kCluster,
                    "import px\ndf = px.DataFrame('process_stats')\ndf.pod = df.ctx['pod']\n"
                    "df.text = 'a'\ndf.x = " +
                        value + "\npx.display(df[['x']], 't')\n");
    INFO((result.ok() ? std::string() : result.errors.front().message));
    REQUIRE(result.ok());
    return result.plan.sinks.at(0).input->relation.at(0).semantic;
  };
  CHECK(semantic("px.service_id_to_cluster_ip(df.text)") == SemanticType::kIpAddress);
  CHECK(semantic("px.replicaset_id_to_namespace(df.text)") == SemanticType::kNone);
  CHECK(semantic("px.replicaset_name_to_namespace(df.text)") == SemanticType::kNone);
  CHECK(semantic("px.deployment_id_to_namespace(df.text)") == SemanticType::kNone);
  CHECK(semantic("px.deployment_name_to_namespace(df.text)") == SemanticType::kNone);
  CHECK(semantic("px.pod_name_to_service_name(df.text)") == SemanticType::kNone);
  CHECK(semantic("px.pod_name_to_service_name(df.pod)") == SemanticType::kServiceName);
}

TEST_CASE("aggregates of clusters take as many columns as they need") {
  const auto error = [](const std::string& value) {
    return line_error(Vocabulary::kCluster, "df = df.agg(x=(" + value + "))");
  };
  CHECK(error("'req_path', px.sample").empty());
  CHECK(error("'latency', px.sample") == "Could not find UDF 'sample' with arguments [INT64].");
  CHECK(error("'req_path', 'latency', 'trace_role', px.pprof").empty());
  CHECK(error("'req_path', px.pprof") == "Could not find UDF 'pprof' with arguments [STRING].");
  CHECK(error("'latency', 'latency', 'latency', px.pprof") ==
        "Could not find UDF 'pprof' with arguments [INT64,INT64,INT64].");
}

TEST_CASE("status listings take their argument by position or by name, as a literal") {
  const auto error = [](const std::string& call) {
    return line_error(Vocabulary::kCluster, "df = px." + call);
  };
  CHECK(error("GetAgentStatus()").empty());
  CHECK(error("GetAgentStatus(False)").empty());
  CHECK(error("GetLinuxHeadersStatus(include_kelvin=False)").empty());
  CHECK(error("GetAgentStatus(1)") ==
        "Expected arg 'include_kelvin' as type 'Bool', received 'Int'");
  CHECK(error("GetAgentStatus(kelvin=True)") ==
        "GetAgentStatus() got an unexpected keyword argument 'kelvin'");
  CHECK(error("GetAgentStatus(True, True)") ==
        "GetAgentStatus() takes 1 arguments but 2 were given.");
}

TEST_CASE("the local Vizier refuses what only a cluster has, and says that it is absent") {
  for (const std::string line : {"df = px._DebugMDState()", "df = df.rolling('5s')"}) {
    INFO(line);
    const std::string message = line_error(Vocabulary::kLocal, line);
    CHECK_THAT(message, Catch::Contains("local Vizier"));
    CHECK(cause_of(Vocabulary::kLocal, line) == Cause::kAbsent);
  }
  CHECK(cause_of(Vocabulary::kLocal, "df = px.DataFrame('the local Vizier')") == Cause::kScript);
}

class Nobody final : public RowReceiver {
  bool rows(RowBatch&&) override { return true; }
};

TEST_CASE("the catalogue has Pixie's tables and reads none") {
  const TableSet tables = catalogue_tables();
  const TableSource* requests = tables.find("http_events");
  REQUIRE(requests != nullptr);
  CHECK(requests->relation().size() == 22);
  CHECK(requests->relation().front().name == "time_");
  CHECK(requests->relation().back().semantic == SemanticType::kDurationNs);
  CHECK(catalogue_names().size() == 22);
  Nobody nobody;
  CHECK_FALSE(requests->scan({}, nobody).ok());
  for (const auto& table : tables.all()) {
    std::set<std::string> names;
    for (const ColumnInfo& column : table->relation()) {
      INFO(table->name() << "." << column.name);
      CHECK(column.type != kUnknown);
      CHECK(names.insert(column.name).second);
      CHECK(column.name != "px_info_");
    }
    CHECK_FALSE(names.empty());
    CHECK_FALSE(table->description().empty());
  }
}

TEST_CASE("the host's own tables agree with Pixie's") {
  const TableSet pixie = catalogue_tables();
  const TableSet host = host_tables(std::make_shared<History>());
  for (const auto& table : host.all()) {
    INFO(table->name());
    const TableSource* same = pixie.find(table->name());
    REQUIRE(same != nullptr);
    REQUIRE(same->relation().size() == table->relation().size());
    for (size_t i = 0; i < same->relation().size(); ++i) {
      CHECK(same->relation()[i].name == table->relation()[i].name);
      CHECK(same->relation()[i].type == table->relation()[i].type);
      CHECK(same->relation()[i].semantic == table->relation()[i].semantic);
    }
  }
}

}  // namespace
}  // namespace pxq::local::test
