#include "options/target_options.h"

#include <fmt/format.h>

#include <CLI/Error.hpp>
#include <CLI/Option.hpp>
#include <charconv>
#include <cstdint>

namespace pxq {
namespace {

struct Unit {
  std::string_view name;
  int64_t ns;
};

constexpr Unit kUnits[] = {{"ms", 1'000'000},
                           {"s", 1'000'000'000},
                           {"m", 60'000'000'000},
                           {"h", 3'600'000'000'000},
                           {"", 1'000'000'000}};

constexpr int64_t kLongestNs = 366ll * 24 * 3'600'000'000'000;

int64_t unit_ns(std::string_view name) {
  for (const Unit& unit : kUnits) {
    if (unit.name == name) return unit.ns;
  }
  return 0;
}

void declare_limit(CLI::App& app, const std::string& name, Duration& limit,
                   const std::string& description) {
  app.add_option_function<std::string>(
         name, [&limit](const std::string& text) { limit = parse_limit(text); }, description)
      ->type_name("TIME")
      ->group("Run");
}

}  // namespace

Duration parse_limit(const std::string& text) {
  const auto refuse = [&]() -> CLI::ValidationError {
    return CLI::ValidationError(
        fmt::format("'{}' is not a time limit; write 500ms, 5s, 2m, 1m30s or 0 for none", text));
  };
  const char* at = text.data();
  const char* end = at + text.size();
  int64_t total = 0;
  if (at == end) throw refuse();
  while (at != end) {
    int64_t number = 0;
    const auto [after, error] = std::from_chars(at, end, number);
    if (error != std::errc() || number < 0) throw refuse();
    const char* unit_end = after;
    while (unit_end != end && (*unit_end < '0' || *unit_end > '9')) ++unit_end;
    const int64_t unit = unit_ns({after, static_cast<size_t>(unit_end - after)});
    if (unit == 0 || number > kLongestNs / unit) throw refuse();
    total += number * unit;
    if (total > kLongestNs) throw refuse();
    at = unit_end;
  }
  return Duration(total);
}

void TargetOptions::declare(CLI::App& app) {
  app.add_flag("--local{host}", local, "the local Vizier: this host's processes, no cluster")
      ->type_name("[=SOURCE]")
      ->group("Target");
  app.add_option("--addr,--direct_vizier_addr", address, "a Vizier reached directly")
      ->type_name("HOST:PORT|unix:PATH")
      ->group("Target");
  app.add_option("--tls-ca", tls_ca, "PEM file of the CA to trust instead of the system's")
      ->type_name("FILE")
      ->group("Target");
  app.add_option("--tls-server-name", tls_server_name, "name to expect in the certificate")
      ->type_name("NAME")
      ->group("Target");
  app.add_flag("--insecure", insecure, "plaintext, no TLS")->group("Target");
  app.add_option("--max-message", max_message, "largest message accepted (default 16M)")
      ->type_name("SIZE")
      ->group("Target");
  declare_limit(app, "--timeout", limits.total, "limit for the whole run (default none)");
  declare_limit(app, "--connect-timeout", limits.connect, "limit for connecting (default 5s)");
  declare_limit(app, "--idle-timeout", limits.idle, "limit for silence (default 200s)");
}

}  // namespace pxq
