#include "local/server/service.h"

#include <string>

namespace pxq::local {
namespace {

namespace pb = px::api::vizierpb;

// A Vizier reached directly does not look at the id, and px sends it one of zeros; through a cloud
// a wrong one must not end at another cluster.
grpc::Status check_cluster(const std::string& id, const DataSet& data) {
  if (id.empty()) return grpc::Status::OK;
  const px::uuidpb::UUID asked = uuid_of(id);
  if (asked.high_bits() == 0 && asked.low_bits() == 0) return grpc::Status::OK;
  const px::uuidpb::UUID ours = card_of(data).id;
  if (asked.high_bits() == ours.high_bits() && asked.low_bits() == ours.low_bits()) {
    return grpc::Status::OK;
  }
  return {grpc::StatusCode::NOT_FOUND, "this server has no cluster " + id.substr(0, 64)};
}

}  // namespace

grpc::Status Server::Service::ExecuteScript(grpc::ServerContext* context,
                                            const pb::ExecuteScriptRequest* request,
                                            grpc::ServerWriter<pb::ExecuteScriptResponse>* writer) {
  if (grpc::Status status = access_.check(*context); !status.ok()) return status;
  if (grpc::Status status = check_cluster(request->cluster_id(), data_); !status.ok()) {
    return status;
  }
  return queries_.serve(*context, *request, *writer);
}

grpc::Status Server::Service::HealthCheck(grpc::ServerContext* context,
                                          const pb::HealthCheckRequest* /*request*/,
                                          grpc::ServerWriter<pb::HealthCheckResponse>* writer) {
  if (grpc::Status status = access_.check(*context); !status.ok()) return status;
  pb::HealthCheckResponse response;
  // An empty status means health.
  response.mutable_status();
  writer->Write(response);
  return grpc::Status::OK;
}

}  // namespace pxq::local
