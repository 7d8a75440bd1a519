// The calls that px makes of a cloud, with its headers, at `pxq serve`: by gRPC, and one by HTTP.

#include <chrono>
#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include <grpcpp/grpcpp.h>
#include <catch2/catch.hpp>

#include "base/unique_fd.h"
#include "cloudapi.grpc.pb.h"
#include "fake/loopback.h"
#include "fake/naive_client.h"
#include "fake/vizier.h"
#include "served_vizier.h"
#include "tool.h"
#include "vizierapi.grpc.pb.h"
#include "wire/envelope.h"

namespace pxq::app {
namespace {

namespace cloud = px::cloudapi;

/// A client as px is one: over TLS, with compressed requests, and the token of its login.
class Px {
 public:
  explicit Px(ServedVizier& served) {
    grpc::SslCredentialsOptions trust;
    trust.pem_root_certs = served.session().home().read("ca.pem");
    grpc::ChannelArguments arguments;
    arguments.SetCompressionAlgorithm(GRPC_COMPRESS_GZIP);
    channel_ = grpc::CreateCustomChannel(served.address(), grpc::SslCredentials(trust), arguments);
  }

  std::string login(const std::string& key) {
    grpc::ClientContext context;
    begin(context);
    context.AddMetadata("pixie-api-key", key);
    cloud::LoginReply reply;
    const grpc::Status status = cloud::AuthService::NewStub(channel_)->Login(&context, {}, &reply);
    INFO(status.error_message());
    REQUIRE(status.ok());
    return token_ = reply.token();
  }

  /// A context without credentials, and one with those of the login.
  static void begin(grpc::ClientContext& context) {
    context.set_deadline(std::chrono::system_clock::now() + fake::kPatience);
  }
  void begin_logged_in(grpc::ClientContext& context) const {
    begin(context);
    context.AddMetadata("authorization", "bearer " + token_);
  }

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

