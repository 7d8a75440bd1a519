// Functions that take out of texts what differs from request to request.

#include "local/functions_call.h"

namespace pxq::local::test {
namespace {

std::string mysql(const char* sql, int64_t command = 3) {
  return call<std::string>("normalize_mysql", sql, command);
}
std::string pgsql(const char* sql, const char* command = "Query") {
  return call<std::string>("normalize_pgsql", sql, command);
}

TEST_CASE("literals of SQL become placeholders") {
  CHECK(mysql("SELECT a1 FROM t2 WHERE x = 'it''s' AND y=-1.5e-3") ==
        R"({"query":"SELECT a1 FROM t2 WHERE x = ? AND y=-?","params":["'it''s'","1.5e-3"],)"
        R"("error":""})");
  CHECK(mysql("SELECT \"a\\\"b\", `c`, 0x1F, TRUE # why") ==
        R"({"query":"SELECT ?, `c`, ?, ? ","params":["\"a\\\"b\"","0x1F","TRUE"],"error":""})");
  CHECK(pgsql("SELECT \"Col1\" FROM t /* 5 */ WHERE a=7 AND b='x'") ==
        R"({"query":"SELECT \"Col1\" FROM t  WHERE a=$1 AND b=$2","params":["7","'x'"],)"
        R"("error":""})");
}

TEST_CASE("prepared statements keep their placeholders and bring their parameters") {
  CHECK(pgsql("query=[SELECT * FROM t WHERE a=$1 AND b=2] params=[17, x]", "Execute") ==
        R"({"query":"SELECT * FROM t WHERE a=$1 AND b=$2","params":["2","17","x"],"error":""})");
  CHECK(mysql("query=[SELECT ?] params=[1]", 0x17) ==
        R"({"query":"SELECT ?","params":["1"],"error":""})");
}

TEST_CASE("what is no statement stays as it is") {
  CHECK(mysql("shop", 2) == R"({"query":"shop","params":[],"error":""})");
  CHECK(pgsql("1", "Terminate") == R"({"query":"1","params":[],"error":""})");
  CHECK(mysql("SELECT 'never ends") ==
        R"({"query":"SELECT ?","params":["'never ends"],"error":""})");
}

TEST_CASE("what may name a person or a machine is taken out") {
  const auto redact = [](const char* text) {
    return call<std::string>("redact_pii_best_effort", text);
  };
  CHECK(redact("mail ann.b@shop.example.com now") == "mail <REDACTED_EMAIL> now");
  CHECK(redact("from 10.0.0.1, 999.1.1.1") == "from <REDACTED_IPV4>, 999.1.1.1");
  CHECK(redact("v6 2001:db8::1 ok") == "v6 <REDACTED_IPV6> ok");
  CHECK(redact("mac 01:23:45:67:89:ab.") == "mac <REDACTED_MAC_ADDR>.");
  CHECK(redact("card 4111 1111 1111 1111") == "card <REDACTED_CC_NUMBER>");
  CHECK(redact("no card 4111 1111 1111 1112") == "no card 4111 1111 1111 1112");
  CHECK(redact("iban DE89 3704 0044 0532 0130 00!") == "iban <REDACTED_IBAN>!");
  CHECK(redact("imei 490154203237518") == "imei <REDACTED_IMEI>");
  CHECK(redact("{\"id\":12,\"name\":\"cart\"}") == "{\"id\":12,\"name\":\"cart\"}");
}

TEST_CASE("paths cluster by their ids and by places with many values") {
  const AggregateFunction* build =
      find_aggregate("_build_request_path_clusters", DataType::kString);
  REQUIRE(build != nullptr);
  std::vector<std::string> paths = {"/orders/17", "/orders/18?x=1", "/health"};
  for (char c = 'a'; c <= 'z'; ++c) paths.push_back(std::string("/user/") + c + "/cart");
  StringColumn cells(paths.begin(), paths.end());
  StringArena strings;
  FunctionContext context{.strings = &strings};
  const auto aggregator = build->make();
  aggregator->update(cells, std::vector<uint32_t>(paths.size(), 0), 1);
  const Column result = aggregator->finish(1, context);
  const std::string clusters(std::get<StringColumn>(result).at(0));
  CHECK(clusters == R"(["/health","/orders/*","/user/*/cart"])");
  const auto predict = [&](const char* path) {
    return call<std::string>("_predict_request_path_cluster", path, clusters.c_str());
  };
  CHECK(predict("/orders/99?page=2") == "/orders/*");
  CHECK(predict("/user/zoe/cart") == "/user/*/cart");
  CHECK(predict("/new/123e4567-e89b-12d3-a456-426614174000") == "/new/*");
  CHECK(call<bool>("_match_endpoint", "/user/zoe/cart", "/user/*/cart"));
  CHECK_FALSE(call<bool>("_match_endpoint", "/user/zoe", "/user/*/cart"));
}

}  // namespace
}  // namespace pxq::local::test
