#include "local/server/server.h"

#include <fmt/format.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <utility>

#include "base/free_descriptors.h"
#include "local/server/service.h"

namespace pxq::local {

Server::Server() = default;

Server::~Server() { stop(); }

Result<std::unique_ptr<Server>> Server::start(DataSet data) { return listen(std::move(data), {}); }

Result<std::unique_ptr<Server>> Server::listen(DataSet data, const std::string& address) {
  if (const Status enough = enough_free_descriptors(); !enough.ok()) return enough;
  std::unique_ptr<Server> server(new Server);
  server->service_ = std::make_unique<Service>(std::move(data));
  grpc::ServerBuilder builder;
  builder.RegisterService(server->service_.get());
  int port = 0;
  if (!address.empty()) {
    // Two servers on one port would share its connections without a word.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port);
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

void Server::wait() { server_->Wait(); }

void Server::stop() {
  // A deadline in the past: calls under way are cancelled at once.
  if (server_ != nullptr) server_->Shutdown(std::chrono::system_clock::now());
}

}  // namespace pxq::local