 private:
  std::shared_ptr<grpc::Channel> channel_;
  std::string token_;
};

cloud::ArtifactSet versions_of(const Px& px, const std::string& name) {
  grpc::ClientContext context;
  Px::begin(context);
  cloud::GetArtifactListRequest request;
  request.set_artifact_name(name);
  request.set_artifact_type(cloud::AT_LINUX_AMD64);
  request.set_limit(10);
  cloud::ArtifactSet versions;
  const grpc::Status status =
      cloud::ArtifactTracker::NewStub(px.channel())->GetArtifactList(&context, request, &versions);
  INFO(status.error_message());
  REQUIRE(status.ok());
  return versions;
}

TEST_CASE("px finds no update of itself at a served Vizier, and its version, without a key") {
  ServedVizier served({"--tls-self-signed", "ca.pem"}, true);
  const Px px(served);
  CHECK(versions_of(px, "cli").artifact().empty());
  CHECK(versions_of(px, "operator").artifact().empty());
  const cloud::ArtifactSet vizier = versions_of(px, "vizier");
  REQUIRE(vizier.artifact_size() == 1);
  // Three numbers and a word: px shows no version of another form.
  CHECK_THAT(vizier.artifact(0).version_str(), Catch::Matches(R"([0-9]+\.[0-9]+\.[0-9]+-pxq)"));

  grpc::ClientContext context;
  Px::begin(context);
  cloud::GetDownloadLinkRequest request;
  request.set_artifact_name("cli");
  cloud::GetDownloadLinkResponse link;
  const grpc::Status status =
      cloud::ArtifactTracker::NewStub(px.channel())->GetDownloadLink(&context, request, &link);
  CHECK(status.error_code() == grpc::StatusCode::NOT_FOUND);
  CHECK_THAT(status.error_message(), Catch::Contains("nothing to install"));
}

TEST_CASE("px logs in at a served Vizier, finds its cluster and runs a script there") {
  ServedVizier served({"--tls-self-signed", "ca.pem"}, true);
  Px px(served);
  px.login(kServeKey);

  cloud::OrgInfo organization;
  {
    grpc::ClientContext context;
    px.begin_logged_in(context);
    // px has no id of an organisation in a token like ours and sends one of zeros.
    px::uuidpb::UUID nobody;
    REQUIRE(cloud::OrganizationService::NewStub(px.channel())
                ->GetOrg(&context, nobody, &organization)
                .ok());
    CHECK(!organization.org_name().empty());
  }
  cloud::GetClusterInfoResponse clusters;
  {
    grpc::ClientContext context;
    px.begin_logged_in(context);
    REQUIRE(cloud::VizierClusterInfo::NewStub(px.channel())
                ->GetClusterInfo(&context, {}, &clusters)
                .ok());
    REQUIRE(clusters.clusters_size() == 1);
    CHECK(clusters.clusters(0).status() == cloud::CS_HEALTHY);
    CHECK(clusters.clusters(0).vizier_version() ==
          versions_of(px, "vizier").artifact(0).version_str());
  }
  grpc::ClientContext context;
  px.begin_logged_in(context);
  px::api::vizierpb::ExecuteScriptRequest request;
  request.set_query_str("import px\npx.display(px.DataFrame('http_events').head(3), 'few')");
  const std::string digits =
      served.ask({"clusters", "--id", "--cloud", served.address(), "--tls-ca", "ca.pem"}, kServeKey)
          .out;
  request.set_cluster_id(digits.substr(0, 36));
  const auto stream =
      px::api::vizierpb::VizierService::NewStub(px.channel())->ExecuteScript(&context, request);
  int64_t rows = 0;
  px::api::vizierpb::ExecuteScriptResponse response;
  while (stream->Read(&response)) {
    // px and Pixie's Go client take a message without a result for an error.
    CHECK(response.result_case() != px::api::vizierpb::ExecuteScriptResponse::RESULT_NOT_SET);
    rows += response.data().batch().num_rows();
  }
  CHECK(stream->Finish().ok());
  CHECK(rows == 3);
}

TEST_CASE("what belongs to the user of a served Vizier is refused without the key") {
  ServedVizier served({"--tls-self-signed", "ca.pem"}, true);
  const Px px(served);
  const auto refused = [](const grpc::Status& status) {
    CHECK(status.error_code() == grpc::StatusCode::UNAUTHENTICATED);
  };
  const auto with_context = [&](auto call) {
    grpc::ClientContext context;
    Px::begin(context);
    refused(call(context));
  };
  with_context([&](auto& context) {
    cloud::OrgInfo reply;
    return cloud::OrganizationService::NewStub(px.channel())->GetOrg(&context, {}, &reply);
  });
  with_context([&](auto& context) {
    cloud::GetScriptsResp reply;
    return cloud::ScriptMgr::NewStub(px.channel())->GetScripts(&context, {}, &reply);
  });
  with_context([&](auto& context) {
    cloud::GetScriptContentsResp reply;
    return cloud::ScriptMgr::NewStub(px.channel())->GetScriptContents(&context, {}, &reply);
  });
}

TEST_CASE("a served Vizier lists the shipped scripts and those of --bundle, and gives their text") {
  const fake::TempDir files;
  const std::string bundle = files.write(
      "bundle.json", R"({"scripts": {"mine/one": {"pxl": "import px  # mine", "vis": "{}",)"
                     R"( "ShortDoc": "one of mine"}, "mine/two": {"pxl": "#", "hidden": true}}})");
  ServedVizier served({"--tls-self-signed", "ca.pem", "--bundle", bundle}, true);
  Px px(served);
  px.login(kServeKey);
  const auto scripts = cloud::ScriptMgr::NewStub(px.channel());
  cloud::GetScriptsResp list;
  {
    grpc::ClientContext context;
    px.begin_logged_in(context);
    REQUIRE(scripts->GetScripts(&context, {}, &list).ok());
  }
  // As many as pxq lists itself, which hides what is hidden, too.
  const fake::ProcessResult ours = served.ask({"scripts", "--bundle", bundle, "-o", "tsv"});
  CHECK(list.scripts_size() == static_cast<int>(count(ours.out, "\n")) - 1);
  cloud::ScriptMetadata mine;
  for (const cloud::ScriptMetadata& script : list.scripts()) {
    CHECK(script.name() != "mine/two");
    if (script.name() == "mine/one") mine = script;
  }
  CHECK(mine.desc() == "one of mine");
  CHECK(mine.has_live_view());
  const auto contents = [&](const std::string& id, cloud::GetScriptContentsResp& reply) {
    grpc::ClientContext context;
    px.begin_logged_in(context);
    cloud::GetScriptContentsReq request;
    request.set_script_id(id);
    return scripts->GetScriptContents(&context, request, &reply);
  };
  cloud::GetScriptContentsResp reply;
  REQUIRE(contents(mine.id(), reply).ok());
  CHECK(reply.contents() == "import px  # mine");
  CHECK(reply.metadata().name() == "mine/one");
  CHECK(contents("0", reply).error_code() == grpc::StatusCode::NOT_FOUND);
}

/// What a web client gets: Python's own, which trusts the server's certificate.
struct Page {
  int status = 0;
  std::string type;
  std::string body;
};

Page page(ServedVizier& served, const std::string& path, const std::string& header = {},
          const std::string& method = "GET") {
  const std::string program =
      "import http.client, ssl, sys\n"
      "address, ca, path, method, header = sys.argv[1:]\n"
      "context = ssl.create_default_context(cafile=ca)\n"
      "context.set_alpn_protocols(['h2', 'http/1.1'])\n"  // as Go's own client does
      "client = http.client.HTTPSConnection(address, context=context, timeout=20)\n"
      "client.request(method, path, headers=dict([header.split(': ')] if header else []))\n"
      "answer = client.getresponse()\n"
      "body = answer.read()\n"
      "print(answer.status, answer.getheader('Content-Type').split(';')[0], flush=True)\n"
      "sys.stdout.buffer.write(body)\n";
  const std::string out =
      tool("/usr/bin/python3", {"-c", program, served.address(),
                                served.session().home().path("ca.pem"), path, method, header});
  const size_t line = out.find('\n');
  return {std::stoi(out), out.substr(4, line - 4), out.substr(line + 1)};
}

TEST_CASE("px learns from a served Vizier whether its login holds") {
  ServedVizier served({"--tls-self-signed", "ca.pem"}, true);
  Px px(served);
  const std::string path = "/api/authorized";
  const Page known = page(served, path, "Authorization: Bearer " + px.login(kServeKey));
  CHECK(known.status == 200);
  CHECK(known.body == "OK");
  CHECK(page(served, path, "pixie-api-key: " + kServeKey).body == "OK");
  for (const std::string header : {"", "Authorization: Bearer wrong", "Cookie: x"}) {
    const Page unknown = page(served, path, header);
    CHECK(unknown.status == 401);
    CHECK_THAT(unknown.body, Catch::Contains("key"));
  }
  CHECK(page(served, "/").status == 404);
  CHECK(page(served, path, "", "POST").status == 405);
}

TEST_CASE("a served Vizier without a key takes every login for a good one") {
  ServedVizier served({"--tls-self-signed", "ca.pem"});
  CHECK(page(served, "/api/authorized", "Authorization: Bearer any").body == "OK");
}

TEST_CASE("a served Vizier gives its scripts as a bundle that px and pxq read") {
  ServedVizier served({"--tls-self-signed", "ca.pem"}, true);
  CHECK(page(served, "/bundle.json").status == 401);
  const Page bundle = page(served, "/bundle.json", "pixie-api-key: " + kServeKey);
  CHECK(bundle.status == 200);
  CHECK(bundle.type == "application/json");
  served.session().home().write("bundle.json", bundle.body);
  const auto shown = [&](std::vector<std::string> bundles) {
    std::vector<std::string> words = {"scripts", "pxq/slow_requests", "-o", "json"};
    words.insert(words.end(), bundles.begin(), bundles.end());
    return served.ask(words).out;
  };
  const std::string from_bundle = shown({"--bundle", "bundle.json"});
  CHECK_THAT(from_bundle, Catch::Contains("bundle.json"));
  // The same but for where it came from.
  std::string built_in = shown({});
  const size_t origin = built_in.find("built in");
  REQUIRE(origin != std::string::npos);
  CHECK_THAT(from_bundle, Catch::StartsWith(built_in.substr(0, origin)));
}

TEST_CASE("who says nothing at the door of a served Vizier holds up nobody") {
  ServedVizier served({"--tls-self-signed", "ca.pem"}, true);
  const int port = std::stoi(served.address().substr(served.address().rfind(':') + 1));
  std::vector<UniqueFd> silent;
  for (int i = 0; i < 50; ++i) {
    silent.push_back(fake::connect_to_loopback(port));
    REQUIRE(silent.back());
    // Every second one begins a hello of TLS and does not end it.
    if (i % 2 == 0) CHECK(fake::send_all(silent.back().get(), "\x16\x03\x01\x02"));
  }
  const fake::ProcessResult result =
      served.ask({"run", "-e", "import px\npx.display(px.DataFrame('http_events').head(3))",
                  "--addr", served.address(), "--tls-ca", "ca.pem", "-o", "jsonl"},
                 kServeKey);
  INFO(result.err);
  CHECK(result.status() == 0);
  CHECK(count(result.out, "\n") == 3);
  CHECK(page(served, "/api/authorized", "pixie-api-key: " + kServeKey).body == "OK");
  served.process().signal(SIGTERM);
  CHECK(served.process().wait().status() == 143);
}

TEST_CASE("a served Vizier with TLS does not take a port that another has") {
  ServedVizier served({"--tls-self-signed", "ca.pem"});
  const fake::ProcessResult second = served.ask(
      {"serve", "--local=demo", "--listen", served.address(), "--tls-self-signed", "b.pem"});
  CHECK(second.status() == 2);
  CHECK_THAT(second.err, Catch::Contains("cannot listen on " + served.address()));
}

/// A call that runs or goes on with a query, read one message after another.
struct Going {
  grpc::ClientContext context;
  std::unique_ptr<grpc::ClientReader<px::api::vizierpb::ExecuteScriptResponse>> stream;
  px::api::vizierpb::ExecuteScriptResponse last;
  size_t sealed = 0;
  size_t plain = 0;

  Going(fake::NaiveClient& client, const px::api::vizierpb::ExecuteScriptRequest& request) {
    Px::begin(context);
    stream = client.stub().ExecuteScript(&context, request);
  }
  bool read() {
    if (!stream->Read(&last)) return false;
    if (!last.data().encrypted_batch().empty()) ++sealed;
    if (last.data().has_batch()) ++plain;
    return true;
  }
  void cut() {
    context.TryCancel();
    while (read()) {
    }
    stream->Finish();
  }
};

// Pixie's Go client names its key again when it goes on with a query, px does not.
TEST_CASE("a query that goes on is sealed where the next call brings a key, and only there") {
  ServedVizier served;
  fake::NaiveClient client(served.address());
  wire::Envelope key(wire::KeyChoice::kRsa);
  px::api::vizierpb::ExecuteScriptRequest request;
  request.set_query_str(
      "#px:set max_output_rows_per_table=0\nimport px\n"
      "px.display(px.DataFrame('http_events', start_time='-12h'))");
  auto& asked = *request.mutable_encryption_options();
  asked.set_jwk_key(key.public_key({}).value());
  asked.set_key_alg("RSA-OAEP-256");
  asked.set_content_alg("A256GCM");
  asked.set_compression_alg("DEF");
  Going first(client, request);
  while (first.sealed == 0) REQUIRE(first.read());
  CHECK(key.open(first.last.data().encrypted_batch(), size_t{64} << 20).ok());
  request.clear_query_str();
  request.set_query_id(first.last.query_id());
  first.cut();

  Going as_go(client, request);
  while (as_go.sealed == 0) REQUIRE(as_go.read());
  CHECK(key.open(as_go.last.data().encrypted_batch(), size_t{64} << 20).ok());
  as_go.cut();

  request.clear_encryption_options();
  Going as_px(client, request);
  while (as_px.plain == 0) REQUIRE(as_px.read());
  as_px.cut();
  CHECK(first.plain + as_go.plain + as_px.sealed == 0);
}

}  // namespace
}  // namespace pxq::app
