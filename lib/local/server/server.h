#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "local/data/data_set.h"
#include "local/server/identity.h"
#include "wire/credentials.h"

namespace grpc {
class Channel;
class Server;
namespace experimental {
class ExternalConnectionAcceptor;
}
}  // namespace grpc

namespace px::api::vizierpb {
class ExecuteScriptRequest;
}

namespace pxq {
class ScriptLibrary;
}

namespace pxq::local {

class FrontDoor;

/// What the queries of a server may take.
struct QueryLimits {
  size_t at_once = 16;
  size_t held_bytes = size_t{2} << 30;       // by one query's aggregates and merges
  size_t waiting_bytes = size_t{8} << 20;    // of one query's messages, until somebody reads them
  Duration time{0};                          // of one query; 0: no limit
  Duration kept = std::chrono::seconds(30);  // by a query whose reader was cut
  Duration slow_reader = std::chrono::seconds(180);  // without taking anything
};

struct ServerOptions {
  std::string address;                     // HOST:PORT, port 0 takes a free one, or unix:PATH
  std::optional<ServerIdentity> identity;  // nothing: plaintext
  Secret key;                              // that clients must bring; empty: none
  QueryLimits limits;
  std::shared_ptr<const ScriptLibrary> scripts;  // that clients may list; nothing: none
};

/// A Vizier of our own behind Pixie's API: compiles PxL and runs it on a data set. Clients
/// reach it in process or over a socket and cannot tell it from a cluster's, but for the functions
/// and tables it lacks, which it refuses as Pixie would.
class Server {
 public:
  /// Serves in-process channels only.
  static Result<std::unique_ptr<Server>> start(DataSet data);

  /// Also listens on a socket, and answers the calls by which clients find a cluster.
  static Result<std::unique_ptr<Server>> listen(DataSet data, ServerOptions options);

  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  /// Cuts what is under way.
  ~Server();

  std::shared_ptr<grpc::Channel> channel();

  const DataSet& data() const;

  /// The tables that a query would read; nothing where it would be refused.
  std::optional<std::vector<std::string>> tables_read(
      const px::api::vizierpb::ExecuteScriptRequest& request) const;

  /// Where clients connect; empty without a socket.
  const std::string& address() const { return address_; }

  /// Returns when stop() is called.
  void wait();
  /// From any thread.
  void stop();

 private:
  class Service;

  Server();
  /// Listens for clients of gRPC, which `acceptor` takes, and for those of the web.
  Status open_door(const std::string& address, const ServerIdentity& identity,
                   std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor);

  std::unique_ptr<Service> service_;
  std::unique_ptr<grpc::Server> server_;
  std::mutex door_mutex_;  // stop() comes from any thread
  std::unique_ptr<FrontDoor> door_;
  std::string address_;
};

}  // namespace pxq::local
