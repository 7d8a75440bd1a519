// Exports to an object store, as cron runs them, against a real one (moto) that is disturbed.

#include <signal.h>

#include <algorithm>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "object_store.h"

namespace pxq::app {
namespace {

using fake::Script;
using fake::Vizier;

std::string key_time(int64_t ns) {
  const time_t seconds = ns / kSecondNs;
  struct tm parts = {};
  ::gmtime_r(&seconds, &parts);
  char text[32];
  return {text, ::strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &parts)};
}

// Some 25 MB of rows, so that an object has four parts.
Script much() {
  const fake::Table table = fake::Table("events").time("time_").int64("id").string("text");
  Script script;
  script.send(table.metadata());
  int64_t id = 0;
  for (int batch = 0; batch < 5; ++batch) {
    std::vector<int64_t> times;
    std::vector<int64_t> ids;
    std::vector<std::string> texts;
    for (int i = 0; i < 5000; ++i, ++id) {
      times.push_back(kThen + id);
      ids.push_back(id);
      texts.push_back(std::to_string(id) + std::string(1000, static_cast<char>('a' + id % 26)));
    }
    script.send(table.batch().time(times).int64(ids).string(texts));
  }
  return script.send(table.end()).send(fake::stats());
}

size_t count_of(const std::vector<std::string>& log, const std::string& part) {
  return static_cast<size_t>(std::ranges::count_if(
      log, [&](const std::string& line) { return line.find(part) != std::string::npos; }));
}

TEST_CASE("objects hold byte for byte what files of the same rows hold", "[interop]") {
  const TestStore* store = TestStore::get();
  if (store == nullptr) return;
  const auto [ending, type] =
      GENERATE(table<std::string, std::string>({{".csv", "text/csv; charset=utf-8"},
                                                {".tsv.gz", "application/gzip"},
                                                {".jsonl.zst", "application/zstd"},
                                                {".jsonl", "application/x-ndjson"},
                                                {".json", "application/json"},
                                                {".parquet", "application/vnd.apache.parquet"}}));
  INFO(ending);
  const Vizier vizier(holding(three_events()));
  ObjectJob job(*store, vizier.address());
  // Bytes that signatures, addresses and XML each have a rule of their own for.
  job.to = "s3://rows/a b+c&d=e~'(\xc3\xa9)/{date}/{table}-{start}" + ending;
  job.session().check(job.run(), {});
  ObjectJob files(*store, vizier.address());
  files.to = files.dir().path("{table}-{start}" + ending);
  files.session().check(files.run(), {});
  const fake::TempDir saved;
  const std::vector<std::string> keys = store->save(saved.path("o"));
  REQUIRE(keys.size() == 1);
  const std::string name = "events-" + key_time(kThen) + ending;
  CHECK(keys.front() == "a b+c&d=e~'(\xc3\xa9)/" + key_time(kThen).substr(0, 4) + "-" +
                            key_time(kThen).substr(4, 2) + "-" + key_time(kThen).substr(6, 2) +
                            "/" + name);
  // The verdict of a Parquet file holds the time of its run.
  if (ending != ".parquet") CHECK(saved.read("o/" + keys.front()) == files.dir().read(name));
  CHECK(store->types()[keys.front()] == type);
  CHECK(job.left_behind().empty());
  const json summary = job.summary();
  CHECK(summary["committed"] == true);
  CHECK(summary["files"][0]["path"] == "s3://rows/" + keys.front());
  CHECK(summary["files"][0]["bytes"] == files.summary()["files"][0]["bytes"]);
  if (ending != ".parquet") {
    CHECK(summary["files"][0]["sha256"] == files.summary()["files"][0]["sha256"]);
  }
}

TEST_CASE("a small object is put at once, a large one in parts that nobody sees before its end",
          "[interop]") {
  const TestStore* store = TestStore::get();
  if (store == nullptr) return;
  const Vizier vizier(much());
  ObjectJob job(*store, vizier.address());
  job.session().check(job.run(), {});
  CHECK(count_of(store->log(), "POST") == 2);
  CHECK(count_of(store->log(), "partNumber=") == 4);
  CHECK(count_of(store->log(), "DELETE") == 0);
  CHECK(store->uploads().empty());
  CHECK(job.left_behind().empty());
  ObjectJob files(*store, vizier.address());
  files.to = files.dir().path("{table}-{start}.csv");
  files.session().check(files.run(), {});
  const fake::TempDir saved;
  const auto keys = store->save(saved.path("o"));
  REQUIRE(keys.size() == 1);
  const std::string object = saved.read("o/" + keys.front());
  CHECK(object.size() > (size_t{24} << 20));
  CHECK((object == files.dir().read(keys.front())));

  store->disturb({});
  const Vizier small(holding(three_events()));
  ObjectJob other(*store, small.address());
  other.session().check(other.run(), {});
  CHECK(store->log().size() == 1);
}

TEST_CASE("a second run exports what is new to objects of its own", "[interop]") {
  const TestStore* store = TestStore::get();
  if (store == nullptr) return;
  Vizier vizier(holding(three_events()));
  ObjectJob job(*store, vizier.address());
  job.flags = {"--time-format", "unix_ns"};
  job.session().check(job.run(), {});
  const auto all = three_and({now_ns(), 4});
  vizier.answer_from_now_on(holding(all));
  job.session().check(job.run(), {});
  CHECK(store->rows() == lines_of(all));
  const fake::TempDir saved;
  CHECK(store->save(saved.path("o")).size() == 2);
}

// Requests of an export to one object of one part: a PUT. Of four parts: POST ?uploads, four PUTs,
// POST ?uploadId.
TEST_CASE("a store that is busy and connections that break cost no row", "[interop]") {
  const TestStore* store = TestStore::get();
  if (store == nullptr) return;
  const bool large = GENERATE(false, true);
  const std::vector<std::string> places =
      large ? std::vector<std::string>{"POST .*uploads", "PUT .*partNumber=2", "POST .*uploadId"}
            : std::vector<std::string>{"PUT"};
  const Vizier vizier(large ? much() : holding(three_events()));
  ObjectJob undisturbed(*store, vizier.address());
  undisturbed.session().check(undisturbed.run(), {});
  const std::multiset<std::string> rows = store->rows();
  for (const std::string& place : places) {
    for (const json& fault :
         {busy(), cut_before(), cut_after(), json{{"status", 200}, {"code", "InternalError"}},
          json{{"status", 500}, {"code", "InternalError"}}}) {
      INFO(place << ": " << fault.dump());
      REQUIRE(TestStore::get() != nullptr);
      store->disturb({rule(place, fault, 2)});
      ObjectJob job(*store, vizier.address());
      job.session().check(job.run(), {});
      CHECK(store->met());
      CHECK((store->rows() == rows));
      CHECK(store->uploads().empty());
      CHECK(job.left_behind().empty());
    }
  }
}

struct Refusal {
  std::string name;
  std::string who = "user";
  std::function<void(fake::Command&)> change = {};
  std::vector<json> rules = {};
  std::vector<std::string> says = {};
  std::string to = "s3://rows/{table}-{start}.csv";
};

TEST_CASE("each refusal of a store is told apart, and nothing is committed", "[interop]") {
  const TestStore* store = TestStore::get();
  if (store == nullptr) return;
  const auto set = [](const char* name, const char* value) {
    return [=](fake::Command& command) { command.environment[name] = value; };
  };
  const json moved = {{"status", 301},
                      {"code", "PermanentRedirect"},
                      {"headers", {{"x-amz-bucket-region", "eu-west-1"}}}};
  const Refusal refusals[] = {
      {"a wrong secret",
       "user",
       set("AWS_SECRET_ACCESS_KEY", "hush"),
       {},
       {"SignatureDoesNotMatch", "AWS_ACCESS_KEY_ID", "the secret one is not that of the other"}},
      {"an unknown key",
       "user",
       set("AWS_ACCESS_KEY_ID", "AKIANOBODY"),
       {},
       {"InvalidAccessKeyId", "does not know them"}},
      {"no permission", "stranger", {}, {}, {"AccessDenied", "s3:PutObject"}},
      {"no bucket",
       "user",
       {},
       {},
       {"there is no bucket 'none' at http://127.0.0.1"},
       "s3://none/{table}-{start}.csv"},
      {"another region",
       "user",
       {},
       {rule("PUT", moved)},
       {"PermanentRedirect", "in region eu-west-1, not in us-east-1: AWS_REGION=eu-west-1"}},
      {"a wrong clock",
       "user",
       {},
       {rule("PUT", {{"status", 403}, {"code", "RequestTimeTooSkewed"}})},
       {"this machine's clock is 0 s behind the store's"}},
      {"no store",
       "user",
       {},
       {rule("PUT", {{"status", 405}, {"code", ""}})},
       {"HTTP status 405", "a store that speaks S3?"}}};
  Vizier vizier(holding(three_events()));
  for (const Refusal& one : refusals) {
    INFO(one.name);
    ObjectJob job(*store, vizier.address());
    job.to = one.to;
    job.who = one.who;
    job.flags = {"--time-format", "unix_ns"};
    store->disturb(one.rules);
    fake::Command command = job.command();
    if (one.change) one.change(command);
    job.session().check(fake::run(command), {9, "", one.says});
    CHECK(job.summary()["committed"] == false);
    CHECK(store->rows().empty());
    if (one.name == "no bucket") continue;
    // Once it is right, the next run finishes what this one had begun.
    job.who = "user";
    job.session().check(job.run(), {});
    CHECK(store->rows() == lines_of(three_events()));
    CHECK(job.left_behind().empty());
    REQUIRE(TestStore::get() != nullptr);
  }
}

TEST_CASE("a store that is slow is given up in time, and the next run has every row once",
          "[interop]") {
  const TestStore* store = TestStore::get();
  if (store == nullptr) return;
  const bool large = GENERATE(false, true);
  const Vizier vizier(large ? much() : holding(three_events()));
  const std::string place = large ? GENERATE("POST .*uploads", "PUT .*partNumber=2",
                                             "PUT .*partNumber=4", "POST .*uploadId")
                                  : "PUT";
  INFO(place);
  ObjectJob job(*store, vizier.address());
  job.timeout = large ? "6s" : "1s";
  const json what = GENERATE(hold(), busy());
  store->disturb({rule(place, what, 1000)});
  job.session().check(job.run(), {7, "", {"--timeout"}});
  CHECK(store->rows().empty());
  store->release();
  job.timeout = "30s";
  store->disturb({});
  job.session().check(job.run(), {});
  CHECK(store->rows().size() == (large ? 25'000 : 3));
  CHECK(store->uploads().empty());
  CHECK(job.left_behind().empty());
}

TEST_CASE("a run that is told to end takes its parts back", "[interop]") {
  const TestStore* store = TestStore::get();
  if (store == nullptr) return;
  const Vizier vizier(much());
  const ObjectJob job(*store, vizier.address());
  store->disturb({rule("PUT .*partNumber=2", hold())});
  fake::Process process(job.command());
  REQUIRE(store->met());
  CHECK(store->uploads().size() == 1);
  process.signal(SIGTERM);
  const fake::ProcessResult result = process.wait();
  CHECK(result.status() == 143);
  CHECK(store->uploads().empty());
  CHECK(store->rows().empty());
  CHECK(job.left_behind().empty());
}

TEST_CASE("a run that is killed at any request leaves nothing that the next one does not finish",
          "[interop]") {
  const TestStore* store = TestStore::get();
  if (store == nullptr) return;
  const bool large = GENERATE(false, true);
  const std::vector<std::string> places =
      large ? std::vector<std::string>{"POST .*uploads", "PUT .*partNumber=1", "PUT .*partNumber=3",
                                       "POST .*uploadId"}
            : std::vector<std::string>{"PUT"};
  Vizier vizier(large ? much() : holding(three_events()));
  const size_t rows = large ? 25'000 : 3;
  for (const std::string& place : places) {
    for (const bool done : {false, true}) {
      INFO(place << (done ? " when the store has done it" : " before the store has seen it"));
      REQUIRE(TestStore::get() != nullptr);
      // What others are uploading: under a key that begins alike, and before, under this one.
      const std::string key = "events-" + key_time(kThen) + ".csv";
      store->begin_upload("events-", 0);
      store->begin_upload(key, 60);
      const ObjectJob job(*store, vizier.address());
      // Held before it, or after: the store has answered, and nobody hears it.
      store->disturb(done ? std::vector<json>{rule(place, cut_after()), rule(place, hold())}
                          : std::vector<json>{rule(place, hold())});
      {
        fake::Process process(job.command());
        REQUIRE(store->met());
        process.signal(SIGKILL);
        process.wait();
      }
      store->disturb({});
      job.session().check(job.run(), {});
      CHECK(store->rows().size() == rows);
      CHECK(store->uploads() == std::vector<std::string>{"events-", key});
      CHECK(job.left_behind().empty());
    }
  }
}

TEST_CASE("parts that somebody has removed are exported again", "[interop]") {
  const TestStore* store = TestStore::get();
  if (store == nullptr) return;
  const Vizier vizier(much());
  const ObjectJob job(*store, vizier.address());
  store->disturb({rule("POST .*uploadId", hold())});
  {
    fake::Process process(job.command());
    REQUIRE(store->met());
    process.signal(SIGKILL);
    process.wait();
  }
  store->disturb({});
  store->abort_uploads();
  job.session().check(job.run(), {9, "", {"is gone", "the next run exports all of it"}});
  CHECK(store->rows().empty());
  job.session().check(job.run(), {});
  CHECK(store->rows().size() == 25'000);
}

TEST_CASE("a month of runs, killed and refused now and then, exports each row once", "[interop]") {
  const TestStore* store = TestStore::get();
  if (store == nullptr) return;
  std::vector<Event> all = three_events();
  Vizier vizier(holding(all));
  ObjectJob job(*store, vizier.address());
  job.to = "s3://rows/{date}/{table}-{start}.csv";
  job.flags = {"--time-format", "unix_ns"};
  std::minstd_rand chance(7);
  for (int day = 0; day < 30; ++day) {
    INFO("day " << day);
    const auto what = chance() % 5;
    // Windows end further back than now, so that each day has some of its own.
    const int64_t lag_ms = (30 - day) * 60'000;
    const int64_t end_ns = now_ns() - lag_ms * 1'000'000;
    for (int i = 0; i < 3; ++i) {
      all.push_back({end_ns - static_cast<int64_t>(chance() % 50) * kSecondNs,
                     static_cast<int64_t>(all.size())});
    }
    vizier.answer_from_now_on(holding(all));
    store->disturb(what == 0   ? std::vector<json>{rule("PUT", hold())}
                   : what == 1 ? std::vector<json>{rule("PUT", cut_after()), rule("PUT", hold())}
                   : what == 2
                       ? std::vector<json>{rule("PUT", {{"status", 403}, {"code", "AccessDenied"}})}
                       : std::vector<json>{});
    if (what > 1) {
      const fake::ProcessResult result = job.run(lag_ms);
      INFO(result.err);
      CHECK(result.status() == (what == 2 ? 9 : 0));
      continue;
    }
    fake::Process process(job.command(lag_ms));
    REQUIRE(store->met());
    process.signal(SIGKILL);
    process.wait();
  }
  store->disturb({});
  job.session().check(job.run(), {});
  CHECK(store->rows() == lines_of(all));
  CHECK(store->uploads().empty());
  CHECK(job.left_behind().empty());
}

TEST_CASE("keys are seen nowhere", "[interop]") {
  const TestStore* store = TestStore::get();
  if (store == nullptr) return;
  const Vizier vizier(holding(three_events()));
  const std::vector<std::string> more =
      GENERATE(std::vector<std::string>{"-vv"}, std::vector<std::string>{"--errors", "json"},
               std::vector<std::string>{"--dry-run", "-vv"});
  const bool refused = GENERATE(false, true);
  ObjectJob job(*store, vizier.address());
  job.flags = more;
  fake::Command command = job.command();
  std::erase(command.arguments, "-q");
  command.environment["AWS_SESSION_TOKEN"] = refused ? "token-that-is-none" : "";
  const std::string secret =
      refused ? "secret-that-is-none" : command.environment["AWS_SECRET_ACCESS_KEY"];
  command.environment["AWS_SECRET_ACCESS_KEY"] = secret;
  const fake::ProcessResult result = fake::run(command);
  INFO(result.err);
  const auto clean = [&](const std::string& text) {
    return text.find(secret) == std::string::npos &&
           text.find(command.environment["AWS_ACCESS_KEY_ID"]) == std::string::npos &&
           text.find("token-that-is-none") == std::string::npos;
  };
  CHECK(clean(result.out));
  CHECK(clean(result.err));
  for (const std::string& name : job.dir().list()) {
    if (name != "state") CHECK(clean(job.dir().read(name)));
  }
}

TEST_CASE("where keys, region and endpoint come from", "[interop]") {
  const TestStore* store = TestStore::get();
  if (store == nullptr) return;
  const Vizier vizier(holding(three_events()));
  ObjectJob job(*store, vizier.address());
  job.flags = {"--dry-run"};
  fake::Command command = job.command();
  CHECK_THAT(fake::run(command).out,
             Catch::Contains("store    " + store->endpoint() +
                             ", region us-east-1, the bucket in the path, keys of "
                             "AWS_ACCESS_KEY_ID\n"));
  command.environment.erase("AWS_ENDPOINT_URL_S3");
  job.session().check(fake::run(command), {2, "", {"the region of the bucket is not known"}});
  command.environment["AWS_REGION"] = "eu-west-1";
  CHECK_THAT(fake::run(command).out,
             Catch::Contains("store    https://s3.eu-west-1.amazonaws.com, region eu-west-1, the "
                             "bucket in the host's name"));
  command.environment.erase("AWS_SECRET_ACCESS_KEY");
  job.session().check(fake::run(command),
                      {2, "", {"AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not"}});
  command.environment.erase("AWS_ACCESS_KEY_ID");
  job.session().check(fake::run(command), {2,
                                           "",
                                           {"no keys for the object store", "/.aws/credentials",
                                            "aws configure export-credentials --format env"}});
  command.environment["AWS_PROFILE"] = "work";
  job.session().check(fake::run(command), {2, "", {"AWS_PROFILE: no profile 'work'"}});

  const std::string keys = store->keys();
  const size_t end = keys.find('\n');
  command.environment["AWS_SHARED_CREDENTIALS_FILE"] =
      job.dir().write("credentials", "[work]\naws_access_key_id = " + keys.substr(0, end) +
                                         "\naws_secret_access_key=" + keys.substr(end + 1) + "\n");
  command.environment["AWS_CONFIG_FILE"] =
      job.dir().write("config",
                      "[profile work]\nregion = eu-west-2\nservices = here\n"
                      "[services here]\ns3 =\n  endpoint_url = " +
                          store->endpoint() + "/\n");
  command.environment.erase("AWS_REGION");
  CHECK_THAT(fake::run(command).out,
             Catch::Contains("store    " + store->endpoint() +
                             ", region eu-west-2, the bucket in the path, keys of profile 'work'"));
  std::erase(command.arguments, "--dry-run");
  job.session().check(fake::run(command), {});
  CHECK(store->rows().size() == 3);
  command.environment["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null";
  job.dir().write("config", "[profile work]\nregion = eu-west-2\nsso_session = x\n");
  job.session().check(fake::run(command), {2,
                                           "",
                                           {"profile 'work' gets its keys by sso_session",
                                            "export-credentials --profile work"}});
}

TEST_CASE("what cannot be an object is refused before anything is asked") {
  const Session session;
  const auto refuse = [&](std::vector<std::string> words, const std::string& says) {
    fake::Command command = session.command(std::move(words));
    command.environment["AWS_ACCESS_KEY_ID"] = "a";
    command.environment["AWS_SECRET_ACCESS_KEY"] = "b";
    command.environment["AWS_ENDPOINT_URL"] = "http://127.0.0.1:1";
    session.check(fake::run(command), {2, "", {says}});
  };
  const std::vector<std::string> exported = {"export", "-e",          "import px",
                                             "--addr", "127.0.0.1:1", "--insecure"};
  const auto to = [&](std::vector<std::string> more) {
    std::vector<std::string> words = exported;
    words.push_back("--to");
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  refuse(to({"s3://b/{table}.csv"}), "names the same files in every run");
  refuse(to({"s3://b/{table}-{start}.csv", "--append"}), "nothing can be added to an object");
  refuse(to({"s3://b/{table}-{start}.csv", "--force"}), "--force changes nothing");
  refuse(to({"s3://b/{table}-{start}.csv", "--keep", "30d"}), "a lifecycle rule of the bucket");
  refuse(to({"s3://b/a.sqlite"}), "a database cannot be an object");
  refuse(to({"s3://{cluster}/{table}-{start}.csv"}), "has no bucket's name");
  refuse(to({"s3://b"}), "names no object");
  refuse(to({"gs://b/{table}-{start}.csv"}), "no such store");
  refuse(to({"{table}-{start}.csv", "--schema", "s3://b/k.json"}), "--schema is a file");
  refuse({"run", "-e", "import px", "--addr", "127.0.0.1:1", "-o", "s3://b/a.csv"},
         "objects are written by exports: pxq export --to s3://b/a.csv");
}

// Nothing listens there.
fake::Command to_nowhere(const Session& session, const Vizier& vizier,
                         const std::vector<std::string>& more) {
  std::vector<std::string> words = {
      "export",         "-e",         "import px", "--addr",
      vizier.address(), "--insecure", "--to",      "s3://b/{table}-{start}.csv",
      "--timeout",      "2s"};
  words.insert(words.end(), more.begin(), more.end());
  fake::Command command = session.command(std::move(words));
  command.environment["AWS_ACCESS_KEY_ID"] = "a";
  command.environment["AWS_SECRET_ACCESS_KEY"] = "b";
  command.environment["AWS_REGION"] = "eu-west-1";
  command.environment["AWS_ENDPOINT_URL"] = "http://127.0.0.1:1";
  return command;
}

TEST_CASE("who looks on hears that a store is asked again, and the time limit ends that") {
  const Vizier vizier(holding(three_events()));
  const Session session;
  SECTION("a crontab hears of it once, when it is given up") {
    const auto result = fake::run(to_nowhere(session, vizier, {}));
    CHECK(result.status() == 7);
    CHECK_THAT(result.err, !Catch::Contains("trying again"));
    CHECK_THAT(result.err, Catch::Contains("the time limit has passed: cannot write s3://b/"));
  }
  SECTION("with -v it is told each time") {
    const auto result = fake::run(to_nowhere(session, vizier, {"-v"}));
    CHECK(result.status() == 7);
    CHECK(count(result.err, "; trying again in 0.") > 1);
  }
  SECTION("a terminal is told the first time") {
    fake::Command command = to_nowhere(session, vizier, {});
    command.err = fake::Destination::terminal();
    command.environment["TERM"] = "xterm";
    const auto result = fake::run(command);
    CHECK(result.status() == 7);
    CHECK(count(result.out + result.err, "; trying again in 0.") == 1);
  }
}

TEST_CASE("without libcurl an export to objects says what to install") {
  const Session session;
  const fake::TempDir dir;
  dir.write("libcurl.so.4", "no library");
  fake::Command command = session.command({"export", "-e", "import px", "--addr", "127.0.0.1:1",
                                           "--insecure", "--to", "s3://b/{table}-{start}.csv"});
  command.environment["AWS_ACCESS_KEY_ID"] = "a";
  command.environment["AWS_SECRET_ACCESS_KEY"] = "b";
  command.environment["AWS_REGION"] = "eu-west-1";
  command.environment["LD_LIBRARY_PATH"] = dir.path();
  session.check(
      fake::run(command),
      {2, "", {"an object store needs libcurl.so.4", "install libcurl4, or export to files"}});
}

TEST_CASE("a job to objects is listed, told in advance, and left alone while it is unfinished",
          "[interop]") {
  const TestStore* store = TestStore::get();
  if (store == nullptr) return;
  Vizier vizier(holding(three_events()));
  ObjectJob job(*store, vizier.address());
  job.session().check(job.run(), {});
  const std::string state = job.dir().path("state");
  const auto listed = fake::run(job.session().command({"jobs", "--state", state, "-o", "csv"}));
  CHECK_THAT(listed.out, Catch::Contains(",s3://rows/{table}-{start}.csv,"));
  CHECK_THAT(listed.out, Catch::Contains(",complete,"));
  job.flags = {"--dry-run"};
  CHECK_THAT(job.run().out, Catch::Contains("\nobject   s3://rows/events-2"));

  job.flags = {"--time-format", "unix_ns"};
  const auto all = three_and({now_ns(), 4});
  vizier.answer_from_now_on(holding(all));
  store->disturb({rule("PUT", hold())});
  {
    fake::Process process(job.command());
    REQUIRE(store->met());
    process.signal(SIGKILL);
    process.wait();
  }
  for (const std::string change : {"reset", "skip-to", "rename"}) {
    std::vector<std::string> words = {"jobs", "j", change, "--state", state};
    if (change != "reset") words.insert(words.begin() + 3, "1m");
    job.session().check(fake::run(job.session().command(words)),
                        {2, "", {"has objects that a run has begun and not finished"}});
  }
  store->disturb({});
  job.session().check(job.run(), {});
  CHECK(store->rows().size() == 4);
  const auto reset = fake::run(job.session().command({"jobs", "j", "reset", "--state", state}));
  CHECK(reset.status() == 0);
}

}  // namespace
}  // namespace pxq::app
