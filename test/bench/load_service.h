#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>

#include <memory>
#include <string>
#include <thread>

#include "bench/load_stream.h"

namespace pxq::bench {

/// A server that answers every ExecuteScript with a load: the one that the script's text asks for,
/// or else the defaults. One thread serves all calls, so a client on another core is the slower.
class LoadService {
 public:
  /// Listens at `address`, for example 127.0.0.1:0 or unix:PATH. On failure address() is empty.
  LoadService(const std::string& address, std::shared_ptr<grpc::ServerCredentials> credentials,
              const LoadSpec& defaults);
  LoadService(const LoadService&) = delete;
  LoadService& operator=(const LoadService&) = delete;
  ~LoadService();

  /// Where it listens, with the port that was chosen.
  const std::string& address() const { return address_; }

 private:
  class Call;
  void serve();

  const LoadSpec defaults_;
  LoadCache cache_;
  std::string address_;
  grpc::AsyncGenericService service_;
  std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  std::unique_ptr<grpc::Server> server_;
  std::thread thread_;
};

}  // namespace pxq::bench
