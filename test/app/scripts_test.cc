// Scripts by name, their arguments and help, and the request that goes out.

#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <catch2/catch.hpp>

#include "fake/poll_until.h"
#include "fake/tls_certificates.h"
#include "places.h"
#include "session.h"

namespace pxq::app {
namespace {

const std::string kBundle = PXQ_TEST_DATA "/script/data/bundle.json";
const std::string kTree = PXQ_TEST_DATA "/script/data/tree";

using Arguments = std::vector<std::pair<std::string, std::string>>;
using Call = std::tuple<std::string, Arguments, std::string>;

std::vector<Call> calls_of(const px::api::vizierpb::ExecuteScriptRequest& request) {
  std::vector<Call> calls;
  for (const auto& function : request.exec_funcs()) {
    Arguments arguments;
    for (const auto& argument : function.arg_values()) {
      arguments.emplace_back(argument.name(), argument.value());
    }
    calls.emplace_back(function.func_name(), arguments, function.output_table_prefix());
  }
  return calls;
}

// Runs a script at a server that answers with a table, and gives what the server was asked.
px::api::vizierpb::ExecuteScriptRequest request_of(std::vector<std::string> words,
                                                   const std::string& input = {}) {
  const fake::Vizier vizier(whole());
  const Session session;
  words.insert(words.begin(), "run");
  words.insert(words.begin() + 1, {"--addr", vizier.address(), "--insecure"});
  fake::Command command = session.command(std::move(words));
  if (!input.empty()) command.input = input;
  const fake::ProcessResult result = fake::run(command);
  INFO(result.err);
  REQUIRE(result.status() == 0);
  REQUIRE(vizier.calls().size() == 1);
  return vizier.calls().front().script_request();
}

TEST_CASE("The request is the one that px would send") {
  const auto request = request_of({kTree + "/shop/requests", "-a", "namespace=shop", "--",
                                   "-max_rows", "7", "--errors_only=true"});
  CHECK(
      calls_of(request) ==
      std::vector<Call>{
          {"totals", {{"start_time", "-5m"}, {"namespace", "shop"}}, "all_requests"},
          {"slowest", {{"start_time", "-5m"}, {"namespace", "shop"}, {"max_rows", "7"}}, "Slowest"},
          {"parts", {{"start_time", "-1m"}, {"errors_only", "true"}}, "widget_2"},
          {"parts", {{"start_time", "-5m"}, {"errors_only", "true"}}, "widget_3"},
      });
  CHECK(request.query_name().empty());
  CHECK_FALSE(request.mutation());
}

TEST_CASE("A bundle's script is asked for by its name, its bytes unchanged") {
  const auto request = request_of({"shop/http_data", "-b", kBundle});
  CHECK(request.query_name() == "shop/http_data");
  CHECK(request.query_str() ==
        "import px\n\n\ndef f(start_time: str):\n    return px.DataFrame('http_events', "
        "start_time=start_time)\n");
  CHECK(calls_of(request) == std::vector<Call>{{"f", {{"start_time", "-5m"}}, "Data"}});
}

TEST_CASE("I01 the script's bytes go out as they are") {
  const std::string script = GENERATE(as<std::string>(), "import px\r\npx.display(1)\r\n",
                                      "import px\rpx.display(1)", "import px\n\tpx.x('\t')\n\n\n");
  CHECK(request_of({"-"}, script).query_str() == script);
}

TEST_CASE("I01 a byte order mark before a script is none of it, wherever the script comes from") {
  const std::string script = "import px\r\npx.display(1)\r\n";
  const std::string marked = "\xef\xbb\xbf" + script;
  CHECK(request_of({"-"}, marked).query_str() == script);
  CHECK(request_of({"-e", marked}).query_str() == script);
  CHECK(request_of({"-", "--max-rows", "20"}, "\xef\xbb\xbf#px:set max_output_rows_per_table=5\nx")
            .query_str() == "#px:set max_output_rows_per_table=20\nx");
  Session session;
  session.home().write("m.pxl", marked);
  session.home().write("b.json",
                       R"({"scripts": {"a/m": {"pxl": "\ufeffimport px\r\npx.display(1)\r\n",
    "vis": "", "ShortDoc": "", "LongDoc": ""}}})");
  session.allow("m.pxl").allow("b.json");
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"run", "m.pxl", "--print-request"},
        std::vector<std::string>{"run", "a/m", "-b", "b.json", "--print-request"}}) {
    const auto result = fake::run(session.command(words));
    CHECK(result.status() == 0);
    CHECK_THAT(result.out, Catch::Contains(R"("import px\r\npx.display(1)\r\n")"));
  }
}

