#pragma once

#include <array>
#include <utility>

#include "local/server/access.h"
#include "local/server/cloud.h"
#include "local/server/queries.h"
#include "local/server/script_service.h"
#include "local/server/server.h"
#include "local/server/web_pages.h"
#include "vizierapi.grpc.pb.h"

namespace pxq::local {

/// The API's methods over a data set. Calls run on gRPC's threads, several at once.
class Server::Service final : public grpc::Service {
 public:
  Service(DataSet data, ServerOptions options);

  /// What makes it a cloud beside a Vizier.
  std::array<grpc::Service*, 5> cloud() {
    return {&clusters_, &login_, &organization_, &artifacts_, &scripts_};
  }
  const DataSet& data() const { return data_; }
  WebAnswer answer(const WebRequest& request) const {
    return web_answer(request, access_, scripts_.library());
  }
  void stop() { queries_.stop(); }

 private:
  grpc::Status execute_script(grpc::ServerContext& context,
                              const px::api::vizierpb::ExecuteScriptRequest& request,
                              Queries::Writer& writer);
  grpc::Status health_check(grpc::ServerContext& context,
                            grpc::ServerWriter<px::api::vizierpb::HealthCheckResponse>& writer);

  const DataSet data_;
  const Access access_;
  ClusterInfoService clusters_{data_, access_};
  LoginService login_{access_};
  OrganizationService organization_{access_};
  ArtifactService artifacts_;
  ScriptService scripts_;
  Queries queries_;
};

}  // namespace pxq::local
