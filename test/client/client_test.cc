#include "client/client.h"

#include <catch2/catch.hpp>
#include <string>
#include <variant>

#include "fake/messages.h"
#include "fake/recording_sink.h"
#include "fake/script.h"
#include "fake/seal.h"
#include "fake/temp_dir.h"
#include "fake/tls_certificates.h"
#include "fake/vizier.h"

namespace pxq::client {
namespace {

const fake::Table kT = fake::Table("t").int64("a").string("b");

fake::Script whole() {
  return fake::Script()
      .send(kT.metadata())
      .send(kT.batch().int64({1, 2}).string({"x", "y"}))
      .send(kT.batch().int64({3}).string({"z"}))
      .send(kT.end())
      .send(fake::stats());
}

Target plain(const std::string& address) {
  Target target = Target::direct(address);
  target.plaintext = true;
  return target;
}

TEST_CASE("Rows are collected with their types, and outlive the run") {
  const fake::Vizier vizier(whole());
  auto client = Client::connect(plain(vizier.address()));
  REQUIRE(client.ok());
  const Collected result = client->collect({.text = "import px"});
  CHECK(result.summary.status.ok());
  REQUIRE(result.tables.size() == 1);
  const Table& table = result.tables[0];
  CHECK(table.schema.name == "t");
  CHECK(table.rows() == 3);
  CHECK(std::get<Int64Column>(table.batches[0].columns[0]) == Int64Column{1, 2});
  CHECK(std::get<StringColumn>(table.batches[1].columns[1])[0] == "z");
}

TEST_CASE("A byte order mark before a script is not sent") {
  const fake::Vizier vizier(whole());
  auto client = Client::connect(plain(vizier.address()));
  REQUIRE(client.ok());
  CHECK(client->collect({.text = "\xef\xbb\xbfimport px"}).summary.status.ok());
  CHECK(vizier.calls().at(0).script_request().query_str() == "import px");
}

TEST_CASE("A stream that was cut is a failure with the rows that came") {
  const fake::Vizier vizier(fake::Script()
                                .send(kT.metadata())
                                .send(kT.batch().int64({1}).string({"x"}))
                                .finish(14, "Connection reset by peer"));
  auto client = Client::connect(plain(vizier.address()));
  REQUIRE(client.ok());
  const Collected result = client->collect({.text = "import px"});
  CHECK(result.summary.status.code() == Code::kIncomplete);
  CHECK(result.tables.at(0).rows() == 1);
}

TEST_CASE("Collecting stops at its bound") {
  const fake::Vizier vizier(whole());
  auto client = Client::connect(plain(vizier.address()));
  REQUIRE(client.ok());
  CHECK(client->collect({.text = "import px"}, 8).summary.status.code() == Code::kLimit);
}

TEST_CASE("Arguments are those of vis.json and are checked before anything is asked") {
  const fake::Vizier vizier(whole());
  auto client = Client::connect(plain(vizier.address()));
  REQUIRE(client.ok());
  Query query{.text = "import px",
              .vis = R"({"variables": [{"name": "n", "type": "PX_INT64", "defaultValue": "1"}],
                "globalFuncs": [{"outputName": "t", "func": {"name": "f",
                  "args": [{"name": "n", "variable": "n"}]}}]})",
              .arguments = {{"m", "1"}}};
  fake::RecordingSink sink;
  const Summary refused = client->run(query, sink);
  CHECK(refused.status.code() == Code::kUsage);
  CHECK(sink.calls() == std::vector<std::string>{"end"});
  CHECK(vizier.calls().empty());
  query.arguments = {{"n", "7"}};
  CHECK(client->collect(query).summary.status.ok());
  const auto request = vizier.calls().at(0).script_request();
  REQUIRE(request.exec_funcs_size() == 1);
  CHECK(request.exec_funcs(0).arg_values(0).value() == "7");
}