TEST_CASE("the places of errors in a script with a byte order mark are those without it") {
  Session session;
  session.allow("m.pxl");
  const auto run = [&](const std::string& text, const std::vector<std::string>& words) {
    session.home().write("m.pxl", text);
    return fake::run(session.command(words));
  };
  const std::string script = "import px; px.display(px.DataFrame('nothing'))\n";
  for (const std::vector<std::string>& words : {std::vector<std::string>{"run", "m.pxl", "--local"},
                                                std::vector<std::string>{"check", "m.pxl"}}) {
    const auto plain = run(script, words);
    const auto marked = run("\xef\xbb\xbf" + script, words);
    CHECK(plain.status() == 3);
    CHECK_THAT(plain.err + plain.out, Catch::Contains("m.pxl:1:"));
    CHECK(marked.status() == 3);
    CHECK(marked.err == plain.err);
    CHECK(marked.out == plain.out);
  }
  const auto few =
      run("\xef\xbb\xbf#px:set max_output_rows_per_table=2\nimport px\n"
          "px.display(px.DataFrame('http_events', start_time='-5m'))\n",
          {"run", "m.pxl", "--local=demo", "-o", "jsonl", "--columns", "time_"});
  CHECK(few.status() == 0);
  CHECK(count(few.out, "\n") == 2);
}

TEST_CASE("Flag --max-rows puts its line before the script's own") {
  CHECK(request_of({"-e", "import px\n", "--max-rows", "20"}).query_str() ==
        "#px:set max_output_rows_per_table=20\nimport px\n");
}

TEST_CASE("Flag --since becomes start_time in words that Pixie reads as meant") {
  const auto calls = calls_of(request_of(
      {"shop/http_data", "-b", kBundle, "--start", "2026-11-23", "--tz", "Europe/Berlin"}));
  REQUIRE(calls.size() == 1);
  CHECK(std::get<1>(calls[0]) == Arguments{{"start_time", "2026-11-22 23:00:00.000000000 +0000"}});
}

TEST_CASE("Flag --func calls one function of a script") {
  const auto request =
      request_of({"-e", "import px\ndef f(n: int): return px.DataFrame('t').head(n)", "--func", "f",
                  "-a", "n=3"});
  CHECK(calls_of(request) == std::vector<Call>{{"f", {{"n", "3"}}, "f"}});
}

TEST_CASE("A bundle that is the directory of one script has what lies beside that") {
  Session session;
  session.home().write("own.pxl", "import px\ndef f(n: int):\n  return px.DataFrame('t')\n");
  session.home().write("vis.json", R"({"variables": [{"name": "n", "type": "PX_INT64"}],
    "widgets": [{"func": {"name": "f", "args": [{"name": "n", "variable": "n"}]}}]})");
  session.allow("own.pxl").allow("vis.json");
  const auto without = fake::run(session.command({"run", "own", "-b", ".", "--print-request"}));
  session.check(without, {2, "", {"argument 'n'"}});
  const auto with =
      fake::run(session.command({"run", "own", "--bundle", ".", "-a", "n=3", "--print-request"}));
  CHECK(with.status() == 0);
  CHECK_THAT(with.out, Catch::Contains("\"3\""));
}

TEST_CASE("Flags by their long names do what the short ones do") {
  const fake::Vizier vizier(whole());
  Session session;
  session.home().write("s.pxl", "import px");
  session.allow("s.pxl");
  const auto run = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "run");
    words.insert(words.end(), {"--addr", vizier.address(), "--insecure"});
    return fake::run(session.command(std::move(words)));
  };
  session.check(run({"--execute", "import px"}), {.out = kWholeRows});
  session.check(run({"--file", "s.pxl"}), {.out = kWholeRows});
  session.check(run({"--file", "s.pxl", "--verbose"}), {.out = kWholeRows, .err = {"4 messages"}});
  const auto version = fake::run(session.command({"--version"}));
  CHECK(version.status() == 0);
  CHECK_THAT(version.out, Catch::StartsWith("pxq "));
}

