#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "local/data/stored/parquet/file.h"

namespace pxq::local::parquet {

using Storage = std::vector<std::shared_ptr<const std::string>>;

/// kUsage where a chunk is packed or encoded in a way that pxq does not read.
Status check_readable(const Node& meta);

/// What is said of a NULL of a type that has nothing alike.
Status no_null(DataType type);

/// Decodes the values of some rows of a column chunk: `pages` are its bytes. Texts are views into
/// what is added to `storage`. kIncomplete where what was read of it is damaged, kUsage for what
/// pxq does not read, nulls of numbers among it.
Result<Column> decode_chunk(std::string_view pages, const Node& meta, const ColumnForm& form,
                            DataType type, RowRange rows, Storage& storage);

/// The moments of a column chunk that are in order, those of its first pages up to one that lies
/// behind `end`. Of a page that ends before `begin`, by what it says of itself, the last one stands
/// for all.
Result<Column> decode_times(std::string_view pages, const Node& meta, const ColumnForm& form,
                            Time64 begin, Time64 end);

}  // namespace pxq::local::parquet
