#pragma once

#include <grpcpp/support/slice.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "local/plan/compiler.h"
#include "local/plan/plan.h"
#include "vizierapi.pb.h"

namespace pxq::local {

/// A message of a query as it is sent, an ExecuteScriptResponse in protobuf's encoding, and what
/// its sender has to know of it.
struct QueryMessage {
  grpc::Slice bytes;
  size_t batch_bytes = 0;  // of the RowBatchData that it ends with; 0: it has none
  std::string table_id;    // of the batch
  bool ends_table = false;
  std::optional<px::api::vizierpb::QueryMetadata> announced;

  std::string_view text() const {
    return {reinterpret_cast<const char*>(bytes.begin()), bytes.size()};
  }
  std::string_view batch() const { return text().substr(bytes.size() - batch_bytes); }
};

/// The metadata that announces a sink's table; its id stands in every batch of the table.
px::api::vizierpb::QueryMetadata encode_metadata(const Plan::Sink& sink, const std::string& id);

/// A message without rows.
QueryMessage encode_response(const px::api::vizierpb::ExecuteScriptResponse& response);

/// A message with rows, straight from the columns: the generated classes allocate for each text.
QueryMessage encode_batch(const RowBatch& batch, const std::string& table_id,
                          const std::string& query_id);

/// The status that a Vizier streams for a script that does not compile (docs/wire.md, errors).
px::api::vizierpb::Status encode_errors(const CompileResult& result);

}  // namespace pxq::local
