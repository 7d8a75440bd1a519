#pragma once

#include <grpcpp/support/byte_buffer.h>

#include "script/request.h"
#include "vizierapi.pb.h"

namespace pxq::wire {

/// The request as Pixie's API wants it.
px::api::vizierpb::ExecuteScriptRequest to_message(const ScriptRequest& request);

/// Asks for rows that only the owner of the key (public_key() of an Envelope) can read.
void ask_for_encryption(const std::string& key, px::api::vizierpb::ExecuteScriptRequest& message);

/// A message's bytes as gRPC carries them.
grpc::ByteBuffer to_buffer(const google::protobuf::MessageLite& message);

}  // namespace pxq::wire
