#pragma once

#include <cstdint>
#include <string_view>

#include "bench/load_spec.h"
#include "vizierapi.pb.h"

namespace pxq::bench {

/// The relation of the spec's tables.
px::api::vizierpb::QueryMetadata load_metadata(const LoadSpec& spec, std::string_view table_name,
                                               std::string_view table_id);

/// Rows `first` to `first + count` as columns, without flags or table id. Each row's values follow
/// from its number alone.
px::api::vizierpb::RowBatchData load_rows(const LoadSpec& spec, uint64_t first, uint64_t count);

}  // namespace pxq::bench
