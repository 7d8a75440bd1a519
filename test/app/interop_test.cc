// Pixie's own Python client and pxq at the same cloud, over TLS, with rows that a third library, or
// the one that Pixie's broker uses, encrypted from end to end: what one gets, the other gets.
// scripts/interop sets client and library up.

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <map>
#include <mutex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "cloud_session.h"
#include "places.h"
#include "served_vizier.h"

namespace pxq::app {
namespace {

using fake::Table;
using nlohmann::json;

constexpr std::chrono::seconds kLong{60};

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

/// The interpreter that has Pixie's client; empty where nobody has set it up.
std::string pixie_python() {
  const std::string cache = variable("XDG_CACHE_HOME");
  const std::string directory =
      (cache.empty() ? variable("HOME") + "/.cache" : cache) + "/pxq-bench/python";
  struct stat info {};
  if (::stat((directory + "/ready").c_str(), &info) == 0) return directory + "/bin/python";
  WARN("not tested: Pixie's Python client is not set up; scripts/interop does it");
  return {};
}

bool missing_broker() {
  if (fake::has_broker()) return false;
  WARN("not tested: the broker's library is not set up; scripts/interop does it");
  return true;
}

/// Who encrypts the batches.
enum class SealedBy { kThirdLibrary, kBroker };

std::vector<std::string> seal_for(const fake::pb::ExecuteScriptRequest& request, SealedBy by,
                                  const std::vector<std::string>& batches) {
  const auto& asked = request.encryption_options();
  if (by == SealedBy::kThirdLibrary) return fake::seal_all(asked.jwk_key(), batches);
  std::vector<std::string> sealed;
  for (const fake::BrokerAnswer& answer :
       fake::broker_seal(asked.jwk_key(), batches,
                         {asked.key_alg(), asked.content_alg(), asked.compression_alg()})) {
    sealed.push_back(answer.sealed);
  }
  return sealed;
}

/// Batches, sealed for each request's key once.
class Sealer {
 public:
  Sealer(std::vector<std::string> batches, SealedBy by) : batches_(std::move(batches)), by_(by) {}

  std::string message(const std::string& request_bytes, size_t number) {
    fake::pb::ExecuteScriptRequest request;
    request.ParseFromString(request_bytes);
    const std::lock_guard lock(mutex_);
    std::vector<std::string>& sealed = sealed_[request.encryption_options().jwk_key()];
    if (sealed.empty()) sealed = seal_for(request, by_, batches_);
    return fake::encrypted(sealed.at(number)).SerializeAsString();
  }

 private:
  const std::vector<std::string> batches_;
  const SealedBy by_;
  std::mutex mutex_;
  std::map<std::string, std::vector<std::string>> sealed_;
};

/// What the Vizier sends: relations, then batches, some of them the last of their table.
struct Answer {
  std::vector<Table> tables;
  std::vector<fake::pb::RowBatchData> batches;

  fake::Script plain() const {
    fake::Script script = begun();
    for (const auto& batch : batches) {
      fake::pb::ExecuteScriptResponse response;
      response.set_query_id(std::string(fake::kQueryId));
      *response.mutable_data()->mutable_batch() = batch;
      script.send(response);
    }
    return script.send(fake::stats());
  }

  fake::Script encrypted(SealedBy by) const {
    std::vector<std::string> bytes;
    for (const auto& batch : batches) bytes.push_back(batch.SerializeAsString());
    const auto sealer = std::make_shared<Sealer>(std::move(bytes), by);
    fake::Script script = begun();
    for (size_t i = 0; i < batches.size(); ++i) {
      script.reply([sealer, i](const std::string& request) { return sealer->message(request, i); });
    }
    return script.send(fake::stats());
  }

