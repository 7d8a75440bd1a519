#include <fmt/format.h>

#include <cmath>
#include <functional>
#include <optional>

#include "base/environment.h"
#include "cli/command.h"
#include "connect/connection.h"
#include "connect/probe.h"
#include "connect/server_time.h"
#include "options/talk_options.h"
#include "process/print.h"
#include "text/visible.h"
#include "wire/envelope.h"
#include "wire/proxy.h"
#include "wire/vizier_calls.h"

namespace pxq {
namespace {

// Every Vizier has this table.
constexpr std::string_view kOneRow =
    "import px\npx.display(px.DataFrame(table='process_stats', start_time='-1m').head(1))\n";

/// Takes rows and only counts them.
class CountingSink final : public ResultSink {
 public:
  void begin(const Schema&) override {}
  void rows(const Schema&, const RowBatch& batch) override { count_ += batch.num_rows; }
  void end(const Summary&) override {}
  uint64_t count() const { return count_; }

 private:
  uint64_t count_ = 0;
};

/// The examinations, each a line on stdout as soon as it is done; after the first failure no more.
class Examination {
 public:
  Examination(const TargetOptions& options, Context& context)
      : options_(options), context_(context) {}

  Status run() {
    check("configuration", [this] { return configuration(); });
    if (target_.kind == Target::Kind::kLocal) {
      check("local Vizier", [this] { return open(); });
    } else {
      check("key", [this] { return key(); });
      if (target_.endpoint.kind == wire::Endpoint::Kind::kTcp) {
        check("DNS", [this] { return dns(); });
      }
      check("connection", [this] { return tcp(); });
      check(target_.endpoint.plaintext ? "HTTP/2" : "TLS", [this] { return tls(); });
    }
    if (target_.kind == Target::Kind::kCloud) {
      check("clusters", [this] { return clusters(); });
      check("cluster", [this] { return cluster(); });
    }
    if (target_.kind != Target::Kind::kLocal) check("health", [this] { return health(); });
    check("script", [this] { return script(); });
    if (target_.kind != Target::Kind::kLocal) check("clock", [this] { return clock(); });
    return status_;
  }

 private:
  using Finding = Result<std::string>;  // what was found, or what is wrong

  void check(std::string_view name, const std::function<Finding()>& examine) {
    if (!status_.ok()) return;
    const TimePoint start = MonotonicClock::now();
    Finding finding = examine();
    const auto ms = std::chrono::duration<double, std::milli>(MonotonicClock::now() - start);
    const std::string& text = finding.ok() ? *finding : finding.status().message();
    const Status written =
        print(fmt::format("{:<5} {:<14} {:>6.0f} ms  {}\n", finding.ok() ? "ok" : "FAIL", name,
                          ms.count(), visible(text)));
    status_ = finding.ok() ? written : finding.status();
  }

  wire::CallOptions call_options() const { return connection_.call_options(); }

  Finding configuration() {
    Result<Settings> settings = Settings::gather(options_.given(), options_.profile);
    if (!settings.ok()) return settings.status();
    Result<Target> target = resolve_target(options_);
    if (!target.ok()) return target.status();
    target_ = *std::move(target);
    if (target_.kind != Target::Kind::kLocal) proxy_ = wire::proxy_for(target_.endpoint);
    const std::string file = settings->config_exists() ? settings->config_file() : "no config.toml";
    return settings->profile().empty() ? file
                                       : fmt::format("{}, profile {}", file, settings->profile());
  }

  Finding key() {
    if (target_.credentials.key.empty()) return std::string("none, the Vizier may not want one");
    return fmt::format("from {}", target_.credentials.origin);
  }

  // What is connected to first: the server, or the proxy that the environment puts before it.
  wire::Endpoint first_hop() const {
    wire::Endpoint hop = target_.endpoint;
    if (!proxy_) return hop;
    hop.host = proxy_->host;
    hop.port = proxy_->port;
    return hop;
  }

  std::string proxy_note() const {
    return proxy_ ? fmt::format(", the proxy of ${}", proxy_->variable) : std::string();
  }

  Finding dns() {
    if (proxy_ && proxy_->host.empty()) return unreadable_proxy();
    const std::string host = first_hop().host;
    Result<std::vector<std::string>> addresses =
        resolve_host(host, target_.limits.connect, context_.signals.token());
    if (!addresses.ok()) return with_note(addresses.status());
    addresses_ = *std::move(addresses);
    std::string all;
    for (const std::string& address : addresses_) all += (all.empty() ? "" : ", ") + address;
    return fmt::format("{} is {}{}", host, all, proxy_note());
  }

