#include "local/server/server.h"

#include <fmt/format.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <cstdint>
#include <optional>
#include <utility>

#include "base/free_descriptors.h"
#include "local/server/compile_query.h"
#include "local/server/front_door.h"
#include "local/server/service.h"
#include "local/server/web_desk.h"

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
  const std::string address = options.address;
  const std::shared_ptr<grpc::ServerCredentials> protection = credentials(options);
  const std::optional<ServerIdentity> identity =
      address.starts_with("unix:") ? std::nullopt : options.identity;
  std::unique_ptr<Server> server(new Server);
  server->service_ = std::make_unique<Service>(std::move(data), std::move(options));
  grpc::ServerBuilder builder;
  builder.RegisterService(server->service_.get());
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor;
  int port = 0;
  if (!address.empty()) {
    for (grpc::Service* service : server->service_->cloud()) builder.RegisterService(service);
    // Two servers on one port would share its connections without a word.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    // A client whose machine went away says nothing; its queries must not wait for it for ever.
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 60'000);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000);
    if (identity) {
      acceptor = builder.experimental().AddExternalConnectionAcceptor(
          grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD, protection);
    } else {
      builder.AddListeningPort(address, protection, &port);
    }
  }
  server->server_ = builder.BuildAndStart();
  if (server->server_ == nullptr || (!address.empty() && !identity && port == 0)) {
    return cannot_listen(address);
  }
  if (identity) {
    if (Status status = server->open_door(address, *identity, std::move(acceptor)); !status.ok()) {
      return status;
    }
  } else if (address.starts_with("unix:")) {
    server->address_ = address;
  } else if (!address.empty()) {
    server->address_ = fmt::format("{}:{}", address.substr(0, address.rfind(':')), port);
  }
  return server;
}

Status Server::open_door(const std::string& address, const ServerIdentity& identity,
                         std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor) {
  Result<std::unique_ptr<WebDesk>> desk = WebDesk::open(
      identity, [this](const WebRequest& request) { return service_->answer(request); });
  if (!desk.ok()) return desk.status();
  // Closures are copied: what they own is shared.
  const auto to_grpc = [taker = std::shared_ptr(std::move(acceptor))](UniqueFd connection) {
    grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters parameters;
    parameters.fd = connection.release();
    taker->HandleNewConnection(&parameters);
  };
  const auto to_desk = [taker = std::shared_ptr(*std::move(desk))](UniqueFd connection) {
    taker->take(std::move(connection));
  };
  Result<std::unique_ptr<FrontDoor>> door = FrontDoor::open(address, to_grpc, to_desk);
  if (!door.ok()) return door.status();
  door_ = *std::move(door);
  address_ = door_->address();
  return {};
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
  {
    const std::lock_guard lock(door_mutex_);
    door_.reset();
  }
  if (server_ != nullptr) server_->Shutdown(std::chrono::system_clock::now());
}

}  // namespace pxq::local
