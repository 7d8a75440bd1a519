#include "wire/vizier_calls.h"

#include <system_error>

#include "base/no_thread.h"
#include "vizierapi.pb.h"
#include "wire/classify.h"
#include "wire/message_stream.h"
#include "wire/request_message.h"
#include "wire/stream_end.h"

namespace pxq::wire {
namespace {

namespace pb = px::api::vizierpb;

constexpr const char* kHealthCheck = "/px.api.vizierpb.VizierService/HealthCheck";
constexpr const char* kGenerateOTelScript = "/px.api.vizierpb.VizierService/GenerateOTelScript";

// Replies have their status where a script's responses have it, and the generated script takes the
// place of the query id: one bounded decoder serves all.
Result<Response> decode_reply(const Bytes& bytes) {
  Result<Response> response = decode_response(bytes, DecodeLimits{});
  if (response.ok() && response->status && response->status->is_error()) {
    return classify_in_band(*response->status);
  }
  return response;
}

}  // namespace

Status check_vizier_health(const Peer& peer, const std::string& cluster_id,
                           const CallOptions& options) try {
  pb::HealthCheckRequest request;
  request.set_cluster_id(cluster_id);
  MessageStream stream(peer.channel, kHealthCheck, to_buffer(request),
                       {options.limits, peer.metadata}, options.stop);
  const std::optional<Message> first = stream.next();
  if (!first) {
    return classify_end(stream.finish(), Progress::kNothing, peer.address, options.limits);
  }
  stream.cancel();  // the next word would come in five seconds
  const Result<Response> reply = decode_reply(first->bytes);
  if (reply.status().grpc_code() != grpc::UNAVAILABLE) return reply.status();
  return Status(Code::kServer, "the Vizier says that it is not healthy",
                "it may be starting; kubectl shows the pods of Pixie's namespace")
      .with_retryable(true);
} catch (const std::system_error& error) {
  return no_thread(error);
}

Result<std::string> generate_otel_script(const Peer& peer, const std::string& cluster_id,
                                         const std::string& script, const CallOptions& options) {
  pb::GenerateOTelScriptRequest request;
  request.set_cluster_id(cluster_id);
  request.set_pxl_script(script);
  const Result<std::string> reply = call_once(peer, kGenerateOTelScript, request, options);
  if (!reply.ok()) return reply.status();
  const Result<Response> response = decode_reply(*reply);
  if (!response.ok()) return response.status();
  if (response->query_id.empty()) {
    return Status(Code::kServer, "the server generated an empty script");
  }
  return std::string(response->query_id);
}

}  // namespace pxq::wire