  Status unreadable_proxy() const {
    return {Code::kUsage, fmt::format("${} names no proxy", proxy_->variable),
            "in its password write / as %2F, ? as %3F and # as %23"};
  }

  Finding tcp() {
    Finding found =
        probe_tcp(first_hop(), addresses_, target_.limits.connect, context_.signals.token());
    return found.ok() ? Finding(*found + proxy_note()) : Finding(with_note(found.status()));
  }

  Status with_note(const Status& status) const {
    return Status(status.code(), status.message() + proxy_note(), status.hint())
        .with_retryable(status.retryable());
  }

  // Any answer, a refusal too, proves that gRPC is spoken on the way.
  Finding tls() {
    Result<Connection> opened = open_cloud(target_, context_);
    if (!opened.ok()) return opened.status();
    connection_ = *std::move(opened);
    if (target_.encrypt) {
      connection_.run.envelope = std::make_shared<wire::Envelope>(target_.key_choice);
    }
    const Status status = target_.kind == Target::Kind::kCloud
                              ? wire::list_clusters(connection_.peer, call_options()).status()
                              : wire::check_vizier_health(connection_.peer, {}, call_options());
    if (status.code() == Code::kConnect || status.code() == Code::kInterrupted) return status;
    if (target_.endpoint.plaintext) return std::string("gRPC in plain text");
    return "gRPC over TLS" + roots_note();
  }

  // gRPC itself hears this variable, which a user may not know to be set.
  std::string roots_note() const {
    constexpr const char* kRoots = "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH";
    if (!target_.endpoint.tls.ca_file.empty()) {
      return fmt::format(", trusting {}", target_.endpoint.tls.ca_file);
    }
    const std::string file = environment(kRoots);
    return file.empty() ? std::string() : fmt::format(", trusting {} of ${}", file, kRoots);
  }

  Finding clusters() {
    Result<std::vector<wire::Cluster>> all = wire::list_clusters(connection_.peer, call_options());
    if (!all.ok()) return all.status();
    clusters_ = *std::move(all);
    return fmt::format("{} known with this key", clusters_.size());
  }

  Finding cluster() {
    Result<wire::Cluster> chosen = wire::choose_cluster(clusters_, target_.cluster);
    if (!chosen.ok()) return chosen.status();
    connection_.cluster_id = chosen->id;
    if (Status status = wire::check_health(*chosen, clusters_); !status.ok()) return status;
    return fmt::format("{} ({}) is {}, Vizier {}", chosen->title(), chosen->id,
                       wire::cluster_state_name(chosen->state), chosen->vizier_version);
  }

  Finding health() {
    Status status =
        wire::check_vizier_health(connection_.peer, connection_.cluster_id, call_options());
    return status.ok() ? Finding("the Vizier is healthy") : Finding(std::move(status));
  }

  Finding open() {
    Result<Connection> opened = open_connection(options_, context_);
    if (!opened.ok()) return opened.status();
    connection_ = *std::move(opened);
    return std::string("started");
  }

  Finding script() {
    ScriptRequest request;
    request.text = kOneRow;
    request.source = "<doctor>";
    request.cluster_id = connection_.cluster_id;
    CountingSink sink;
    const Summary summary = wire::run_script(connection_.peer, request, connection_.run, sink);
    if (!summary.status.ok()) return summary.status;
    return fmt::format("{} of process_stats{}", sink.count() == 1 ? "one row" : "no row",
                       target_.encrypt ? ", encrypted from end to end" : "");
  }

  // Exports lay their windows by the server's clock, people read times by their own.
  Finding clock() {
    const std::optional<int64_t> ahead_ns = ask_clock_ahead(connection_);
    if (!ahead_ns) return std::string("not told by this Vizier");
    const double seconds = static_cast<double>(*ahead_ns) / 1e9;
    if (std::abs(seconds) < 1) return std::string("the same as this machine's");
    return fmt::format("{:.0f} s {} this machine's: set one of them right", std::abs(seconds),
                       seconds > 0 ? "ahead of" : "behind");
  }

  const TargetOptions& options_;
  Context& context_;
  Target target_;
  Connection connection_;
  std::optional<wire::Proxy> proxy_;
  std::vector<std::string> addresses_;
  std::vector<wire::Cluster> clusters_;
  Status status_;
};

class DoctorCommand final : public Command {
 public:
  void declare(CLI::App& app) override {
    target_.declare(app);
    talk_.declare(app);
  }

  Status run(Context& context) override {
    talk_.apply(context);
    return Examination(target_, context).run();
  }

 private:
  TargetOptions target_;
  TalkOptions talk_;
};

}  // namespace

std::unique_ptr<Command> make_doctor_command() { return std::make_unique<DoctorCommand>(); }

}  // namespace pxq
