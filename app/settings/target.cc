#include "settings/target.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <string_view>
#include <utility>

#include "base/environment.h"
#include "base/number_text.h"
#include "base/wall_clock.h"
#include "script/time_argument.h"
#include "settings/key_source.h"
#include "text/duration.h"
#include "wire/cluster.h"

namespace pxq {
namespace {

constexpr size_t kLargestMessage = 1u << 30;
constexpr int kMostRetries = 1000;
constexpr std::string_view kCloudPort = "443";
constexpr Duration kShortestSample = std::chrono::seconds(1);  // a machine is read once a second
constexpr Duration kLongestSample = std::chrono::hours(24);

Status two_targets(std::string_view one, std::string_view other) {
  return {Code::kUsage, fmt::format("{} and {} name two targets", one, other), "leave one out"};
}

// The layer that names a cloud, be it by its address or by one of its clusters.
Layer cloud_layer(const Settings& settings) {
  const Layer cluster = settings.layer("cluster");
  const Layer cloud = settings.layer("cloud");
  return std::min(cluster, cloud);
}

std::string_view cluster_flag(const Settings& settings) {
  return settings.text("cluster") == "*" ? "--all-clusters" : "--cluster";
}

// What says how a server is reached, in the order in which it is told.
constexpr std::pair<std::string_view, std::string_view> kOfServers[] = {
    {"insecure", "--insecure"},
    {"tls_ca", "--tls-ca"},
    {"tls_server_name", "--tls-server-name"},
    {"key_file", "--key-file"},
    {"e2e", "--e2e (and --no-e2e)"}};

Status check_flags(const TargetOptions& options, const Settings& settings) {
  const bool addr = settings.layer("addr") == Layer::kFlag;
  const bool cloud = settings.layer("cloud") == Layer::kFlag;
  const bool cluster = settings.layer("cluster") == Layer::kFlag;
  if (!options.local.empty()) {
    if (addr) return two_targets("--local", "--addr");
    if (cloud) return two_targets("--local", "--cloud");
    if (cluster) return two_targets("--local", cluster_flag(settings));
    for (const auto& [setting, flag] : kOfServers) {
      if (settings.layer(std::string(setting)) != Layer::kFlag) continue;
      return {Code::kUsage,
              fmt::format("{} changes nothing with --local, which has no server", flag),
              "leave one out"};
    }
  }
  if (addr && cloud) return two_targets("--addr", "--cloud");
  if (addr && cluster) return two_targets("--addr", cluster_flag(settings));
  if (settings.text("insecure") == "true" && settings.layer("tls_ca") == Layer::kFlag) {
    return {Code::kUsage, "--insecure and --tls-ca contradict each other", "leave one out"};
  }
  return {};
}

Result<Target::Kind> find_kind(const TargetOptions& options, const Settings& settings) {
  if (!options.local.empty()) return Target::Kind::kLocal;
  const Layer direct = settings.layer("addr");
  const Layer cloud = cloud_layer(settings);
  if (direct < cloud) return Target::Kind::kDirect;
  // As px has it: a direct address in the environment stands over a cloud there.
  if (direct == cloud && direct == Layer::kEnvironment) return Target::Kind::kDirect;
  if (direct == cloud) {
    return two_targets(settings["addr"].origin,
                       settings[settings.layer("cloud") == cloud ? "cloud" : "cluster"].origin);
  }
  return Target::Kind::kCloud;
}

Result<Duration> limit(const Settings& settings, std::string_view name) {
  const SettingValue& value = settings[name];
  return parse_limit(value.text, value.layer == Layer::kFlag
                                     ? value.origin
                                     : fmt::format("{}: {}", value.origin, name));
}

Result<int> parse_retries(const SettingValue& value) {
  const std::optional<int> count = number_from<int>(value.text);
  if (!count || *count < 0 || *count > kMostRetries) {
    return Status(Code::kUsage,
                  fmt::format("{}: '{}' is not a number of retries", value.origin, value.text));
  }
  return *count;
}

Status read_limits(const Settings& settings, Target& target) {
  const Result<Duration> total = limit(settings, "timeout");
  const Result<Duration> connect = limit(settings, "connect_timeout");
  const Result<Duration> idle = limit(settings, "idle_timeout");
  for (const Result<Duration>* one : {&total, &connect, &idle}) {
    if (!one->ok()) return one->status();
  }
  target.limits = {*connect, *idle, *total};
  Result<int> retries = parse_retries(settings["retries"]);
  if (!retries.ok()) return retries.status();
  target.retries = *retries;
  Result<size_t> size = parse_size(settings["max_message"].origin, settings.text("max_message"));
  if (!size.ok()) return size.status();
  target.max_message = *size;
  return {};
}

Status read_endpoint(const Settings& settings, Target& target) {
  const bool cloud = target.kind == Target::Kind::kCloud;
  Result<wire::Endpoint> endpoint = cloud ? wire::parse_endpoint(settings.text("cloud"), kCloudPort)
                                          : wire::parse_endpoint(settings.text("addr"));
  if (!endpoint.ok()) return endpoint.status();
  target.endpoint = *std::move(endpoint);
  if (settings.text("insecure") == "true") target.endpoint.plaintext = true;
  target.endpoint.tls = {with_home(settings.text("tls_ca")), settings.text("tls_server_name")};
  return {};
}

Status check_plaintext(const Target& target) {
  if (target.credentials.key.empty() || !target.endpoint.plaintext ||
      target.endpoint.is_loopback()) {
    return {};
  }
  return {Code::kUsage,
          fmt::format("the key from {} would go to {} in plain text", target.credentials.origin,
                      target.endpoint.text()),
          "leave --insecure out, or reach the server through a tunnel to localhost"};
}

// Without any word about a target and without a key, a cloud was hardly meant.
bool names_nothing(const Settings& settings) {
  return settings.layer("cluster") == Layer::kNobody &&
         settings.layer("cloud") == Layer::kBuiltIn && settings.profile().empty();
}

Status no_key(const Settings& settings) {
  if (names_nothing(settings)) {
    return {Code::kUsage, "no Vizier is named",
            "--addr HOST:PORT for a Vizier, --local for this machine, or a key for Pixie's cloud "
            "(PX_API_KEY)"};
  }
  return {Code::kAuth, fmt::format("there is no key for the cloud {}", settings.text("cloud")),
          "set PX_API_KEY, name a file with --key-file or with key_file in config.toml beside its "
          "cloud, or `px auth login`"};
}

Status find_key(const Settings& settings, Target& target) {
  const bool cloud = target.kind == Target::Kind::kCloud;
  Result<wire::Credentials> found =
      cloud ? cloud_key(settings, std::time(nullptr)) : direct_key(settings);
  if (!found.ok()) return found.status();
  if (cloud && found->key.empty()) return no_key(settings);
  target.credentials = *std::move(found);
  return check_plaintext(target);
}

// For how long to sample, where that has a meaning.
Result<std::optional<Duration>> read_sample(const TargetOptions& options) {
  if (options.sample.empty()) return std::optional<Duration>();
  if (options.local.empty()) {
    return Status(Code::kUsage, "--sample is for --local: a cluster keeps its own past",
                  "leave it out, or write --local --sample " + options.sample);
  }
  if (options.local != "host") {
    return Status(
        Code::kUsage,
        fmt::format("--sample reads this machine, and --local={} has its own past", options.local),
        "leave it out");
  }
  if (!options.at.empty()) {
    return Status(Code::kUsage, "--sample and --at exclude each other: what is sampled is of now",
                  "leave --at out");
  }
  const Result<int64_t> time = parse_duration(options.sample, "--sample");
  if (!time.ok()) return time.status();
  if (Duration(*time) < kShortestSample || Duration(*time) > kLongestSample) {
    return Status(Code::kUsage,
                  fmt::format("--sample '{}' is not between 1s and 24h", options.sample),
                  "`pxq serve` samples for as long as it runs");
  }
  return std::optional<Duration>(Duration(*time));
}

void name_clusters(const std::string& setting, Target& target) {
  std::vector<std::string> words = TargetOptions::cluster_words(setting);
  if (!words.empty()) target.cluster = words.front();
  if (words.size() > 1 || wire::is_glob(target.cluster)) target.fleet = std::move(words);
}

}  // namespace

Result<Target::Kind> target_kind(const TargetOptions& options, const Settings& settings) {
  return find_kind(options, settings);
}

bool names_no_target(const TargetOptions& options, const Settings& settings) {
  return options.local.empty() && settings.layer("addr") == Layer::kNobody &&
         names_nothing(settings);
}

Result<size_t> parse_size(const std::string& flag, const std::string& text) {
  size_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  const std::string_view unit(stop, static_cast<size_t>(end - stop));
  const size_t factor = unit.empty()                   ? 1
                        : unit == "K" || unit == "KiB" ? size_t{1} << 10
                        : unit == "M" || unit == "MiB" ? size_t{1} << 20
                                                       : 0;
  if (error != std::errc() || factor == 0 || number == 0 || number > kLargestMessage / factor) {
    return Status(Code::kUsage, fmt::format("{} '{}' is not a size", flag, text),
                  "write bytes, or a number with K or M, up to 1024M");
  }
  return number * factor;
}

Result<std::optional<int64_t>> read_moment(const std::string& text) {
  if (text.empty()) return std::optional<int64_t>();
  const Result<TimeArgument> at = parse_time(text, {wall_clock_ns(), {}}, "--at");
  if (!at.ok()) return at.status();
  return std::optional<int64_t>(at->ns);
}

Result<std::optional<int64_t>> read_moment(const TargetOptions& options) {
  if (!options.at.empty() && options.local.empty()) {
    return Status(Code::kUsage, "--at is for --local: a cluster knows what time it is",
                  "--since and --start choose the times of rows");
  }
  return read_moment(options.at);
}

Result<Target> resolve_target(const TargetOptions& options) {
  Result<Settings> settings = Settings::gather(options.given(), options.profile);
  if (!settings.ok()) return settings.status();
  if (Status status = check_flags(options, *settings); !status.ok()) return status;
  Target target;
  Result<Target::Kind> kind = find_kind(options, *settings);
  if (!kind.ok()) return kind.status();
  target.kind = *kind;
  if (Status status = read_limits(*settings, target); !status.ok()) return status;
  target.local = options.local;
  const Result<std::optional<int64_t>> moment = read_moment(options);
  if (!moment.ok()) return moment.status();
  target.at_ns = *moment;
  const Result<std::optional<Duration>> sample = read_sample(options);
  if (!sample.ok()) return sample.status();
  target.sample = *sample;
  if (target.sample && target.limits.total > Duration::zero() &&
      *target.sample >= target.limits.total) {
    return Status(Code::kUsage, "--timeout leaves no time for a run after --sample",
                  "--timeout counts from the beginning, samples included");
  }
  if (target.kind == Target::Kind::kLocal) return target;
  if (Status status = read_endpoint(*settings, target); !status.ok()) return status;
  const bool cloud = target.kind == Target::Kind::kCloud;
  if (cloud) name_clusters(settings->text("cluster"), target);
  target.is_default_cloud = cloud && settings->layer("cloud") == Layer::kBuiltIn;
  const std::string encrypt = settings->text("e2e");
  if (encrypt == "ecdh") target.key_choice = wire::KeyChoice::kEcdh;
  if (encrypt == "rsa") target.key_choice = wire::KeyChoice::kRsa;
  // A cloud stands between the Vizier and its reader; a direct connection has nobody between.
  target.encrypt = encrypt.empty() ? cloud : encrypt != "false";
  if (Status status = find_key(*settings, target); !status.ok()) return status;
  return target;
}

}  // namespace pxq
