#pragma once

#include "local/server/access.h"
#include "local/server/cloud.h"
#include "local/server/queries.h"
#include "local/server/server.h"
#include "vizierapi.grpc.pb.h"

namespace pxq::local {

/// The API's methods over a data set. Calls run on gRPC's threads, several at once.
class Server::Service final : public px::api::vizierpb::VizierService::Service {
 public:
  Service(DataSet data, wire::Secret key, const QueryLimits& limits)
      : data_(std::move(data)), access_(std::move(key)), queries_(data_, limits) {}

  grpc::Status ExecuteScript(
      grpc::ServerContext* context, const px::api::vizierpb::ExecuteScriptRequest* request,
      grpc::ServerWriter<px::api::vizierpb::ExecuteScriptResponse>* writer) override;

  grpc::Status HealthCheck(
      grpc::ServerContext* context, const px::api::vizierpb::HealthCheckRequest* request,
      grpc::ServerWriter<px::api::vizierpb::HealthCheckResponse>* writer) override;

  ClusterInfoService& clusters() { return clusters_; }
  LoginService& login() { return login_; }
  const DataSet& data() const { return data_; }
  void stop() { queries_.stop(); }

 private:
  const DataSet data_;
  const Access access_;
  ClusterInfoService clusters_{data_, access_};
  LoginService login_{access_};
  Queries queries_;
};

}  // namespace pxq::local
