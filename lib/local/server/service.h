#pragma once

#include <atomic>
#include <cstdint>

#include "local/server/server.h"
#include "vizierapi.grpc.pb.h"

namespace pxq::local {

/// The API's methods over a data set. Calls run on gRPC's threads, several at once.
class Server::Service final : public px::api::vizierpb::VizierService::Service {
 public:
  explicit Service(DataSet data) : data_(std::move(data)) {}

  grpc::Status ExecuteScript(
      grpc::ServerContext* context, const px::api::vizierpb::ExecuteScriptRequest* request,
      grpc::ServerWriter<px::api::vizierpb::ExecuteScriptResponse>* writer) override;

  grpc::Status HealthCheck(
      grpc::ServerContext* context, const px::api::vizierpb::HealthCheckRequest* request,
      grpc::ServerWriter<px::api::vizierpb::HealthCheckResponse>* writer) override;

 private:
  const DataSet data_;
  std::atomic<uint64_t> queries_{0};
};

}  // namespace pxq::local
