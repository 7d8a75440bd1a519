#include "local/server/service.h"

#include <grpcpp/impl/rpc_service_method.h>
#include <grpcpp/support/method_handler.h>

#include <functional>
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

/// A method that answers with a stream, as code that gRPC generates adds it.
template <typename Request, typename Response>
grpc::internal::RpcServiceMethod* streaming(
    const char* name,
    std::function<grpc::Status(grpc::ServerContext&, const Request&, grpc::ServerWriter<Response>&)>
        answer) {
  using Handler = grpc::internal::ServerStreamingHandler<grpc::Service, Request, Response>;
  auto* handler = new Handler(
      [answer = std::move(answer)](grpc::Service*, grpc::ServerContext* context,
                                   const Request* request, grpc::ServerWriter<Response>* writer) {
        return answer(*context, *request, *writer);
      },
      nullptr);
  return new grpc::internal::RpcServiceMethod(name, grpc::internal::RpcMethod::SERVER_STREAMING,
                                              handler);
}

}  // namespace

// The generated service takes messages as objects, and ours are bytes already.
Server::Service::Service(DataSet data, ServerOptions options)
    : data_(std::move(data)),
      access_(std::move(options.key)),
      scripts_(access_, std::move(options.scripts)),
      queries_(data_, options.limits) {
  AddMethod(streaming<pb::ExecuteScriptRequest, grpc::ByteBuffer>(
      "/px.api.vizierpb.VizierService/ExecuteScript",
      [this](auto& context, const auto& request, auto& writer) {
        return execute_script(context, request, writer);
      }));
  AddMethod(streaming<pb::HealthCheckRequest, pb::HealthCheckResponse>(
      "/px.api.vizierpb.VizierService/HealthCheck",
      [this](auto& context, const auto&, auto& writer) { return health_check(context, writer); }));
}

grpc::Status Server::Service::execute_script(grpc::ServerContext& context,
                                             const pb::ExecuteScriptRequest& request,
                                             Queries::Writer& writer) {
  if (grpc::Status status = access_.check(context); !status.ok()) return status;
  if (grpc::Status status = check_cluster(request.cluster_id(), data_); !status.ok()) {
    return status;
  }
  return queries_.serve(context, request, writer);
}

grpc::Status Server::Service::health_check(grpc::ServerContext& context,
                                           grpc::ServerWriter<pb::HealthCheckResponse>& writer) {
  if (grpc::Status status = access_.check(context); !status.ok()) return status;
  pb::HealthCheckResponse response;
  // An empty status means health.
  response.mutable_status();
  writer.Write(response);
  return grpc::Status::OK;
}

}  // namespace pxq::local
