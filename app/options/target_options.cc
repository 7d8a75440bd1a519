#include "options/target_options.h"

#include <fmt/format.h>
#include <CLI/App.hpp>

#include <CLI/Option.hpp>
#include <CLI/Validators.hpp>
#include <algorithm>
#include <cstdint>

#include "options/refused_value.h"
#include "text/duration.h"

namespace pxq {
namespace {

constexpr int64_t kLongestNs = 366ll * 24 * 3'600'000'000'000;

// A flag whose text is kept by the name of its setting.
CLI::Option* keep(CLI::App& app, const std::string& flags, const std::string& setting,
                  GivenSettings& given, const std::string& description) {
  return app.add_option_function<std::string>(
      flags, [&given, setting](const std::string& text) { given[setting] = text; }, description);
}

void keep_limit(CLI::App& app, const std::string& flag, const std::string& setting,
                GivenSettings& given, const std::string& description) {
  app.add_option_function<std::string>(
         flag,
         [&given, flag, setting](const std::string& text) {
           const Result<Duration> limit = parse_limit(text, flag);  // refused where it was typed
           if (!limit.ok()) throw RefusedValue(limit.status());
           given[setting] = text;
         },
         description)
      ->type_name("TIME")
      ->group("Run");
}

}  // namespace

Result<Duration> parse_limit(const std::string& text, std::string_view what) {
  const Result<int64_t> ns = parse_duration(text, what);
  if (!ns.ok()) return Status(ns.status()).with_hint(ns.status().hint() + "; 0 for none");
  if (*ns > kLongestNs) {
    return Status(Code::kUsage, fmt::format("{} '{}': longer than a year", what, text),
                  "0 for no limit");
  }
  return Duration(*ns);
}

void TargetOptions::declare_clusters(CLI::App& app, bool several) {
  if (!several) {
    keep(app, "-c,--cluster", "cluster", given_,
         "a cluster of the cloud; never another one instead")
        ->type_name("NAME|ID")
        ->group("Target");
    return;
  }
  CLI::Option* named =
      app.add_option("-c,--cluster", clusters_,
                     "a cluster of the cloud, or all that a glob matches (repeatable)")
          ->allow_extra_args(false)
          ->type_name("NAME|ID|GLOB")
          ->group("Target");
  app.add_flag("--all-clusters", all_clusters_, "every cluster that the cloud lists")
      ->excludes(named)
      ->group("Target");
}

std::vector<std::string> TargetOptions::cluster_words(const std::string& setting) {
  std::vector<std::string> words;
  for (size_t at = 0; at < setting.size();) {
    const size_t end = std::min(setting.find('\n', at), setting.size());
    if (end != at) words.push_back(setting.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

std::string TargetOptions::cluster_setting(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : "\n") + word;
  return text;
}

void TargetOptions::declare_target(CLI::App& app, bool several) {
  app.add_flag("--local{host}", local,
               "the local Vizier, no cluster: host, this machine (default), demo, or a file")
      ->type_name("[=SOURCE]")
      ->group("Target");
  app.add_option("--at", at, "what time it is for --local: a moment of the source's past")
      ->type_name("TIME")
      ->group("Target");
  declare_clusters(app, several);
  app.add_option("-p,--profile", profile, "a profile of config.toml")
      ->type_name("NAME")
      ->group("Target");
  keep(app, "--addr", "addr", given_, "a Vizier reached directly")
      ->type_name("HOST:PORT|unix:PATH")
      ->group("Target");
  keep(app, "--cloud", "cloud", given_, "a Pixie cloud (default getcosmic.ai)")
      ->type_name("HOST[:PORT]")
      ->group("Target");
  // px's own spellings; an empty group hides them.
  keep(app, "--direct_vizier_addr", "addr", given_, "the same as --addr")->group("");
  keep(app, "--cloud_addr", "cloud", given_, "the same as --cloud")->group("");
}

void TargetOptions::declare_sample(CLI::App& app) {
  app.add_option("--sample", sample,
                 "read this machine once a second for so long, then run on that past (--local)")
      ->type_name("TIME")
      ->group("Target");
}

void TargetOptions::declare_security(CLI::App& app) {
  keep(app, "--key-file", "key_file", given_, "file with the key, for its owner only")
      ->type_name("FILE")
      ->group("Target");
  keep(app, "--tls-ca", "tls_ca", given_, "PEM file of the CA to trust instead of the system's")
      ->type_name("FILE")
      ->group("Target");
  keep(app, "--tls-server-name", "tls_server_name", given_, "name to expect in the certificate")
      ->type_name("NAME")
      ->group("Target");
  app.add_flag("--insecure", insecure_, "plaintext, no TLS; refused with a key unless loopback")
      ->group("Target");
  CLI::Option* encrypt = app.add_flag("--e2e{any}", encrypt_,
                                      "rows encrypted from the Vizier to here (default: clouds)")
                             ->type_name("[=any|ecdh|rsa|off]")
                             ->check(CLI::IsMember({"any", "ecdh", "rsa", "off", "true", "false"}))
                             ->group("Target");
  app.add_flag("--no-e2e", plain_, "rows not encrypted beyond TLS")
      ->excludes(encrypt)
      ->group("Target");
  app.add_flag("--e2e_encryption{true}", px_encrypt_, "px's spelling of --e2e")->group("");
  keep(app, "--max-message", "max_message", given_, "largest message accepted (default 16M)")
      ->type_name("SIZE")
      ->group("Target");
}

void TargetOptions::declare_limits(CLI::App& app) {
  keep_limit(app, "--timeout", "timeout", given_, "limit for the whole run (default none)");
  keep_limit(app, "--connect-timeout", "connect_timeout", given_,
             "limit for connecting, retries included (default 5s)");
  keep_limit(app, "--idle-timeout", "idle_timeout", given_, "limit for silence (default 200s)");
  keep(app, "--retries", "retries", given_, "retries before the first row (default 2)")
      ->type_name("N")
      ->group("Run");
}

void TargetOptions::declare(CLI::App& app, bool several) {
  declare_target(app, several);
  declare_security(app);
  declare_limits(app);
}

GivenSettings TargetOptions::given() const {
  GivenSettings all = given_;
  if (!clusters_.empty()) all["cluster"] = cluster_setting(clusters_);
  if (all_clusters_) all["cluster"] = "*";
  if (insecure_) all["insecure"] = "true";
  if (!encrypt_.empty()) all["e2e"] = encrypt_ == "off" ? "false" : encrypt_;
  if (plain_) all["e2e"] = "false";
  if (!px_encrypt_.empty()) all["e2e"] = px_encrypt_ == "false" ? "false" : "true";
  return all;
}

}  // namespace pxq
