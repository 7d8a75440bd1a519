#include "local/data/demo/events.h"

#include <fmt/format.h>

#include <algorithm>
#include <queue>
#include <utility>
#include <vector>

#include "local/data/catalogue.h"
#include "local/data/demo/content.h"
#include "local/data/demo/dice.h"
#include "local/data/demo/row_writer.h"

namespace pxq::local::demo {
namespace {

constexpr std::string_view kProviderIp = "203.0.113.40";
constexpr int64_t kProviderPort = 443;

/// A row to be: one side of a call.
struct Side {
  Call call;
  bool is_server;

  int64_t time_ns() const { return is_server ? call.end_ns : call.client_end_ns(); }
  int64_t latency_ns() const {
    return is_server ? call.end_ns - call.start_ns : call.client_latency_ns();
  }
  size_t pod() const { return is_server ? call.server : call.client; }
  /// The order of rows: by time, and always the same where times agree.
  bool operator>(const Side& other) const {
    const auto key = [](const Side& side) {
      return std::tuple(side.time_ns(), side.call.visit, side.call.number, side.is_server);
    };
    return key(*this) > key(other);
  }
};

/// Writes the row of one side.
class SideWriter {
 public:
  SideWriter(const World& world, RowWriter& rows) : world_(world), rows_(rows) {}

  void begin(const Side& side) {
    side_ = &side;
    const uint64_t order = world_.journeys.orders_before(side.call.visit);
    const Op op = side.call.step->op;
    // A review has no order; which one of a product's it is takes its place.
    deal_ = deal_of(world_.shop.seed(), side.call.visit,
                    op == Op::kSelectReview ? side.call.number : order);
  }

  enum class Shape { kFull, kNoEncryption, kNoLocal };

  /// The columns that traced tables begin with.
  void connection(Shape shape = Shape::kFull, bool encrypted = false) {
    const Call& call = side_->call;
    const ShopPod& own = world_.shop.pods()[side_->pod()];
    const bool server = side_->is_server;
    rows_.add(Time64{side_->time_ns()}).add(world_.shop.upid(own, side_->time_ns()));
    rows_.add(server ? client_ip(call) : server_ip(call));
    rows_.add(server ? client_port(call) : server_port(call));
    if (shape != Shape::kNoLocal) {
      rows_.add(std::string_view(own.ip)).add(server ? server_port(call) : client_port(call));
    }
    rows_.add(server ? kServerRole : kClientRole);
    if (shape == Shape::kFull) rows_.add(static_cast<uint8_t>(encrypted));
  }

  void latency() { rows_.add(side_->latency_ns()); }
  /// Ends the row with its latency if nobody wants what comes before it.
  bool ends_with_latency() {
    if (!rows_.skip_to_last()) return false;
    latency();
    return true;
  }

  HttpContent http() const { return http_content(op(), deal_, side_->call.failed); }
  Exchange other() const { return exchange(op(), deal_, answer_ip()); }
  Op op() const { return side_->call.step->op; }
  const Side& side() const { return *side_; }
  RowWriter& rows() { return rows_; }

 private:
  std::string_view client_ip(const Call& call) const {
    if (call.client != Call::kNobody) return world_.shop.pods()[call.client].ip;
    return world_.shop.nodes()[world_.shop.pods()[call.server].node].ip;
  }
  std::string_view server_ip(const Call& call) const {
    return call.server == Call::kNobody ? kProviderIp
                                        : std::string_view(world_.shop.pods()[call.server].ip);
  }
  static int64_t server_port(const Call& call) {
    return call.server == Call::kNobody ? kProviderPort : card(call.step->server).port;
  }
  int64_t client_port(const Call& call) const {
    const uint64_t thrown =
        dice(world_.shop.seed(), 60, call.client, call.server, call.visit % kRound % 4);
    return 30000 + static_cast<int64_t>(thrown % 30000);
  }
  std::string_view answer_ip() const {
    if (op() == Op::kResolveProvider) return kProviderIp;
    return world_.shop.pods()[world_.shop.pod(Tier::kCatalog, 0)].ip;
  }