 private:
  fake::Script begun() const {
    fake::Script script;
    for (const Table& table : tables) script.send(table.metadata());
    return script;
  }
};

const std::vector<std::string> kTexts = {"",
                                         "plain",
                                         "with \"quotes\", commas and 'more'",
                                         "two\nlines\r\nand a tab\t",
                                         "\\ back / slash",
                                         "žluťoučký 日本語 🙂 \xe2\x80\xa8 \xef\xbb\xbf",
                                         "\xff\xfe broken \xc3",
                                         "\xed\xa0\x80 surrogate, overlong \xc0\xaf",
                                         std::string("nul \0 and \x1b[2J", 14),
                                         "00123",
                                         "NaN"};

/// Every type at its ends, text as hostile as it comes, many batches of two tables and none of a
/// third.
Answer everything() {
  const Table all = Table("all")
                        .time("time_")
                        .uint128("upid")
                        .int64("count")
                        .float64("ratio")
                        .boolean("good")
                        .string("text");
  const Table other = Table("other").string("name").int64("id");
  const Table none = Table("none").float64("x").string("y");
  Answer answer{{all, other, none}, {}};
  using Int = std::numeric_limits<int64_t>;
  using Real = std::numeric_limits<double>;
  const std::vector<int64_t> ints = {0, -1, 1, Int::min(), Int::max(), (1LL << 53) + 1};
  const std::vector<double> reals = {0.0,
                                     -0.0,
                                     0.1,
                                     5e-324,
                                     1.7e308,
                                     -1.5,
                                     1e21,
                                     Real::infinity(),
                                     -Real::infinity(),
                                     Real::quiet_NaN()};
  const size_t rows = kTexts.size();
  std::vector<int64_t> times;
  std::vector<int64_t> counts;
  std::vector<std::pair<uint64_t, uint64_t>> upids;
  std::vector<double> ratios;
  std::vector<bool> goods;
  for (size_t i = 0; i < rows; ++i) {
    times.push_back(i == 0 ? -1 : 1601694759495000123 + static_cast<int64_t>(i));
    counts.push_back(ints[i % ints.size()]);
    upids.emplace_back(i == 1 ? ~0ULL : 7ULL << 32 | i, i == 1 ? ~0ULL : i * 1000);
    ratios.push_back(reals[i % reals.size()]);
    goods.push_back(i % 2 == 0);
  }
  answer.batches.push_back(all.batch()
                               .time(times)
                               .uint128(upids)
                               .int64(counts)
                               .float64(ratios)
                               .boolean(goods)
                               .string(kTexts)
                               .data());
  for (int64_t batch = 0; batch < 5; ++batch) {
    std::vector<std::string> names;
    std::vector<int64_t> ids;
    for (int64_t i = 0; i < 1000; ++i) {
      names.push_back(kTexts[static_cast<size_t>(i) % rows] + std::to_string(batch * 1000 + i));
      ids.push_back(batch * 1000 + i);
    }
    answer.batches.push_back(other.batch().string(names).int64(ids).data());
  }
  for (const Table& table : answer.tables) answer.batches.push_back(table.end().data());
  return answer;
}

/// Rows by table, as JSON values in their order.
using Rows = std::map<std::string, std::vector<json>>;

std::vector<json> lines_of(const std::string& text) {
  std::vector<json> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(json::parse(line, nullptr, false));
    REQUIRE_FALSE(lines.back().is_discarded());
  }
  return lines;
}

struct Peers {
  Cloud cloud;
  std::string python;

  explicit Peers(const fake::Script& answer) : cloud(listed(kTwo), answer) {}

  Rows ours(const std::vector<std::string>& flags) {
    std::vector<std::string> words = {
        "-c", "prod", "-o", "jsonl", "--table-key", "--time-format", "unix_ns", "--nan", "string"};
    words.insert(words.end(), flags.begin(), flags.end());
    const fake::ProcessResult result = cloud.ask(words);
    INFO(result.err);
    REQUIRE(result.status() == 0);
    Rows rows;
    for (json& row : lines_of(result.out)) {
      const std::string table = row["_table_"];
      row.erase("_table_");
      rows[table].push_back(std::move(row));
    }
    return rows;
  }

