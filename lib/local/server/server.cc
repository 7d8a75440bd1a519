#include "local/server/server.h"

#include <fmt/format.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <cstdint>
#include <utility>

#include "base/free_descriptors.h"
#include "local/server/compile_query.h"
#include "local/server/service.h"

namespace pxq::local {

namespace {

std::shared_ptr<grpc::ServerCredentials> credentials(const ServerOptions& options) {
  if (!options.identity) return grpc::InsecureServerCredentials();
  grpc::SslServerCredentialsOptions ssl;
  ssl.pem_key_cert_pairs.push_back({options.identity->key, options.identity->certificate});
  return grpc::SslServerCredentials(ssl);
}

}  // namespace

Server::Server() = default;

Server::~Server() { stop(); }

Result<std::unique_ptr<Server>> Server::start(DataSet data) {
  ServerOptions options;
  // Both ends are this process: whoever asks is the one whom a limit would protect, and nobody
  // comes back after a cut.
  options.limits.at_once = SIZE_MAX;
  options.limits.kept = Duration::zero();
  options.limits.slow_reader = Duration::max();
  return listen(std::move(data), std::move(options));
}

Result<std::unique_ptr<Server>> Server::listen(DataSet data, ServerOptions options) {
  if (const Status enough = enough_free_descriptors(); !enough.ok()) return enough;
  const std::string& address = options.address;
  std::unique_ptr<Server> server(new Server);
  server->service_ =
      std::make_unique<Service>(std::move(data), std::move(options.key), options.limits);
  grpc::ServerBuilder builder;
  builder.RegisterService(server->service_.get());
  int port = 0;
  if (!address.empty()) {
    builder.RegisterService(&server->service_->clusters());
    builder.RegisterService(&server->service_->login());
    // Two servers on one port would share its connections without a word.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    // A client whose machine went away says nothing; its queries must not wait for it for ever.
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 60'000);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000);
    builder.AddListeningPort(address, credentials(options), &port);
  }
  server->server_ = builder.BuildAndStart();
  if (server->server_ == nullptr || (!address.empty() && port == 0)) {
    return Status(Code::kUsage, fmt::format("cannot listen on {}", address),
                  "is the address in use, or not one of this machine?");
  }
  if (address.starts_with("unix:")) {
    server->address_ = address;
  } else if (!address.empty()) {
    server->address_ = fmt::format("{}:{}", address.substr(0, address.rfind(':')), port);
  }
  return server;
}

std::shared_ptr<grpc::Channel> Server::channel() {
  grpc::ChannelArguments arguments;
  // Both ends are this process: a limit between them would protect nobody.
  arguments.SetMaxReceiveMessageSize(-1);
  return server_->InProcessChannel(arguments);
}

const DataSet& Server::data() const { return service_->data(); }

std::optional<std::vector<std::string>> Server::tables_read(
    const px::api::vizierpb::ExecuteScriptRequest& request) const {
  const DataSet& data = service_->data();
  const CompileResult compiled = compile_query(request, data, data.now());
  if (!compiled.ok()) return std::nullopt;
  return tables_of(compiled.plan, [](const Operator::Source&) { return true; });
}

void Server::wait() { server_->Wait(); }

void Server::stop() {
  // A deadline in the past: calls under way are cancelled at once.
  service_->stop();
  if (server_ != nullptr) server_->Shutdown(std::chrono::system_clock::now());
}

}  // namespace pxq::local
