#pragma once

#include <memory>
#include <string>

#include "base/status.h"
#include "local/data/data_set.h"

namespace grpc {
class Channel;
class Server;
}  // namespace grpc

namespace pxq::local {

/// A Vizier of our own behind Pixie's API: compiles PxL and runs it on a data set. Clients
/// reach it in process or over a socket and cannot tell it from a cluster's, but for the functions
/// and tables it lacks, which it refuses as Pixie would.
class Server {
 public:
  /// Serves in-process channels only.
  static Result<std::unique_ptr<Server>> start(DataSet data);

  /// Also listens on HOST:PORT or unix:PATH, in plaintext; port 0 takes a free one.
  static Result<std::unique_ptr<Server>> listen(DataSet data, const std::string& address);

  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  /// Cuts what is under way.
  ~Server();

  std::shared_ptr<grpc::Channel> channel();

  /// Where clients connect; empty without a socket.
  const std::string& address() const { return address_; }

  /// Returns when stop() is called.
  void wait();
  /// From any thread.
  void stop();

 private:
  class Service;

  Server();

  std::unique_ptr<Service> service_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

}  // namespace pxq::local
