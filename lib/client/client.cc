#include "client/client.h"

#include <fmt/format.h>

#include <map>

#include "base/wall_clock.h"
#include "local/server/server.h"
#include "script/preparation.h"
#include "script/row_cap.h"
#include "sink/capped.h"
#include "text/byte_order_mark.h"
#include "wire/cluster.h"
#include "wire/credentials.h"
#include "wire/endpoint.h"
#include "wire/envelope.h"
#include "wire/script_call.h"

namespace pxq::client {
namespace {

constexpr std::string_view kSource = "<query>";  // how messages name the script

wire::TimeLimits time_limits(const Limits& limits) {
  wire::TimeLimits made;
  made.connect = std::chrono::duration_cast<Duration>(limits.connect);
  made.idle = std::chrono::duration_cast<Duration>(limits.idle);
  made.total = std::chrono::duration_cast<Duration>(limits.total);
  return made;
}

wire::Credentials::Kind key_kind(const Target& target, std::string_view key) {
  if (target.kind == Target::Kind::kDirect) return wire::Credentials::Kind::kDirect;
  return wire::is_web_token(key) ? wire::Credentials::Kind::kBearer
                                 : wire::Credentials::Kind::kApiKey;
}

Result<wire::Endpoint> endpoint_of(const Target& target) {
  const bool cloud = target.kind == Target::Kind::kCloud;
  Result<wire::Endpoint> endpoint = wire::parse_endpoint(target.address, cloud ? "443" : "");
  if (!endpoint.ok()) return endpoint;
  endpoint->plaintext = target.plaintext;
  endpoint->tls = {target.ca_file, target.server_name};
  if (!target.key.empty() && target.plaintext && !endpoint->is_loopback()) {
    return Status(Code::kUsage,
                  fmt::format("a key is not sent to {} in plain text", endpoint->text()));
  }
  return endpoint;
}

Result<wire::Peer> open_peer(const Target& target, const Limits& limits) {
  Result<wire::Endpoint> endpoint = endpoint_of(target);
  if (!endpoint.ok()) return endpoint.status();
  auto channel = wire::make_channel(*endpoint, limits.message_bytes);
  if (!channel.ok()) return channel.status();
  wire::Peer peer{*std::move(channel), endpoint->text(), {}};
  if (target.key.empty()) return peer;
  Result<Secret> key = wire::check_key(target.key, "the key");
  if (!key.ok()) return key.status();
  const wire::Credentials::Kind kind = key_kind(target, key->reveal());
  peer.metadata = wire::metadata_of({*std::move(key), kind, "the key"});
  return peer;
}

ClusterInfo info_of(const wire::Cluster& cluster) {
  return {.id = cluster.id,
          .name = cluster.title(),
          .state = wire::cluster_state_name(cluster.state),
          .usable = wire::check_health(cluster, {}).ok(),
          .vizier_version = cluster.vizier_version};
}

/// Keeps all that comes, up to a bound.
class Collector final : public ResultSink {
 public:
  explicit Collector(size_t max_bytes) : max_bytes_(max_bytes) {}

  void begin(const Schema& schema) override {
    places_.emplace(&schema, tables_.size());
    tables_.push_back({schema, {}});
  }

  void rows(const Schema& schema, const RowBatch& batch) override {
    bytes_ += bytes_of(batch);
    if (bytes_ > max_bytes_ && status_.ok()) {
      status_ = {Code::kLimit, fmt::format("the rows take more than {} bytes", max_bytes_),
                 "ask for less, or take the rows as they come with Client::run"};
    }
    if (status_.ok()) tables_[places_.at(&schema)].batches.push_back(batch);
  }

  void end(const Summary& /*summary*/) override {}

  const Status& status() const override { return status_; }

  std::vector<Table> take() { return std::move(tables_); }

 private:
  static size_t bytes_of(const RowBatch& batch) {
    size_t bytes = 0;
    for (const Column& column : batch.columns) {
      bytes +=
          std::visit([](const auto& values) { return values.size() * sizeof(values[0]); }, column);
      if (const auto* texts = std::get_if<StringColumn>(&column)) {
        for (const std::string_view text : *texts) bytes += text.size();
      }
    }
    return bytes;
  }

