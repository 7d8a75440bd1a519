#pragma once

#include <string>

#include "local/plan/compiler.h"
#include "local/plan/plan.h"
#include "vizierapi.pb.h"

namespace pxq::local {

/// The metadata that announces a sink's table; its id stands in every batch of the table.
px::api::vizierpb::QueryMetadata encode_metadata(const Plan::Sink& sink, const std::string& id);

/// A batch as the API carries it.
void encode_batch(const RowBatch& batch, const std::string& table_id,
                  px::api::vizierpb::RowBatchData& message);

/// The status that a Vizier streams for a script that does not compile (docs/wire.md, errors).
px::api::vizierpb::Status encode_errors(const CompileResult& result);

}  // namespace pxq::local
