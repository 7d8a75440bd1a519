// The made-up cluster: the same for equal windows, and one story in all tables.

#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "local/data/catalogue.h"
#include "local/data/data_set.h"
#include "local/functions_call.h"

namespace pxq::local::test {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kMinute = 60 * kSecond;
/// Where payments are sent, outside of the cluster.
constexpr std::string_view kProvider = "203.0.113.40";
/// 2026-03-04T05:06:07Z, some time after the shop opened.
constexpr int64_t kThen = 1'772'600'767 * kSecond;

DataSet demo(const std::string& options = "") {
  Result<DataSet> data = open_data_set("demo" + options);
  REQUIRE(data.ok());
  return *std::move(data);
}

/// All that a window of a table holds, in one piece.
class Rows final : public RowReceiver {
 public:
  Rows(const DataSet& data, const std::string& table, TimeWindow window, int64_t now = kThen)
      : table_(data.tables.find(table)) {
    REQUIRE(table_ != nullptr);
    std::vector<size_t> columns(table_->relation().size());
    std::iota(columns.begin(), columns.end(), 0);
    for (const ColumnInfo& column : table_->relation()) all_.push_back(make_column(column.type));
    REQUIRE(table_->scan({.columns = columns, .window = window, .now_ns = now}, *this).ok());
  }

  bool rows(RowBatch&& batch) override {
    CHECK(batch.num_rows <= kScanRows);
    for (size_t i = 0; i < all_.size(); ++i) {
      std::visit(
          [&](auto& to) {
            const auto& from = std::get<std::remove_cvref_t<decltype(to)>>(batch.columns[i]);
            to.insert(to.end(), from.begin(), from.end());
          },
          all_[i]);
    }
    storage_.push_back(batch.storage);
    count += batch.num_rows;
    return true;
  }

  template <typename Values>
  const Values& get(std::string_view name) const {
    for (size_t i = 0; i < all_.size(); ++i) {
      if (table_->relation()[i].name == name) return std::get<Values>(all_[i]);
    }
    FAIL("no column " << name);
    return std::get<Values>(all_[0]);
  }
  const Int64Column& numbers(std::string_view name) const { return get<Int64Column>(name); }
  const StringColumn& texts(std::string_view name) const { return get<StringColumn>(name); }
  const Time64Column& times() const { return get<Time64Column>("time_"); }
  const std::vector<Column>& all() const { return all_; }

  size_t count = 0;