TEST_CASE("A table as long as the server's cap is called cut") {
  const fake::Vizier vizier(whole());
  auto client = Client::connect(plain(vizier.address()));
  REQUIRE(client.ok());
  CHECK(client->collect({.text = "import px", .max_rows = 3}).summary.tables.at(0).capped);
  CHECK_FALSE(client->collect({.text = "import px", .max_rows = 4}).summary.tables.at(0).capped);
}

TEST_CASE("A run ends when its sink has enough, and by its stop token") {
  const fake::Vizier vizier(
      fake::Script().send(kT.metadata()).send(kT.batch().int64({1}).string({"x"})).silence());
  auto client = Client::connect(plain(vizier.address()));
  REQUIRE(client.ok());
  SECTION("satisfied") {
    fake::RecordingSink sink;
    sink.answers.satisfied = [] { return true; };
    CHECK(client->run({.text = "import px"}, sink).status.ok());
  }
  SECTION("stopped") {
    std::stop_source stop;
    fake::RecordingSink sink;
    sink.answers.status = [&] {
      stop.request_stop();
      return Status();
    };
    CHECK(client->run({.text = "import px"}, sink, stop.get_token()).status.code() ==
          Code::kInterrupted);
  }
}

TEST_CASE("A cloud chooses the cluster, and its rows come sealed") {
  const fake::CertificateAuthority authority;
  const fake::TempDir home;
  home.write("ca.pem", authority.certificate());
  fake::Vizier vizier({.unix_path = {}, .identity = authority.issue()});
  const std::string id = "00112233-4455-6677-8899-aabbccddeeff";
  vizier
      .answer(fake::kGetClusterInfo,
              fake::Script().send(fake::clusters({{.id = id, .name = "prod"}})))
      .answer(fake::Script()
                  .send(kT.metadata())
                  .reply([](const std::string& bytes) {
                    fake::pb::ExecuteScriptRequest request;
                    request.ParseFromString(bytes);
                    const auto batch = kT.batch().int64({5}).string({"s"}).eos().data();
                    return fake::encrypted(fake::seal(request.encryption_options().jwk_key(),
                                                      batch.SerializeAsString()))
                        .SerializeAsString();
                  })
                  .send(fake::stats()));
  vizier.require("pixie-api-key", "a-key-of-pixie");
  Target target = Target::cloud(vizier.address(), "a-key-of-pixie");
  target.ca_file = home.path("ca.pem");
  target.server_name = "localhost";
  const auto clusters = Client::clusters(target);
  REQUIRE(clusters.ok());
  CHECK(clusters->at(0).name == "prod");
  CHECK(clusters->at(0).usable);
  auto client = Client::connect(target);
  INFO(client.status().message());
  REQUIRE(client.ok());
  const Collected result = client->collect({.text = "import px"});
  INFO(result.summary.status.message());
  CHECK(result.summary.status.ok());
  CHECK(result.summary.cluster == "prod");
  CHECK(result.tables.at(0).rows() == 1);
  CHECK(vizier.calls().back().script_request().cluster_id() == id);
}

TEST_CASE("A key never goes in plain text to another machine") {
  Target target = plain("192.0.2.1:50300");
  target.key = "secret";
  const auto client = Client::connect(target);
  CHECK(client.status().code() == Code::kUsage);
  CHECK(client.status().message().find("secret") == std::string::npos);
}

TEST_CASE("The local Vizier needs no cluster") {
  auto client = Client::connect(Target::local());
  REQUIRE(client.ok());
  const Collected result =
      client->collect({.text = "import px\npx.display(px.DataFrame('process_stats'), 'p')\n"});
  INFO(result.summary.status.message());
  CHECK(result.summary.status.ok());
  CHECK(result.tables.at(0).rows() > 0);
  CHECK_FALSE(Client::connect(Target::local("nowhere")).ok());
}

}  // namespace
}  // namespace pxq::client