  const World& world_;
  RowWriter& rows_;
  const Side* side_ = nullptr;
  Deal deal_;
};

int64_t size_of(const std::string& text) { return static_cast<int64_t>(text.size()); }

std::string_view host_of(const Step& step) {
  return step.server == Tier::kProvider ? "api.payments.example.com" : card(step.server).name;
}

/// The trace that all calls of a visit are part of, and the call's own span, as W3C writes them.
std::string trace_parent(const Call& call) {
  const uint64_t trace = scramble(call.visit);
  return fmt::format("00-{:016x}{:016x}-{:016x}-01", scramble(trace), trace,
                     dice(trace, call.number));
}

void write_http(SideWriter& writer) {
  const Step& step = *writer.side().call.step;
  const bool grpc = step.protocol == Protocol::kGrpc;
  // What leaves the cluster does so through TLS, and is read before it is encrypted.
  writer.connection(SideWriter::Shape::kFull, step.server == Tier::kProvider);
  if (writer.ends_with_latency()) return;
  const HttpContent content = writer.http();
  RowWriter& rows = writer.rows();
  rows.add(int64_t{grpc ? 2 : 1}).add(int64_t{grpc ? 0 : 1});
  const bool json = content.type == "application/json";
  rows.add(int64_t{grpc ? 2 : json ? 1 : 0});
  rows.text([&] {
    return fmt::format(R"({{"Accept":"{}","Host":"{}","User-Agent":"{}","X-Request-Id":"{:016x}",)"
                       R"("traceparent":"{}"}})",
                       content.type, host_of(step), card(Tier::kLoad).name,
                       scramble(writer.side().call.visit), trace_parent(writer.side().call));
  });
  rows.add(content.method).text([&] { return content.path; });
  rows.text([&] { return content.request; }).add(size_of(content.request));
  rows.text([&] {
    return fmt::format(R"({{"Content-Length":"{}","Content-Type":"{}"{}}})",
                       content.response.size(), content.type, grpc ? R"(,"grpc-status":"0")" : "");
  });
  rows.add(content.status).add(content.message);
  rows.text([&] { return content.response; }).add(size_of(content.response));
  writer.latency();
}

void write_http2(SideWriter& writer) {
  const HttpContent content = writer.http();
  const auto stream = static_cast<int64_t>(1 + writer.side().call.visit % 5000 * 2);
  for (const bool request : {true, false}) {
    writer.connection(SideWriter::Shape::kNoLocal);
    const std::string& body = request ? content.request : content.response;
    writer.rows().add(stream).text([&] {
      return request
                 ? fmt::format(R"({{":method":"POST",":path":"{}","te":"trailers"}})", content.path)
                 : std::string(R"({":status":"200","grpc-status":"0"})");
    });
    writer.rows().text([&] { return body; }).add(size_of(body));
  }
}

void write_mysql(SideWriter& writer) {
  writer.connection();
  if (writer.ends_with_latency()) return;
  const Exchange both = writer.other();
  writer.rows().add(int64_t{writer.op() == Op::kInsertOrder ? 0x03 : 0x17});
  writer.rows().text([&] { return both.request; }).add(int64_t{2});
  writer.rows().text([&] { return both.response; });
  writer.latency();
}

/// Three texts: a command, a request and an answer.
void write_texts(SideWriter& writer) {
  writer.connection();
  const Exchange both = writer.other();
  writer.rows().add(both.command).text([&] { return both.request; });
  writer.rows().text([&] { return both.response; });
  if (writer.side().call.step->protocol != Protocol::kNats) writer.latency();
}

void write_cql(SideWriter& writer) {
  writer.connection();
  if (writer.ends_with_latency()) return;
  const Exchange both = writer.other();
  writer.rows().add(int64_t{7}).text([&] { return both.request; });
  writer.rows().add(int64_t{8}).text([&] { return both.response; });
  writer.latency();
}

void write_mongo(SideWriter& writer) {
  writer.connection();
  if (writer.ends_with_latency()) return;
  const Exchange both = writer.other();
  writer.rows().add(both.command).text([&] { return both.request; });
  writer.rows().add(std::string_view("ok: {$numberDouble: 1.0}"));
  writer.rows().text([&] { return both.response; });
  writer.latency();
}

void write_kafka(SideWriter& writer) {
  writer.connection();
  if (writer.ends_with_latency()) return;
  const Exchange both = writer.other();
  writer.rows().add(int64_t{writer.op() == Op::kProduce ? 0 : 1}).add(both.command);
  writer.rows().text([&] { return both.request; }).text([&] { return both.response; });
  writer.latency();
}

void write_amqp(SideWriter& writer) {
  constexpr int64_t kMethodFrame = 1;
  constexpr int64_t kContentHeaderFrame = 2;
  constexpr int64_t kBasic = 60;
  writer.connection();
  if (writer.ends_with_latency()) return;
  const Exchange both = writer.other();
  const bool header = writer.op() == Op::kContentHeader;
  const bool publish = header || writer.op() == Op::kPublish;
  writer.rows().add(header ? kContentHeaderFrame : kMethodFrame).add(int64_t{1});
  writer.rows().add(publish ? kBasic : 0).add(int64_t{publish && !header ? 40 : 0});
  writer.rows().add(publish ? 0 : kBasic).add(int64_t{publish ? 0 : 60});
  writer.rows().text([&] { return both.request; }).text([&] { return both.response; });
  writer.latency();
}

void write_mux(SideWriter& writer) {
  writer.connection();
  writer.rows().add(int64_t{2});  // a request to be dispatched
  writer.latency();
}

void write_dns(SideWriter& writer) {
  writer.connection();
  if (writer.ends_with_latency()) return;
  const Exchange both = writer.other();
  const auto number = writer.side().call.visit % 65536;
  const bool failed = writer.side().call.failed;
  const auto header = [number](int answer, int rcode, int answers) {
    return fmt::format(
        R"({{"txid":{},"qr":{},"opcode":0,"aa":0,"tc":0,"rd":1,"ra":{},"ad":0,"cd":0,"rcode":{},)"
        R"("num_queries":1,"num_answers":{},"num_auth":0,"num_addl":0}})",
        number, answer, answer, rcode, answers);
  };
  writer.rows().text([&] { return header(0, 0, 0); }).text([&] { return both.request; });
  writer.rows().text([&] { return header(1, failed ? 3 : 0, failed ? 0 : 1); });
  writer.rows().text([&] { return both.response; });
  writer.latency();
}

void write_tls(SideWriter& writer) {
  writer.connection(SideWriter::Shape::kNoEncryption);
  const Exchange both = writer.other();
  writer.rows().add(int64_t{22});  // a handshake
  writer.rows().text([&] { return both.request; }).text([&] { return both.response; });
  writer.latency();
}

/// A table and what is in it.
struct EventKind {
  std::string_view table;
  std::vector<Protocol> protocols;
  void (*write)(SideWriter& writer);
};

const std::vector<EventKind>& kinds() {
  using P = Protocol;
  static const std::vector<EventKind> kKinds = {
      {"http_events", {P::kHttp, P::kGrpc}, write_http},
      {"http2_messages.beta", {P::kGrpc}, write_http2},
      {"mysql_events", {P::kMysql}, write_mysql},
      {"pgsql_events", {P::kPgsql}, write_texts},
      {"redis_events", {P::kRedis}, write_texts},
      {"cql_events", {P::kCql}, write_cql},
      {"mongodb_events", {P::kMongo}, write_mongo},
      {"kafka_events.beta", {P::kKafka}, write_kafka},
      {"amqp_events", {P::kAmqp}, write_amqp},
      {"nats_events.beta", {P::kNats}, write_texts},
      {"mux_events", {P::kMux}, write_mux},
      {"dns_events", {P::kDns}, write_dns},
      {"tls_events", {P::kTls}, write_tls},
  };
  return kKinds;
}

class EventTable final : public TableSource {
 public:
  EventTable(const EventKind& kind, WorldPtr world) : kind_(kind), world_(std::move(world)) {
    for (const Visit visit : {Visit::kHome, Visit::kProduct, Visit::kAdd, Visit::kSearch,
                              Visit::kCheckout, Visit::kHealth}) {
      bool some = false;
      for (const Step& step : Journeys::steps(visit)) {
        if (!is_ours(step)) continue;
        some = true;
        if (step.parent == kLater) longest_ = Journeys::kLongestLater;
      }
      visits_.push_back(some);
    }
  }