TEST_CASE("C7 what is wrong with a script or its arguments is told before connecting") {
  struct Case {
    std::string name;
    std::vector<std::string> words;
    std::vector<std::string> err;
  };
  const std::string requests = kTree + "/shop/requests";
  const std::vector<Case> cases = {
      {"no script", {}, {"no script is named"}},
      {"two scripts", {requests, "-e", "import px"}, {"more than one script"}},
      {"a missing file", {"./none.pxl"}, {"none.pxl", "No such file"}},
      {"an unknown name", {"shop/http_dat", "-b", kBundle}, {"shop/http_dat", "shop/http_data"}},
      {"a missing bundle", {"shop/x", "-b", "./none.json"}, {"none.json"}},
      {"a required argument", {requests}, {"namespace"}},
      {"an unknown argument",
       {requests, "-a", "namespace=x", "-a", "namspace=y"},
       {"did you mean 'namespace'"}},
      {"an argument without =", {requests, "-a", "namespace"}, {"namespace"}},
      {"an empty name", {requests, "-a", "=x"}, {"=x"}},
      {"given twice", {requests, "-a", "namespace=a", "--", "--namespace", "b"}, {"twice"}},
      {"no integer", {requests, "-a", "namespace=a", "-a", "max_rows=7.5"}, {"max_rows", "7.5"}},
      {"no boolean", {requests, "-a", "namespace=a", "-a", "errors_only=perhaps"}, {"errors_only"}},
      {"not allowed", {requests, "-a", "namespace=a", "-a", "side=middle"}, {"side", "client"}},
      {"no value", {requests, "--", "--namespace"}, {"namespace"}},
      {"a stray word", {requests, "-a", "namespace=a", "--", "x"}, {"x"}},
      {"no unit of time", {requests, "-a", "namespace=a", "--since", "1.5x"}, {"--since", "1.5x"}},
      {"two signs", {requests, "-a", "namespace=a", "--since", "--5m"}, {"--since"}},
      {"no such day", {requests, "-a", "namespace=a", "--start", "2026-02-30"}, {"2026-02-30"}},
      {"the end first",
       {requests, "-a", "namespace=a", "--start", "2026-01-02", "--end", "2026-01-01"},
       {"2026-01"}},
      {"no such zone", {requests, "-a", "namespace=a", "--tz", "Mars/North"}, {"Mars/North"}},
      {"what Pixie would misread",
       {requests, "-a", "namespace=a", "-a", "start_time=1.5h"},
       {"start_time", "1.5h"}},
      {"no number of rows", {requests, "-a", "namespace=a", "--max-rows", "-1"}, {"max-rows"}},
      {"no such function", {requests, "--func", "totls"}, {"totls", "totals"}},
      {"probes", {"-e", "import pxtrace"}, {"--mutate"}},
      {"times of a script without them", {"-e", "import px", "--since", "5m"}, {"start_time"}},
      {"arguments of a script without vis.json", {"-e", "import px", "-a", "x=1"}, {"--func"}},
      {"nothing to run", {"-e", " # only a comment"}, {"<inline>"}},
      {"I02 a NUL", {PXQ_TEST_DATA "/script/data/bundle.json", "-a", "x"}, {"x"}},
  };
  const fake::Vizier vizier(whole());
  for (const Case& one : cases) {
    DYNAMIC_SECTION(one.name) {
      const Session session;
      std::vector<std::string> words = {"run", "--addr", vizier.address(), "--insecure"};
      words.insert(words.end(), one.words.begin(), one.words.end());
      const fake::ProcessResult result = fake::run(session.command(words));
      session.check(result, {2, "", one.err});
      CHECK(vizier.calls().empty());
    }
  }
}

TEST_CASE("Flag --print-request shows the request and connects to nothing") {
  const fake::Vizier vizier(whole());
  const Session session;
  const fake::ProcessResult result = fake::run(
      session.command({"run", "shop/http_data", "-b", kBundle, "--print-request", "--addr",
                       vizier.address(), "--insecure", "-a", "start_time=-1h"}));
  CHECK(result.status() == 0);
  for (const std::string text :
       {"\"query_name\": \"shop/http_data\"", "\"query_str\": \"import px\\n\\n\\ndef f(",
        "\"func_name\": \"f\"", "\"value\": \"-1h\"", "\"output_table_prefix\": \"Data\""}) {
    CHECK_THAT(result.out, Catch::Contains(text));
  }
  session.check_manners(result);
  CHECK(vizier.calls().empty());
}