 private:
  const TableSource* table_;
  std::vector<Column> all_;
  std::vector<std::shared_ptr<const void>> storage_;
};

TimeWindow before(int64_t length, int64_t end = kThen) { return {end - length, end}; }

TEST_CASE("the demo has every table of Pixie, with its columns and with rows in time order") {
  const DataSet data = demo();
  for (const std::string_view name : catalogue_names()) {
    INFO(name);
    const TableSource* table = data.tables.find(name);
    REQUIRE(table != nullptr);
    CHECK(table->relation() == catalogue_relation(name));
    const Rows rows(data, std::string(name), before(15 * kMinute));
    CHECK(rows.count > 0);
    CHECK(std::ranges::is_sorted(rows.times()));
    CHECK(rows.times().front().ns >= kThen - 15 * kMinute);
    CHECK(rows.times().back().ns <= kThen);
  }
}

TEST_CASE("equal windows have equal rows, whenever and however they are asked for") {
  const DataSet data = demo();
  const DataSet again = demo();
  for (const std::string_view view : catalogue_names()) {
    const std::string name(view);
    INFO(name);
    const TimeWindow window{kThen - 20 * kMinute, kThen - 9 * kMinute};
    const Rows whole(data, name, window);
    const Rows later(again, name, window, kThen + 3600 * kSecond);
    CHECK(whole.all() == later.all());
    const int64_t seam = kThen - 13 * kMinute;
    const Rows first(data, name, {window.start_ns, seam});
    const Rows second(data, name, {seam + 1, window.end_ns});
    CHECK(first.count + second.count == whole.count);
  }
}

TEST_CASE("another seed is another cluster, a scale is another load") {
  const DataSet first = demo();
  const DataSet second = demo(",seed=2");
  const DataSet busy = demo(",scale=10");
  const Rows one(first, "http_events", before(5 * kMinute));
  const Rows two(second, "http_events", before(5 * kMinute));
  CHECK(one.texts("local_addr") != two.texts("local_addr"));
  const Rows ten(busy, "http_events", before(5 * kMinute));
  CHECK(ten.count > 8 * one.count);
  CHECK(ten.count < 12 * one.count);
}

TEST_CASE("rows end now and go back as far as the option says") {
  const DataSet data = demo(",hours=1");
  const Rows rows(data, "http_events", {});
  CHECK(rows.times().front().ns >= kThen - 60 * kMinute);
  CHECK(rows.times().front().ns <= kThen - 59 * kMinute);
  CHECK(rows.times().back().ns <= kThen);
  CHECK(Rows(data, "http_events", {kThen + 1, kThen + kMinute}).count == 0);
  CHECK(Rows(data, "http_events", {}, kThen - 1000LL * 86400 * kSecond).count == 0);
}

TEST_CASE("what is wrong with the options of the demo is said") {
  const auto [text, message] = GENERATE(table<std::string, std::string>(
      {{"demo,speed=1", "--local=demo has no option 'speed'"},
       {"demo,seed=x", "--local=demo: seed cannot be 'x': it is a whole number"},
       {"demo,seed=-1", "--local=demo: seed cannot be '-1': it is a whole number"},
       {"demo,hours=0", "--local=demo: hours cannot be '0': it is a number above 0, up to a year"},
       {"demo,scale", "--local=demo: scale cannot be '': it is a number above 0, up to 10000"}}));
  const Result<DataSet> data = open_data_set(text);
  REQUIRE_FALSE(data.ok());
  CHECK(data.status().code() == Code::kUsage);
  CHECK(data.status().message() == message);
}

/// The number behind `key` in a JSON text.
int64_t number_in(std::string_view json, std::string_view key) {
  const size_t at = json.find(key);
  REQUIRE(at != std::string_view::npos);
  return std::stoll(std::string(json.substr(at + key.size(), 20)));
}

/// What a row of http_events tells of a request, from either side.
using Told = std::tuple<std::string, int64_t, std::string, int64_t, std::string, std::string,
                        std::string, int64_t>;

TEST_CASE("a request looks the same from both of its sides") {
  const DataSet data = demo();
  const Rows rows(data, "http_events", before(5 * kMinute));
  std::multimap<Told, size_t> sides[2];
  const auto& roles = rows.numbers("trace_role");
  for (size_t i = 0; i < rows.count; ++i) {
    const bool server = roles[i] == 2;
    const char* client_end = server ? "remote" : "local";
    const char* server_end = server ? "local" : "remote";
    const auto text = [&](const std::string& name) { return std::string(rows.texts(name)[i]); };
    const auto number = [&](const std::string& name) { return rows.numbers(name)[i]; };
    sides[server].emplace(
        Told{text(client_end + std::string("_addr")), number(client_end + std::string("_port")),
             text(server_end + std::string("_addr")), number(server_end + std::string("_port")),
             text("req_path"), text("req_body"), text("resp_body"), number("resp_status")},
        i);
  }
  size_t lonely = 0;
  for (const auto& [told, row] : sides[0]) {
    if (rows.texts("remote_addr")[row] == kProvider) continue;  // elsewhere, where nobody traces
    const auto found = sides[1].find(told);
    if (found == sides[1].end()) {
      ++lonely;  // its server saw it before the window began
      continue;
    }
    sides[1].erase(found);
  }
  CHECK(sides[0].size() > 2000);
  CHECK(lonely < 5);
  // Only nodes, which ask for health, are not traced themselves.
  for (const auto& [told, row] : sides[1]) {
    const bool end = rows.times()[row].ns > kThen - 5 * kSecond;
    if (!end) CHECK(std::get<4>(told) == "/healthz");
  }
}

/// The trace that a request of http_events is part of.
std::string_view trace_of(const Rows& requests, size_t row) {
  constexpr std::string_view kKey = "\"traceparent\":\"00-";
  const std::string_view headers = requests.texts("req_headers")[row];
  const size_t at = headers.find(kKey);
  REQUIRE(at != std::string_view::npos);
  return headers.substr(at + kKey.size(), 32);
}

TEST_CASE("what leaves the cluster is read at its client, and its answer is passed on") {
  const DataSet data = demo();
  // Whole ten minutes, so that those are among them in which payments fail.
  const Rows requests(data, "http_events", before(10 * kMinute));
  std::map<std::string_view, int64_t> answers;  // of the provider, by trace
  size_t refused = 0;
  size_t passed_on = 0;
  for (size_t i = 0; i < requests.count; ++i) {
    const int64_t status = requests.numbers("resp_status")[i];
    const bool away = requests.texts("remote_addr")[i] == kProvider;
    CHECK((requests.get<BooleanColumn>("encrypted")[i] != 0) == away);
    if (away) {
      CHECK(requests.numbers("trace_role")[i] == 1);
      CHECK(answers.emplace(trace_of(requests, i), status).second);
      refused += status == 429 ? 1 : 0;
    }
    // The charge that the provider was asked for ends later, in the same trace.
    if (requests.texts("req_path")[i] != "/charge") continue;
    const auto answer = answers.find(trace_of(requests, i));
    if (answer == answers.end()) continue;  // given before the window
    CHECK(status == (answer->second == 429 ? 503 : 200));
    ++passed_on;
  }
  CHECK(answers.size() > 150);
  CHECK(refused > 30);
  CHECK(passed_on > answers.size());  // seen by checkout and by payment
  const Rows connections(data, "conn_stats", before(kMinute));
  for (size_t i = 0; i < connections.count; ++i) {
    const bool away = connections.texts("remote_addr")[i] == kProvider;
    CHECK((connections.get<BooleanColumn>("ssl")[i] != 0) == away);
  }
}

TEST_CASE("a message of AMQP is announced with its size right behind its method") {
  const DataSet data = demo();
  const Rows rows(data, "amqp_events", before(5 * kMinute));
  int64_t published = 0;
  int64_t announced = 0;
  for (size_t i = 0; i < rows.count; ++i) {
    if (rows.numbers("trace_role")[i] != 2) continue;
    if (rows.numbers("req_method_id")[i] == 40) ++published;
    if (rows.numbers("frame_type")[i] != 2) continue;
    ++announced;
    CHECK(number_in(rows.texts("req_msg")[i], "\"body_size\":") > 0);
  }
  CHECK(published > 20);
  CHECK(std::abs(published - announced) <= 1);
}

TEST_CASE("processes and addresses of all tables belong to pods that the cluster knows") {
  const DataSet data = demo();
  const auto state = data.cluster(kThen);
  for (const std::string_view view : catalogue_names()) {
    const std::string name(view);
    if (name == "network_stats" || name == "stirling_error" || name == "probe_status") continue;
    INFO(name);
    const Rows rows(data, name, before(12 * kMinute));
    std::set<Uint128> upids(rows.get<Uint128Column>("upid").begin(),
                            rows.get<Uint128Column>("upid").end());
    for (const Uint128& upid : upids) {
      const Process* process = state->process(upid);
      REQUIRE(process != nullptr);
      CHECK(state->pod_of(*process) != nullptr);
      CHECK(upid.high >> 32 == state->node_of(*state->pod_of(*process)).asid);
    }
    if (data.tables.find(name)->relation().at(2).name != "remote_addr") continue;
    const auto& locals = rows.texts("remote_addr");
    for (const std::string_view ip : std::set<std::string_view>(locals.begin(), locals.end())) {
      INFO(ip);
      const bool outside = ip.starts_with("192.168.10.") || ip == "203.0.113.40";
      CHECK((outside || state->pod_by_ip(ip) != nullptr));
    }
  }
}

TEST_CASE("local addresses are those of the process's pod") {
  const DataSet data = demo();
  const auto state = data.cluster(kThen);
  const Rows rows(data, "pgsql_events", before(kMinute));
  for (size_t i = 0; i < rows.count; ++i) {
    const Process* process = state->process(rows.get<Uint128Column>("upid")[i]);
    CHECK(state->pod_of(*process)->ip == rows.texts("local_addr")[i]);
  }
}

/// Whether a counter never falls within rows of the same process or pod and peer.
template <typename Key>
void check_grows(const Rows& rows, std::string_view name, const Key& key_of) {
  INFO(name);
  std::map<decltype(key_of(size_t{0})), int64_t> last;
  size_t falls = 0;
  size_t grown = 0;
  for (size_t i = 0; i < rows.count; ++i) {
    const int64_t value = rows.numbers(name)[i];
    const auto [entry, is_new] = last.try_emplace(key_of(i), value);
    if (value < entry->second) ++falls;
    if (value > entry->second) ++grown;
    entry->second = value;
  }
  CHECK(falls == 0);
  CHECK(grown > 0);
}

TEST_CASE("counters only grow") {
  const DataSet data = demo();
  const Rows processes(data, "process_stats", before(12 * kMinute));
  for (const char* name : {"minor_faults", "cpu_utime_ns", "cpu_ktime_ns", "rchar_bytes",
                           "wchar_bytes", "read_bytes", "write_bytes"}) {
    check_grows(processes, name, [&](size_t i) { return processes.get<Uint128Column>("upid")[i]; });
  }
  const Rows network(data, "network_stats", before(3 * kMinute));
  for (const char* name : {"rx_bytes", "rx_packets", "tx_bytes", "tx_packets"}) {
    check_grows(network, name, [&](size_t i) { return network.texts("pod_id")[i]; });
  }
  const Rows connections(data, "conn_stats", before(12 * kMinute));
  for (const char* name : {"conn_open", "conn_close", "bytes_sent", "bytes_recv"}) {
    check_grows(connections, name, [&](size_t i) {
      return std::tuple(connections.get<Uint128Column>("upid")[i],
                        connections.texts("remote_addr")[i], connections.numbers("remote_port")[i],
                        connections.numbers("trace_role")[i], connections.numbers("protocol")[i]);
    });
  }
  const Rows java(data, "jvm_stats", before(12 * kMinute));
  for (const char* name : {"young_gc_time", "full_gc_time"}) {
    check_grows(java, name, [&](size_t i) { return java.get<Uint128Column>("upid")[i]; });
  }
}

TEST_CASE("connections and requests tell one story") {
  const DataSet data = demo();
  const TimeWindow window{kThen - 11 * kMinute - kThen % (5 * kSecond), kThen - kMinute};
  const Rows connections(data, "conn_stats", window);
  const Rows requests(data, "http_events", window);
  // The bytes that a cart's pod was sent as a server, by client.
  const auto state = data.cluster(kThen);
  const auto is_cart = [&](const Rows& rows, size_t i) {
    const Process* process = state->process(rows.get<Uint128Column>("upid")[i]);
    return state->pod_of(*process)->name.starts_with("shop/cart");
  };
  std::map<std::pair<Uint128, std::string_view>, std::pair<int64_t, int64_t>> range;
  for (size_t i = 0; i < connections.count; ++i) {
    if (connections.numbers("trace_role")[i] != 2 || !is_cart(connections, i)) continue;
    const int64_t sent = connections.numbers("bytes_sent")[i];
    const auto key =
        std::pair(connections.get<Uint128Column>("upid")[i], connections.texts("remote_addr")[i]);
    const auto [entry, is_new] = range.try_emplace(key, sent, sent);
    entry->second.second = sent;
  }
  int64_t moved = 0;
  for (const auto& [key, values] : range) moved += values.second - values.first;
  int64_t bodies = 0;
  int64_t count = 0;
  for (size_t i = 0; i < requests.count; ++i) {
    if (requests.numbers("trace_role")[i] != 2 || !is_cart(requests, i)) continue;
    bodies += requests.numbers("resp_body_size")[i];
    ++count;
  }
  // 150 bytes of headers a response; the last sample is up to five seconds before the end.
  const auto expected = static_cast<double>(bodies + 150 * count);
  CHECK(static_cast<double>(moved) > 0.95 * expected);
  CHECK(static_cast<double>(moved) < 1.05 * expected);
}

TEST_CASE("the consumer of orders takes each up once, and falls behind until it is new") {
  const DataSet data = demo();
  const Rows rows(data, "kafka_events.beta", before(12 * kMinute));
  std::map<std::pair<int64_t, int64_t>, int64_t> produced;
  std::vector<std::pair<int64_t, int64_t>> delays;  // when fetched, how long after
  for (size_t i = 0; i < rows.count; ++i) {
    if (rows.numbers("trace_role")[i] != 2) continue;
    const bool fetch = rows.numbers("req_cmd")[i] == 1;
    const std::string_view text = rows.texts(fetch ? "req_body" : "resp")[i];
    const std::pair key{number_in(text, "\"index\":"),
                        number_in(text, fetch ? "\"fetch_offset\":" : "\"base_offset\":")};
    const int64_t time = rows.times()[i].ns;
    if (!fetch) {
      CHECK(produced.emplace(key, time).second);
      continue;
    }
    const auto order = produced.find(key);
    if (order == produced.end()) continue;  // placed before the window
    delays.emplace_back(time, time - order->second);
    produced.erase(order);
  }
  REQUIRE(delays.size() > 100);
  for (const auto& [time, delay] : delays) {
    CHECK(delay > kSecond);
    CHECK(delay < 60 * kSecond);
  }
  // What is fetched just before the crash waited longer than what is fetched two minutes after it.
  const int64_t crash = Rows(data, "proc_exit_events", before(12 * kMinute)).times().back().ns;
  int64_t longest_before = 0;
  int64_t longest_after = 0;
  for (const auto& [time, delay] : delays) {
    if (time < crash && time > crash - kMinute) longest_before = std::max(longest_before, delay);
    if (time > crash + 2 * kMinute && time < crash + 3 * kMinute) {
      longest_after = std::max(longest_after, delay);
    }
  }
  CHECK(longest_before > 25 * kSecond);
  CHECK(longest_after > 0);
  CHECK(longest_after < 8 * kSecond);
}

TEST_CASE("the pod that leaks is killed, comes back as another process, and is known as both") {
  const DataSet data = demo();
  const Rows exits(data, "proc_exit_events", before(25 * kMinute));
  REQUIRE(exits.count >= 2);
  const auto state = data.cluster(kThen);
  const Process* ended = state->process(exits.get<Uint128Column>("upid")[0]);
  REQUIRE(ended != nullptr);
  CHECK(ended->life.is_over());
  CHECK(state->pod_of(*ended)->name.starts_with("shop/shipping-"));
  CHECK(state->container_of(*ended)->reason == "OOMKilled");
  CHECK(exits.get<Uint128Column>("upid")[0] != exits.get<Uint128Column>("upid")[1]);
  const auto away = data.cluster(exits.times()[0].ns + 5 * kSecond);
  CHECK_FALSE(away->pod_by_name(state->pod_of(*ended)->name)->is_ready);
}

}  // namespace
}  // namespace pxq::local::test