  std::string_view name() const override { return kind_.table; }
  std::string_view description() const override { return catalogue_description(kind_.table); }
  const std::vector<ColumnInfo>& relation() const override {
    return catalogue_relation(kind_.table);
  }

  Status scan(const ScanRequest& request, RowReceiver& receiver) const override;

 private:
  using Waiting = std::priority_queue<Side, std::vector<Side>, std::greater<>>;

  bool is_ours(const Step& step) const {
    return std::ranges::find(kind_.protocols, step.protocol) != kind_.protocols.end();
  }

  void add_sides(uint64_t visit, std::vector<Call>& calls, const TimeWindow& window,
                 Waiting& waiting) const;

  const EventKind& kind_;  // lives for ever
  const WorldPtr world_;
  std::vector<bool> visits_;  // by Visit: whether such a visit has rows here
  int64_t longest_ = Journeys::kLongest;
};

void EventTable::add_sides(uint64_t visit, std::vector<Call>& calls, const TimeWindow& window,
                           Waiting& waiting) const {
  world_->journeys.expand(visit, calls);
  for (const Call& call : calls) {
    if (!is_ours(*call.step)) continue;
    for (const bool server : {true, false}) {
      Side side{call, server};
      if (side.pod() != Call::kNobody && window.contains(side.time_ns())) {
        waiting.push(std::move(side));
      }
    }
  }
}

Status EventTable::scan(const ScanRequest& request, RowReceiver& receiver) const {
  const TimeWindow window = world_->window(request);
  if (window.start_ns > window.end_ns) return {};
  RowWriter rows(relation(), request, receiver);
  SideWriter writer(*world_, rows);
  Waiting waiting;
  std::vector<Call> calls;
  const auto write_before = [&](int64_t time_ns) {
    while (!waiting.empty() && waiting.top().time_ns() < time_ns && rows.wanted()) {
      writer.begin(waiting.top());
      kind_.write(writer);
      waiting.pop();
    }
  };
  const Arrivals& arrivals = world_->journeys.arrivals();
  // A visit that began so much earlier may still make calls within the window.
  for (uint64_t visit = arrivals.count_before(window.start_ns - longest_); rows.wanted(); ++visit) {
    const int64_t begins = arrivals.time_of(visit);
    if (begins > window.end_ns) break;
    // What ended before this visit began cannot be overtaken any more: rows come in the order of
    // time.
    write_before(begins);
    if (!visits_[static_cast<size_t>(world_->journeys.kind(visit))]) continue;
    add_sides(visit, calls, window, waiting);
  }
  write_before(std::numeric_limits<int64_t>::max());
  rows.finish();
  return {};
}

}  // namespace

void add_event_tables(TableSet& tables, const WorldPtr& world) {
  for (const EventKind& kind : kinds()) tables.add(std::make_unique<EventTable>(kind, world));
}

}  // namespace pxq::local::demo