TEST_CASE("A script's own help") {
  const Session session;
  const std::string requests = kTree + "/shop/requests";
  std::vector<std::string> words =
      GENERATE_COPY(std::vector<std::string>{"run", requests, "--help"},
                    std::vector<std::string>{"run", requests, "--", "--help"});
  const fake::ProcessResult result = fake::run(session.command(words));
  CHECK(result.status() == 0);
  CHECK(result.err.empty());
  for (const std::string text :
       {"--namespace          PX_NAMESPACE, required", "The namespace to look at.",
        "PX_INT64, default 100", "PX_FLOAT64, optional", "one of: server, client", "all_requests",
        "slowest()", "TimeseriesChart"}) {
    CHECK_THAT(result.out, Catch::Contains(text));
  }
}

TEST_CASE("Help of a script in a format") {
  const Session session;
  session.check(
      fake::run(session.command({"run", "shop/http_data", "-b", kBundle, "--help", "-o", "csv",
                                 "-t", "arguments", "--columns", "name,type,required,default"})),
      {.out = "name,type,required,default\nstart_time,PX_STRING,false,-5m\n"});
}

TEST_CASE("The list of scripts") {
  const Session session;
  SECTION("of a bundle, by part of a name") {
    session.check(fake::run(session.command(
                      {"scripts", "shop/", "-b", kBundle, "-o", "csv", "--columns", "name,short"})),
                  {.out = "name,short\nshop/bad_vis,\nshop/dns_data,DNS requests\n"
                          "shop/http_data,HTTP requests\n"});
  }
  SECTION("hidden ones on request") {
    session.check(fake::run(session.command({"scripts", "shop/secret", "--all", "-b", kBundle, "-o",
                                             "csv", "--columns", "name"})),
                  {.out = "name\nshop/secret\n"});
  }
  SECTION("the user's own win over PX_BUNDLE") {
    session.home().write(
        "mine.json", R"({"scripts": {"shop/dns_data": {"pxl": "import px", "ShortDoc": "mine"}}})");
    Session allowed;
    fake::Command command =
        allowed.command({"scripts", "shop/dns_data", "-b", session.home().path("mine.json"), "-o",
                         "csv", "--columns", "short"});
    command.environment["PX_BUNDLE"] = kBundle;
    allowed.check(fake::run(command), {.out = "short\nmine\n"});
  }
  SECTION("those that are shipped, as JSON lines in a pipe") {
    const fake::ProcessResult result = fake::run(session.command({"scripts", "http_by_service"}));
    CHECK(result.status() == 0);
    CHECK_THAT(result.out, Catch::StartsWith("{\"name\":\"pxq/http_by_service\",\"short\":\""));
  }
  SECTION("none") {
    session.check(fake::run(session.command({"scripts", "nonesuch"})), {2, "", {"nonesuch"}});
  }
}

TEST_CASE("The environment's format and time zone stand behind the flags") {
  const Session session;
  fake::Command command =
      session.command({"scripts", "shop/http", "-b", kBundle, "--columns", "name"});
  SECTION("format") {
    command.environment["PXQ_OUTPUT"] = "csv";
    session.check(fake::run(command), {.out = "name\nshop/http_data\n"});
  }
  SECTION("a flag stands over it") {
    command.environment["PXQ_OUTPUT"] = "csv";
    command.arguments.insert(command.arguments.end(), {"-o", "jsonl"});
    session.check(fake::run(command), {.out = "{\"name\":\"shop/http_data\"}\n"});
  }
  SECTION("no format") {
    command.environment["PXQ_OUTPUT"] = "cvs";
    session.check(fake::run(command), {2, "", {"did you mean 'csv'"}});
  }
  SECTION("time zone") {
    command = session.command(
        {"run", "shop/http_data", "-b", kBundle, "--print-request", "--start", "2026-11-23"});
    command.environment["PXQ_TZ"] = "Europe/Berlin";
    CHECK_THAT(fake::run(command).out, Catch::Contains("2026-11-22 23:00:00"));
  }
}

TEST_CASE("One script shown") {
  const Session session;
  session.check(fake::run(session.command({"scripts", "show", "shop/http_data", "-b", kBundle, "-o",
                                           "csv", "-t", "tables"})),
                {.out = "name,function,widgets,display\nData,f,Data,\n"});
}

