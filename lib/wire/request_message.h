#pragma once

#include <grpcpp/support/byte_buffer.h>

#include "script/request.h"
#include "vizierapi.pb.h"

namespace pxq::wire {

/// The request as Pixie's API wants it.
px::api::vizierpb::ExecuteScriptRequest to_message(const ScriptRequest& request);

/// A message's bytes as gRPC carries them.
grpc::ByteBuffer to_buffer(const google::protobuf::MessageLite& message);

}  // namespace pxq::wire
