#pragma once

#include <grpcpp/support/byte_buffer.h>

#include "script/request.h"
#include "vizierapi.pb.h"
#include "wire/sealed_header.h"

namespace pxq::wire {

/// The request as Pixie's API wants it.
px::api::vizierpb::ExecuteScriptRequest to_message(const ScriptRequest& request);

/// Asks for rows that only the owner of the key (public_key() of an Envelope) can read.
void ask_for_encryption(const std::string& key, KeyAgreement agreement,
                        px::api::vizierpb::ExecuteScriptRequest& message);

/// The same request for what the server still has of a query. The text goes along, for clouds that
/// check its hash; nothing is run again (docs/wire.md, resuming).
px::api::vizierpb::ExecuteScriptRequest rest_of(px::api::vizierpb::ExecuteScriptRequest message,
                                                const std::string& query_id);

/// A message's bytes as gRPC carries them.
grpc::ByteBuffer to_buffer(const google::protobuf::MessageLite& message);

}  // namespace pxq::wire