TEST_CASE("The cache serves names, and a broken one harms nobody") {
  Session session;
  session.allow(".cache").allow(".cache/pxq");
  fake::Command command = session.command({"scripts", "update", "ftp://nowhere/bundle.json"});
  SECTION("a URL of another kind") {
    const fake::ProcessResult result = fake::run(command);
    CHECK(result.status() == 2);
    CHECK_THAT(result.err, Catch::Contains("ftp"));
  }
  SECTION("no home") {
    command.environment.erase("HOME");
    const fake::ProcessResult result = fake::run(command);
    CHECK(result.status() == 2);
    CHECK_THAT(result.err, Catch::Contains("XDG_CACHE_HOME"));
  }
}

/// The port that a server says in its file of words; empty if it says none.
std::string port_of(const fake::TempDir& site) {
  static constexpr std::string_view kSaid = "ACCEPT 127.0.0.1:";
  std::string port;
  fake::poll_until(
      [&] {
        const std::string said = site.read("said");
        const size_t at = said.find(kSaid);
        const size_t line = said.find('\n', at);
        if (at == std::string::npos || line == std::string::npos) return false;
        port = said.substr(at + kSaid.size(), line - at - kSaid.size());
        return true;
      },
      fake::kPatience);
  return port;
}

// openssl's own server is the other side: nothing of ours speaks TLS there.
TEST_CASE("An update over TLS trusts the authority that --ca-file names, and no other") {
  const fake::CertificateAuthority authority;
  const fake::CertificateAuthority stranger("another authority");
  const fake::ServerIdentity identity = authority.issue();
  const fake::TempDir site;
  site.write("bundle.json", R"({"scripts": {"px/a": {"pxl": "import px\n"}}})");
  site.write("ca.pem", authority.certificate());
  site.write("other.pem", stranger.certificate());
  site.write("cert.pem", identity.certificate);
  site.write("key.pem", identity.key);
  const fake::Process server({.arguments = {"s_server", "-accept", "127.0.0.1:0", "-WWW", "-cert",
                                            "cert.pem", "-key", "key.pem"},
                              .program = "/usr/bin/openssl",
                              .out = fake::Destination::file(site.path("said")),
                              .directory = site.path()});
  const std::string port = port_of(site);
  REQUIRE(!port.empty());
  const std::string url = "https://127.0.0.1:" + port + "/bundle.json";

  Session session;
  session.allow(".cache").allow(".cache/pxq");
  const auto update = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words = {"scripts", "update", url, "-o", "jsonl"};
    words.insert(words.end(), more.begin(), more.end());
    return fake::run(session.command(words));
  };
  for (const auto& more : {std::vector<std::string>{}, {"--ca-file", site.path("other.pem")}}) {
    const auto refused = update(more);
    CHECK(refused.status() == 5);
    CHECK(refused.out.empty());
    CHECK_THAT(refused.err, Catch::Contains("certificate"));
  }
  const auto missing = update({"--ca-file", site.path("none.pem")});
  CHECK(missing.status() == 2);
  CHECK_THAT(missing.err, Catch::Contains("none.pem"));
  const auto trusted = update({"--ca-file", site.path("ca.pem")});
  INFO(trusted.err);
  CHECK(trusted.status() == 0);
  CHECK_THAT(trusted.out, Catch::Contains("\"changed\":true,\"scripts\":1"));
}

TEST_CASE("The list of scripts on a terminal is for reading, and data has all of it") {
  const Session session;
  fake::Command command = session.command({"scripts"});
  command.out = fake::Destination::terminal();
  const std::string screen = fake::run(command).out;
  // No line of types, no paths, and what needs a cluster says so.
  CHECK_THAT(screen, !Catch::Contains("string") && !Catch::Contains("built in"));
  const auto line_of = [](const std::string& text, const std::string& name) {
    const size_t at = text.find("\n" + name);
    return at == std::string::npos ? "" : text.substr(at + 1, text.find('\n', at + 1) - at - 1);
  };
  CHECK_THAT(line_of(screen, "pxq/slow_requests"), Catch::Contains("cluster"));
  CHECK_THAT(line_of(screen, "top_processes"), !Catch::Contains("cluster"));
  const std::string data = fake::run(session.command({"scripts", "-o", "tsv"})).out;
  CHECK_THAT(data, Catch::StartsWith("name\tshort\tneeds\tsource\n"));
}

}  // namespace
}  // namespace pxq::app