  const size_t max_bytes_;
  size_t bytes_ = 0;
  std::vector<Table> tables_;
  std::map<const Schema*, size_t> places_;
  Status status_;
};

Result<ScriptRequest> request_for(const Query& query) {
  Script script;
  script.text = without_byte_order_mark(query.text);
  script.source = kSource;
  if (!query.vis.empty()) {
    Result<Vis> vis = parse_vis(query.vis, "the vis.json of the query");
    if (!vis.ok()) return vis.status();
    script.vis = *std::move(vis);
  }
  Preparation asked;
  asked.function = query.function;
  asked.allow_mutation = query.allow_probes;
  asked.max_rows = query.max_rows;
  asked.time.now_ns = wall_clock_ns();
  for (const auto& [name, value] : query.arguments) {
    asked.argument_flags.push_back(name + '=' + value);
  }
  return prepare_request(script, asked);
}

// The sink hears of the end also where nothing was asked of a server.
Summary refused(Status why, ResultSink& sink) {
  Summary summary;
  summary.status = std::move(why);
  sink.end(summary);
  return summary;
}

}  // namespace

struct Client::State {
  std::unique_ptr<local::Server> local;
  wire::Peer peer;
  wire::RunOptions run;
  bool encrypted = false;
  std::string cluster_id;
  std::string cluster;
};

Target Target::cloud(std::string address, std::string api_key, std::string cluster) {
  Target target;
  target.kind = Kind::kCloud;
  target.address = std::move(address);
  target.key = std::move(api_key);
  target.cluster = std::move(cluster);
  target.encrypted = true;
  return target;
}

Target Target::direct(std::string address, std::string key) {
  Target target;
  target.kind = Kind::kDirect;
  target.address = std::move(address);
  target.key = std::move(key);
  return target;
}

Target Target::local(std::string data) {
  Target target;
  target.address = std::move(data);
  return target;
}

size_t Table::rows() const {
  size_t count = 0;
  for (const RowBatch& batch : batches) count += batch.num_rows;
  return count;
}

Result<std::vector<ClusterInfo>> Client::clusters(const Target& cloud, const Limits& limits) {
  if (cloud.kind != Target::Kind::kCloud) {
    return Status(Code::kUsage, "only a cloud has a list of clusters");
  }
  const Result<wire::Peer> peer = open_peer(cloud, limits);
  if (!peer.ok()) return peer.status();
  wire::CallOptions options{.limits = time_limits(limits), .retry = {}, .stop = {}};
  options.retry.retries = limits.retries;
  const auto all = wire::list_clusters(*peer, options);
  if (!all.ok()) return all.status();
  std::vector<ClusterInfo> infos;
  for (const wire::Cluster& cluster : *all) infos.push_back(info_of(cluster));
  return infos;
}

Result<Client> Client::connect(const Target& target, const Limits& limits) {
  auto state = std::make_unique<State>();
  state->run.limits = time_limits(limits);
  state->run.retry.retries = limits.retries;
  state->encrypted = target.encrypted;
  if (target.kind == Target::Kind::kLocal) {
    Result<local::DataSet> data = local::open_data_set(target.address);
    if (!data.ok()) return data.status();
    auto server = local::Server::start(*std::move(data));
    if (!server.ok()) return server.status();
    state->local = *std::move(server);
    state->peer = {state->local->channel(), "the local Vizier", {}};
    return Client(std::move(state));
  }
  Result<wire::Peer> peer = open_peer(target, limits);
  if (!peer.ok()) return peer.status();
  state->peer = *std::move(peer);
  if (target.kind == Target::Kind::kCloud) {
    wire::CallOptions options{.limits = state->run.limits, .retry = state->run.retry, .stop = {}};
    const auto all = wire::list_clusters(state->peer, options);
    if (!all.ok()) return all.status();
    const auto cluster = wire::choose_cluster(*all, target.cluster);
    if (!cluster.ok()) return cluster.status();
    if (Status status = wire::check_health(*cluster, *all); !status.ok()) return status;
    state->cluster_id = cluster->id;
    state->cluster = cluster->title();
  }
  return Client(std::move(state));
}

Client::Client(std::unique_ptr<State> state) : state_(std::move(state)) {}
Client::Client(Client&& other) noexcept = default;
Client& Client::operator=(Client&& other) noexcept = default;
Client::~Client() = default;

Summary Client::run(const Query& query, ResultSink& sink, std::stop_token stop) {
  Result<ScriptRequest> request = request_for(query);
  if (!request.ok()) return refused(request.status(), sink);
  request->cluster_id = state_->cluster_id;
  wire::RunOptions options = state_->run;
  options.stop = std::move(stop);
  // A key of its own for each run, so that what one of them leaks opens no other.
  if (state_->encrypted) options.envelope = std::make_shared<wire::Envelope>();
  Summary summary = wire::run_script(state_->peer, *request, options, sink);
  summary.cluster = state_->cluster;
  mark_capped(row_cap(request->text), summary);
  return summary;
}

Collected Client::collect(const Query& query, size_t max_bytes, std::stop_token stop) {
  Collector collector(max_bytes);
  Collected result;
  result.summary = run(query, collector, std::move(stop));
  result.tables = collector.take();
  return result;
}

}  // namespace pxq::client