  /// What the other client has, with text in the form that is named.
  std::map<std::string, Rows> theirs(const std::string& how) {
    fake::Command command;
    command.program = python;
    command.arguments = {PXQ_SOURCE_DIR "/test/fake/pixie_client.py", cloud.vizier.address(), kKey,
                         kProd, how};
    command.input = "import px";
    command.environment["GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"] = cloud.session.home().path("ca.pem");
    const fake::ProcessResult result = fake::run(command, kLong);
    INFO(result.err);
    REQUIRE(result.status() == 0);
    std::map<std::string, Rows> forms;
    for (json& line : lines_of(result.out)) {
      for (const std::string form : {"base64", "text"}) {
        forms[form][line["table"]].push_back(std::move(line[form]));
      }
    }
    return forms;
  }

  void compare(const std::string& how, const std::vector<std::string>& flags) {
    std::map<std::string, Rows> theirs = this->theirs(how);
    CHECK(theirs["base64"]["all"].size() == kTexts.size());
    CHECK(theirs["base64"]["other"].size() == 5000);
    std::vector<std::string> in_base64 = flags;
    in_base64.insert(in_base64.end(), {"--bytes", "base64"});
    check_equal(ours(in_base64), theirs["base64"]);
    check_equal(ours(flags), theirs["text"]);
  }

