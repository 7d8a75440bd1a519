#include "connection.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <cstdlib>

#include "base/suggest.h"
#include "local/tables/table_source.h"
#include "wire/endpoint.h"

namespace pxq {
namespace {

constexpr size_t kLargestMessage = 1u << 30;

Result<Connection> open_local(const TargetOptions& options) {
  if (options.local != "host") {
    return Status(Code::kUsage, fmt::format("the local Vizier has no source '{}'", options.local),
                  "write --local or --local=host for this machine");
  }
  Result<std::unique_ptr<local::Server>> server = local::Server::start(local::host_tables());
  if (!server.ok()) return server.status();
  Connection connection;
  connection.local = *std::move(server);
  connection.peer = {connection.local->channel(), "the local Vizier", {}};
  return connection;
}

Status check_target(const TargetOptions& options) {
  const bool local = !options.local.empty();
  if (local && !options.address.empty()) {
    return {Code::kUsage, "--local and --addr name two targets", "leave one out"};
  }
  if (options.insecure && !options.tls_ca.empty()) {
    return {Code::kUsage, "--insecure and --tls-ca contradict each other", "leave one out"};
  }
  return {};
}

std::string direct_address(const TargetOptions& options) {
  if (!options.address.empty()) return options.address;
  const char* address = std::getenv("PX_DIRECT_VIZIER_ADDR");
  return address == nullptr ? std::string() : address;
}

}  // namespace

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

Result<Connection> open_connection(const TargetOptions& options, Context& /*context*/) {
  if (Status status = check_target(options); !status.ok()) return status;
  if (!options.local.empty()) return open_local(options);
  const std::string address = direct_address(options);
  if (address.empty()) {
    return Status(Code::kUsage, "no Vizier is named",
                  "--addr HOST:PORT for a Vizier, or --local for this machine");
  }
  Result<wire::Endpoint> endpoint = wire::parse_endpoint(address);
  if (!endpoint.ok()) return endpoint.status();
  if (options.insecure) endpoint->plaintext = true;
  endpoint->tls = {options.tls_ca, options.tls_server_name};
  Result<size_t> max_message = parse_size("--max-message", options.max_message);
  if (!max_message.ok()) return max_message.status();
  Result<std::shared_ptr<grpc::Channel>> channel = wire::make_channel(*endpoint, *max_message);
  if (!channel.ok()) return channel.status();
  Connection connection;
  connection.peer = {*std::move(channel), endpoint->text(), {}};
  return connection;
}

}  // namespace pxq
