// Rows that go to an OpenTelemetry collector: what the Vizier is told of it, and what nobody is.

#include <sys/stat.h>

#include <fstream>
#include <future>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "session.h"

namespace pxq::app {
namespace {

const std::string kExports = "import px\npx.export(px.DataFrame('t'), px.otel.Data())\n";
const std::string kGenerated =
    "import px\ndf = px.DataFrame('t', start_time=px.plugin.start_time, "
    "end_time=px.plugin.end_time)\npx.display(df)\npx.export(df, px.otel.Data())";
const std::string kSecret = "s3cr3t-of-the-collector";

/// A user with a header file, at a Vizier.
struct Exporter {
  fake::Vizier vizier;
  Session session;

  explicit Exporter(const fake::Script& answer = whole()) {
    vizier.answer(answer);
    vizier.answer(fake::kGenerateOTelScript, fake::Script().send(fake::otel_script(kGenerated)));
    session.home().write("headers",
                         "# collector\nAuthorization: Bearer " + kSecret + "\ntenant=7\n");
    set_mode(0600);
    session.allow("headers");
  }

  void set_mode(mode_t mode) const {
    REQUIRE(::chmod(session.home().path("headers").c_str(), mode) == 0);
  }

  fake::ProcessResult ask(std::vector<std::string> words) const {
    words.insert(words.end(), {"--addr", vizier.address(), "--insecure"});
    fake::ProcessResult result = fake::run(session.command(std::move(words)));
    CHECK_THAT(result.out + result.err, !Catch::Contains(kSecret));
    return result;
  }

  fake::ProcessResult run(std::vector<std::string> flags) const {
    flags.insert(flags.begin(), {"run", "-e", kExports});
    return ask(std::move(flags));
  }

