#include "fake/vizier.h"

#include <limits>
#include <string>
#include <vector>

#include <grpcpp/grpcpp.h>
#include <catch2/catch.hpp>

#include "cloudapi.grpc.pb.h"
#include "fake/messages.h"
#include "fake/naive_client.h"
#include "fake/temp_dir.h"
#include "fake/tls_certificates.h"
#include "vizierapi.grpc.pb.h"

namespace pxq::fake {
namespace {

Table latency_table() { return Table("http").time("time_").int64("latency", pb::ST_DURATION_NS); }

TEST_CASE("A script's messages arrive in order, then its status") {
  const Table http = latency_table();
  Vizier vizier(Script()
                    .send(http.metadata())
                    .send(http.batch().time({1, 2}).int64({3, 4}))
                    .send(http.end())
                    .send(stats())
                    .finish(0));
  const NaiveOutcome outcome = NaiveClient(vizier.address()).run();
  REQUIRE(outcome.messages.size() == 4);
  CHECK(outcome.messages[0].meta_data().name() == "http");
  CHECK(outcome.messages[1].data().batch().num_rows() == 2);
  CHECK(outcome.messages[1].data().batch().cols(1).int64_data().data(1) == 4);
  CHECK(outcome.messages[2].data().batch().eos());
  CHECK(outcome.messages[2].data().batch().cols(0).has_time64ns_data());
  CHECK(outcome.messages[3].data().execution_stats().records_processed() == 4);
  CHECK(outcome.status.ok());
}

TEST_CASE("A request is remembered with its metadata, deadline and end") {
  Vizier vizier(Script().finish(0));
  grpc::ClientContext context;
  context.AddMetadata("pixie-api-key", "k1");
  NaiveClient(vizier.address()).run(context, "import px # \xff");
  REQUIRE(vizier.wait_for_calls(1));
  const Call call = vizier.calls().at(0);
  CHECK(call.method == kExecuteScript);
  CHECK(call.script_request().query_str() == "import px # \xff");
  CHECK(call.header("pixie-api-key") == "k1");
  CHECK(call.header("authorization").empty());
  CHECK(call.deadline.has_value());
  CHECK_FALSE(call.cancelled);
}

TEST_CASE("Each call has its own script and the last one stays") {
  Vizier vizier;
  vizier.answer(Script().finish(14, "not ready yet")).answer(Script().send(stats()));
  NaiveClient client(vizier.address());
  const NaiveOutcome first = client.run();
  CHECK(first.status.error_code() == grpc::StatusCode::UNAVAILABLE);
  CHECK(first.status.error_message() == "not ready yet");
  CHECK(client.run().messages.size() == 1);
  CHECK(client.run().status.ok());
  CHECK(vizier.calls().size() == 3);
}

TEST_CASE("A gate holds the script until the test opens it") {
  Vizier vizier(Script().send(stats()).wait("more").send(stats()));
  NaiveClient client(vizier.address());
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  const auto reader = client.stub().ExecuteScript(&context, {});
  pb::ExecuteScriptResponse response;
  REQUIRE(reader->Read(&response));
  CHECK(vizier.wait_for_messages(1));
  CHECK_FALSE(vizier.wait_for_messages(2, std::chrono::milliseconds(50)));
  vizier.open("more");
  CHECK(reader->Read(&response));
  CHECK_FALSE(reader->Read(&response));
  CHECK(reader->Finish().ok());
}

TEST_CASE("A client's cancel is seen, from silence and from an endless stream") {
  const auto script = GENERATE(0, 1) == 0 ? Script().send(stats()).silence()
                                          : Script().endless(latency_table().heartbeat());
  Vizier vizier(script);
  NaiveClient client(vizier.address());
  grpc::ClientContext context;
  const auto reader = client.stub().ExecuteScript(&context, {});
  pb::ExecuteScriptResponse response;
  REQUIRE(reader->Read(&response));
  CHECK_FALSE(vizier.calls().at(0).cancelled);
  const TimePoint before = MonotonicClock::now();
  context.TryCancel();
  REQUIRE(vizier.wait_for_cancel());
  CHECK(vizier.calls().at(0).cancelled_at >= before);
  while (reader->Read(&response)) continue;
  CHECK(reader->Finish().error_code() == grpc::StatusCode::CANCELLED);
}

TEST_CASE("A client that does not read stops the writing") {
  const Table table = Table("t").string("s");
  Vizier vizier(Script().repeat(1000, table.batch().string({std::string(100'000, 'x')})));
  NaiveClient client(vizier.address());
  grpc::ClientContext context;
  const auto reader = client.stub().ExecuteScript(&context, {});
  REQUIRE(vizier.wait_for_messages(1));
  CHECK_FALSE(vizier.wait_for_messages(1000, std::chrono::milliseconds(200)));
  context.TryCancel();
  reader->Finish();
}

TEST_CASE("Stopping ends what is running and is no cancel of the client's") {
  Vizier vizier(Script().send(stats()).silence());
  NaiveClient client(vizier.address());
  grpc::ClientContext context;
  const auto reader = client.stub().ExecuteScript(&context, {});
  pb::ExecuteScriptResponse response;
  REQUIRE(reader->Read(&response));
  vizier.stop();
  CHECK_FALSE(reader->Read(&response));
  CHECK_FALSE(reader->Finish().ok());
  CHECK_FALSE(vizier.calls().at(0).cancelled);
}

TEST_CASE("The naive client takes an undecodable message for the end of a good stream") {
  Vizier vizier(Script().send(stats()).raw("\xff\xff\xff").finish(0));
  const NaiveOutcome outcome = NaiveClient(vizier.address()).run();
  CHECK(outcome.messages.size() == 1);
  CHECK(outcome.status.ok());  // the trap: only raw reads tell
}

TEST_CASE("The naive client takes a stream without an end of stream for whole") {
  const Table http = latency_table();
  Vizier vizier(Script().send(http.metadata()).send(http.batch().time({1}).int64({2})).finish(0));
  CHECK(NaiveClient(vizier.address()).run().status.ok());  // the trap: only a ledger tells
}

TEST_CASE("Codes beyond gRPC's own go out as they are") {
  Vizier vizier(Script().finish(99, "strange"));
  const NaiveOutcome outcome = NaiveClient(vizier.address()).run();
  CHECK(static_cast<int>(outcome.status.error_code()) == 99);
}

TEST_CASE("Status details arrive as bytes") {
  Vizier vizier(Script().finish(3, "no", std::string("\x08\x03\x00\xff", 4)));
  const NaiveOutcome outcome = NaiveClient(vizier.address()).run();
  CHECK(outcome.status.error_details() == std::string("\x08\x03\x00\xff", 4));
}

TEST_CASE("The other methods have scripts of their own") {
  Vizier vizier;
  vizier.answer(kHealthCheck, Script().send(health(0)).send(health(14, "sick")).finish(0))
      .answer(kGenerateOTelScript, Script().send(otel_script("px.export()")))
      .answer(kGetClusterInfo,
              Script().send(
                  clusters({{.id = "00112233-4455-6677-8899-aabbccddeeff", .name = "prod"}})));
  NaiveClient client(vizier.address());
  SECTION("health") {
    grpc::ClientContext context;
    const auto reader = client.stub().HealthCheck(&context, {});
    pb::HealthCheckResponse response;
    REQUIRE(reader->Read(&response));
    REQUIRE(reader->Read(&response));
    CHECK(response.status().message() == "sick");
    CHECK_FALSE(reader->Read(&response));
    CHECK(reader->Finish().ok());
  }
  SECTION("OpenTelemetry") {
    grpc::ClientContext context;
    pb::GenerateOTelScriptResponse response;
    CHECK(client.stub().GenerateOTelScript(&context, {}, &response).ok());
    CHECK(response.otel_script() == "px.export()");
  }
  SECTION("clusters") {
    grpc::ClientContext context;
    px::cloudapi::GetClusterInfoResponse response;
    const auto stub = px::cloudapi::VizierClusterInfo::NewStub(client.channel());
    CHECK(stub->GetClusterInfo(&context, {}, &response).ok());
    REQUIRE(response.clusters_size() == 1);
    CHECK(response.clusters(0).id().high_bits() == 0x0011223344556677U);
    CHECK(response.clusters(0).id().low_bits() == 0x8899aabbccddeeffU);
  }
  SECTION("a method without a script") {
    CHECK(client.run().status.error_code() == grpc::StatusCode::UNIMPLEMENTED);
  }
}

TEST_CASE("A call without the required key fails as the cloud fails it") {
  Vizier vizier(Script().send(stats()));
  vizier.require("pixie-api-key", "right");
  NaiveClient client(vizier.address());
  grpc::ClientContext wrong;
  wrong.AddMetadata("pixie-api-key", "wrong");
  const NaiveOutcome refused = client.run(wrong, "");
  CHECK(refused.status.error_code() == grpc::StatusCode::INTERNAL);
  CHECK_THAT(refused.status.error_message(), Catch::StartsWith("Auth middleware failed"));
  grpc::ClientContext right;
  right.AddMetadata("pixie-api-key", "right");
  CHECK(client.run(right, "").status.ok());
}

TEST_CASE("A Vizier with a certificate is trusted by those who trust its authority") {
  const CertificateAuthority authority;
  const CertificateAuthority other;
  const auto status_of = [](const ServerIdentity& identity, const CertificateAuthority& trusted) {
    Vizier vizier({.unix_path = {}, .identity = identity});
    vizier.answer(Script().send(stats()));
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = trusted.certificate();
    return NaiveClient(vizier.address(), grpc::SslCredentials(options)).run().status;
  };
  CHECK(status_of(authority.issue(), authority).ok());
  CHECK_FALSE(status_of(authority.issue(), other).ok());
  CHECK_FALSE(status_of(authority.with_wrong_name(), authority).ok());
  CHECK_FALSE(status_of(authority.expired(), authority).ok());
  CHECK_FALSE(status_of(authority.not_yet_valid(), authority).ok());
  CHECK_FALSE(status_of(self_signed(), authority).ok());
}

TEST_CASE("A Vizier can demand a certificate of its client") {
  const CertificateAuthority authority;
  ServerIdentity identity = authority.issue();
  identity.client_ca = authority.certificate();
  Vizier vizier({.unix_path = {}, .identity = identity});
  vizier.answer(Script().send(stats()));
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = authority.certificate();
  CHECK_FALSE(NaiveClient(vizier.address(), grpc::SslCredentials(options)).run().status.ok());
  const ServerIdentity client = authority.issue();
  options.pem_cert_chain = client.certificate;
  options.pem_private_key = client.key;
  CHECK(NaiveClient(vizier.address(), grpc::SslCredentials(options)).run().status.ok());
}

TEST_CASE("A Vizier listens on a unix path") {
  const TempDir dir;
  Vizier vizier({.unix_path = dir.path("vizier.sock"), .identity = {}});
  vizier.answer(Script().send(stats()));
  CHECK(vizier.address() == "unix:" + dir.path("vizier.sock"));
  CHECK(NaiveClient(vizier.address()).run().status.ok());
}

}  // namespace
}  // namespace pxq::fake
