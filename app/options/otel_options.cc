#include "options/otel_options.h"

#include <fmt/format.h>
#include <CLI/App.hpp>

#include <CLI/Option.hpp>
#include <string_view>

#include "script/mutation.h"
#include "wire/endpoint.h"
#include "wire/header_file.h"

namespace pxq {
namespace {

constexpr std::string_view kPlain = "http://";
constexpr std::string_view kTls = "https://";

// A Vizier dials HOST:PORT; what stands around it in a URL says whether it uses TLS.
Result<OTelEndpoint> parse_collector(std::string_view text) {
  OTelEndpoint collector;
  std::string_view address = text;
  collector.insecure = address.starts_with(kPlain);
  if (address.starts_with(kPlain)) address.remove_prefix(kPlain.size());
  if (address.starts_with(kTls)) address.remove_prefix(kTls.size());
  if (address.ends_with('/')) address.remove_suffix(1);
  const Result<wire::Endpoint> endpoint = wire::parse_endpoint(address);
  if (!endpoint.ok() || endpoint->kind != wire::Endpoint::Kind::kTcp) {
    return Status(Code::kUsage,
                  fmt::format("--endpoint '{}' is not the address of a collector", text),
                  "write HOST:PORT, or http://HOST:PORT for one without TLS");
  }
  collector.url = endpoint->text();
  return collector;
}

}  // namespace

void OtelOptions::declare(CLI::App& app) {
  CLI::Option* to =
      app.add_option("--endpoint", endpoint,
                     "OpenTelemetry collector for px.export; http:// is one without TLS")
          ->type_name("HOST:PORT|URL")
          ->group("Script");
  app.add_option("--header-file", header_file,
                 "file with headers for it, 'Name: value' a line, for its owner only")
      ->type_name("FILE")
      ->needs(to)
      ->group("Script");
}

Result<std::optional<OTelEndpoint>> OtelOptions::collector() const {
  if (endpoint.empty()) return std::optional<OTelEndpoint>();
  Result<OTelEndpoint> collector = parse_collector(endpoint);
  if (!collector.ok()) return collector.status();
  if (!header_file.empty()) {
    Result<wire::Headers> headers = wire::read_header_file(header_file);
    if (!headers.ok()) return headers.status();
    if (headers->empty()) {
      return Status(Code::kUsage, fmt::format("{} holds no header", header_file),
                    "write 'Name: value', one a line");
    }
    collector->headers = *std::move(headers);
  }
  return std::optional<OTelEndpoint>(*std::move(collector));
}

Status set_collector(std::optional<OTelEndpoint> collector, ScriptRequest& request) {
  if (collector && !find_effects(request.text).exports()) {
    return {Code::kUsage,
            fmt::format("{} does not call px.export: nothing would go to {}", request.source,
                        collector->url),
            "`pxq otel` makes a script that does, of one that displays tables"};
  }
  request.otel_endpoint = std::move(collector);
  return {};
}

Status check_headers(const ScriptRequest& request, const Connection& connection) {
  if (!request.otel_endpoint || request.otel_endpoint->headers.empty() || !connection.exposed) {
    return {};
  }
  return {Code::kUsage,
          fmt::format("the headers for {} would go to {} in plain text", request.otel_endpoint->url,
                      connection.peer.address),
          "leave --insecure out, or reach the server through a tunnel to localhost"};
}

}  // namespace pxq