  fake::pb::Configs configs() const {
    const auto calls = vizier.calls(fake::kExecuteScript);
    REQUIRE(calls.size() == 1);
    return calls[0].script_request().configs();
  }
};

TEST_CASE("The collector goes into the request's configuration") {
  struct Named {
    std::string endpoint;
    std::string url;
    bool insecure;
  };
  const Named named = GENERATE(Named{"otel.example:4317", "otel.example:4317", false},
                               Named{"https://otel.example:443/", "otel.example:443", false},
                               Named{"http://10.0.0.7:4317", "10.0.0.7:4317", true},
                               Named{"[::1]:4317", "[::1]:4317", false});
  const Exporter exporter;
  exporter.session.check(exporter.run({"--endpoint", named.endpoint, "--header-file", "headers"}),
                         {.out = kWholeRows});
  const auto otel = exporter.configs().otel_endpoint_config();
  CHECK(otel.url() == named.url);
  CHECK(otel.insecure() == named.insecure);
  CHECK(otel.headers().size() == 2);
  CHECK(otel.headers().at("authorization") == "Bearer " + kSecret);
  CHECK(otel.headers().at("tenant") == "7");
}

TEST_CASE("A script that exports needs no collector, and then none is named") {
  const Exporter exporter;
  exporter.session.check(exporter.run({}), {.out = kWholeRows});
  CHECK_FALSE(exporter.configs().has_otel_endpoint_config());
}

TEST_CASE("Rows for a collector are asked for once") {
  const Exporter exporter(fake::Script().finish(14, "not ready yet"));
  exporter.session.check(exporter.run({"--endpoint", "c:4317"}), {6, "", {"not ready yet"}});
  CHECK(exporter.vizier.calls().size() == 1);
}

TEST_CASE("What cannot be a collector or its headers is refused before anything is asked") {
  struct Refused {
    std::vector<std::string> flags;
    std::string text;
  };
  Exporter exporter;
  exporter.session.allow("bad");
  exporter.session.home().write("bad", "a: 1\n\n" + kSecret + "\n");
  REQUIRE(::chmod(exporter.session.home().path("bad").c_str(), 0600) == 0);
  const std::vector<Refused> all = {
      {{"--endpoint", "otel.example"}, "HOST:PORT"},
      {{"--endpoint", "ftp://otel.example:21"}, "HOST:PORT"},
      {{"--endpoint", "https://otel.example:4317/v1/traces"}, "HOST:PORT"},
      {{"--endpoint", "unix:/run/otel"}, "HOST:PORT"},
      {{"--header-file", "headers"}, "--endpoint"},
      {{"--endpoint", "c:1", "--header-file", "none"}, "the header file"},
      {{"--endpoint", "c:1", "--header-file", "bad"}, "bad:3: "},
  };
  for (const Refused& one : all) {
    INFO(one.text);
    exporter.session.check(exporter.run(one.flags), {2, "", {one.text}});
  }
  exporter.set_mode(0644);
  exporter.session.check(exporter.run({"--endpoint", "c:1", "--header-file", "headers"}),
                         {2, "", {"mode 0644", "chmod 600 headers"}});
  exporter.session.check(
      exporter.ask({"run", "-e", "import px\npx.display(px.DataFrame('t'))", "--endpoint", "c:1"}),
      {2, "", {"does not call px.export", "pxq otel"}});
  CHECK(exporter.vizier.calls().empty());
}

TEST_CASE("Headers do not leave in plain text but to this machine") {
  const Exporter exporter;
  const std::vector<std::string> words = {"run",           "-e",     kExports,      "--endpoint",
                                          "c:1",           "--addr", "192.0.2.1:1", "--insecure",
                                          "--header-file", "headers"};
  exporter.session.check(fake::run(exporter.session.command(words)), {2, "", {"plain text"}});
}

TEST_CASE("The request is shown without the headers' values") {
  const Exporter exporter;
  const fake::ProcessResult result =
      exporter.run({"--endpoint", "c:4317", "--header-file", "headers", "--print-request"});
  CHECK(result.status() == 0);
  CHECK_THAT(result.out, Catch::Contains("\"url\": \"c:4317\""));
  CHECK_THAT(result.out, Catch::Contains("\"authorization\": \"***\""));
  CHECK(exporter.vizier.calls().empty());
}

TEST_CASE("The generated script is printed, and run where a collector is named") {
  const Exporter exporter;
  SECTION("printed") {
    exporter.session.check(exporter.ask({"otel", "-e", "import px"}), {.out = kGenerated + "\n"});
    CHECK(exporter.vizier.calls(fake::kExecuteScript).empty());
  }
  SECTION("run over a window, once") {
    exporter.session.check(exporter.ask({"otel", "-e", "import px", "--endpoint", "http://c:4317",
                                         "--header-file", "headers", "--start",
                                         "2026-01-01T00:00:00Z", "--end", "2026-01-01T00:05:00Z"}),
                           {.out = kGenerated + "\n"});
    const auto configs = exporter.configs();
    CHECK(configs.otel_endpoint_config().url() == "c:4317");
    CHECK(configs.otel_endpoint_config().headers().at("tenant") == "7");
    CHECK(configs.plugin_config().start_time_ns() == 1'767'225'600'000'000'000);
    CHECK(configs.plugin_config().end_time_ns() == 1'767'225'900'000'000'000);
    const auto calls = exporter.vizier.calls(fake::kExecuteScript);
    CHECK(calls[0].script_request().query_str() == kGenerated + "\n");
  }
  SECTION("not run without a window") {
    exporter.session.check(exporter.ask({"otel", "-e", "import px", "--endpoint", "c:4317"}),
                           {2, "", {"which time", "--since"}});
    CHECK(exporter.vizier.calls(fake::kExecuteScript).empty());
  }
  SECTION("no times without a run") {
    exporter.session.check(exporter.ask({"otel", "-e", "import px", "--since", "5m"}),
                           {2, "", {"--endpoint"}});
    CHECK(exporter.vizier.calls().empty());
  }
}

TEST_CASE("Headers that come through a pipe are read once, and a file without any is refused") {
  Exporter exporter;
  const std::string pipe = exporter.session.home().path("pipe");
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  exporter.session.allow("pipe");
  auto written = std::async(std::launch::async,
                            [&] { std::ofstream(pipe) << "Authorization: Bearer " << kSecret; });
  const auto sent = exporter.ask({"otel", "-e", "import px", "--endpoint", "c:4317",
                                  "--header-file", "pipe", "--since", "5m"});
  written.get();
  exporter.session.check(sent, {.out = kGenerated + "\n"});
  CHECK(exporter.configs().otel_endpoint_config().headers().at("authorization") ==
        "Bearer " + kSecret);

  exporter.session.home().write("headers", "# none yet\n");
  exporter.session.check(
      exporter.ask({"otel", "-e", "import px", "--endpoint", "c:4317", "--header-file", "headers"}),
      {2, "", {"headers holds no header", "Name: value"}});
}

TEST_CASE("A header that the server quotes is masked") {
  const Exporter exporter(fake::Script().finish(13, "collector refused Bearer " + kSecret));
  const auto result = exporter.ask({"otel", "-e", "import px", "--endpoint", "c:4317",
                                    "--header-file", "headers", "--since", "5m"});
  exporter.session.check(result, {6, kGenerated + "\n", {"collector refused Bearer ***"}});
}

TEST_CASE("A run for a collector that fails says so, with the script that was run") {
  const Exporter exporter(fake::Script().finish(13, "OTelExportSinkNode 1 encountered error 14"));
  const fake::ProcessResult result =
      exporter.ask({"otel", "-e", "import px", "--endpoint", "c:4317", "--since", "5m"});
  exporter.session.check(result, {6, kGenerated + "\n", {"OTelExportSinkNode"}});
  CHECK(exporter.vizier.calls(fake::kExecuteScript).size() == 1);
}

}  // namespace
}  // namespace pxq::app