  static void check_equal(const Rows& ours, const Rows& theirs) {
    REQUIRE(ours.size() == theirs.size());
    for (const auto& [table, rows] : theirs) {
      INFO(table);
      REQUIRE(ours.count(table) == 1);
      REQUIRE(ours.at(table).size() == rows.size());
      for (size_t i = 0; i < rows.size(); ++i) {
        if (ours.at(table)[i] != rows[i]) CHECK(ours.at(table)[i].dump() == rows[i].dump());
      }
    }
  }
};

TEST_CASE("Pixie's Python client and pxq get the same rows of an encrypted stream", "[interop]") {
  const std::string python = pixie_python();
  if (python.empty()) return;
  const SealedBy by = GENERATE(SealedBy::kThirdLibrary, SealedBy::kBroker);
  if (by == SealedBy::kBroker && missing_broker()) return;
  Peers peers(everything().encrypted(by));
  peers.python = python;
  peers.compare("encrypted", {});
  for (const fake::Call& call : peers.cloud.vizier.calls(fake::kExecuteScript)) {
    const std::string algorithm = call.script_request().encryption_options().key_alg();
    CHECK((algorithm == "RSA-OAEP-256" || algorithm == "ECDH-ES"));
  }
}

TEST_CASE("What the broker's own library encrypted comes out as it would in plain text",
          "[interop]") {
  if (missing_broker()) return;
  const std::string choice = GENERATE("any", "ecdh", "rsa");
  Peers sealed(everything().encrypted(SealedBy::kBroker));
  Peers plain(everything().plain());
  Peers::check_equal(sealed.ours({"--e2e=" + choice}), plain.ours({"--no-e2e"}));
  const auto calls = sealed.cloud.vizier.calls(fake::kExecuteScript);
  REQUIRE(calls.size() == 1);
  CHECK(calls[0].script_request().encryption_options().key_alg() ==
        (choice == "rsa" ? "RSA-OAEP-256" : "ECDH-ES"));
}

TEST_CASE("Pixie's Python client and pxq get the same rows of a plain stream", "[interop]") {
  const std::string python = pixie_python();
  if (python.empty()) return;
  Peers peers(everything().plain());
  peers.python = python;
  peers.compare("plain", {"--no-e2e"});
}

/// The program of Pixie's Go client; empty where nobody has built it.
std::string pixie_go() {
  const std::string cache = variable("XDG_CACHE_HOME");
  const std::string program =
      (cache.empty() ? variable("HOME") + "/.cache" : cache) + "/pxq-bench/pixie_go/client";
  if (::access(program.c_str(), X_OK) == 0) return program;
  WARN("not tested: Pixie's Go client is not set up; scripts/interop does it where it can be had");
  return {};
}

/// Lets pxq, with the flags that trust it, and a client ask a served Vizier, and compares their
/// rows.
void compare_served(const ServedVizier& served, const std::vector<std::string>& trust,
                    fake::Command client, const std::string& mode) {
  const std::string script =
      "import px\ndf = px.DataFrame('http_events', start_time='-1m')\n"
      "px.display(df[['req_path', 'req_body', 'latency']], 'requests')\n"
      "px.display(df.groupby('resp_status').agg(n=('latency', px.count)), 'counts')";
  // pxq sends no key in plaintext to what it does not know for this machine.
  std::string cloud = served.address();
  if (cloud.starts_with("0.0.0.0")) cloud.replace(0, 7, "127.0.0.1");
  const auto ask = [&](std::vector<std::string> words) {
    words.insert(words.end(), {"--cloud", cloud});
    words.insert(words.end(), trust.begin(), trust.end());
    fake::ProcessResult result = served.ask(std::move(words), kServeKey);
    INFO(result.err);
    REQUIRE(result.status() == 0);
    return result.out;
  };
  const std::string id = ask({"clusters", "--id"}).substr(0, 36);
  Rows ours;
  for (json& row : lines_of(ask({"run", "-e", script, "-o", "jsonl", "--table-key"}))) {
    const std::string table = row["_table_"];
    row.erase("_table_");
    ours[table].push_back(std::move(row));
  }
  for (const std::string& word : {served.address(), kServeKey, id, mode}) {
    client.arguments.push_back(word);
  }
  client.input = script;
  const fake::ProcessResult result = fake::run(client, kLong);
  INFO(result.err);
  REQUIRE(result.status() == 0);
  Rows theirs;
  for (json& line : lines_of(result.out)) theirs[line["table"]].push_back(std::move(line["text"]));
  CHECK(theirs["requests"].size() > 100);
  Peers::check_equal(ours, theirs);
}

// The clients with their defaults but for the address, which is their own parameter.
TEST_CASE("Pixie's Python client and pxq get the same rows of a served Vizier", "[interop]") {
  const std::string python = pixie_python();
  if (python.empty()) return;
  ServedVizier served({"--tls-self-signed", "ca.pem"}, true);
  fake::Command client;
  client.program = python;
  client.arguments = {PXQ_SOURCE_DIR "/test/fake/pixie_client.py"};
  client.environment["GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"] = served.session().home().path("ca.pem");
  const std::string mode = GENERATE("plain", "encrypted");
  compare_served(served, {"--tls-ca", "ca.pem"}, client, mode);
}

TEST_CASE("Pixie's Go client and pxq get the same rows of a served Vizier", "[interop]") {
  const std::string program = pixie_go();
  if (program.empty()) return;
  ServedVizier served({"--tls-self-signed", "ca.pem"}, true);
  fake::Command client;
  client.program = program;
  client.environment["SSL_CERT_FILE"] = served.session().home().path("ca.pem");
  const std::string mode = GENERATE("plain", "encrypted");
  compare_served(served, {"--tls-ca", "ca.pem"}, client, mode);
}

// It goes past a cloud in plaintext, and only to the address that stands for all of a machine.
TEST_CASE("Pixie's Go client reads a served Vizier directly", "[interop]") {
  const std::string program = pixie_go();
  if (program.empty()) return;
  ServedVizier served({"--listen", "0.0.0.0:0", "--insecure"}, true);
  fake::Command client;
  client.program = program;
  compare_served(served, {"--insecure"}, client, "direct");
}

}  // namespace
}  // namespace pxq::app
