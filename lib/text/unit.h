#pragma once

#include <string_view>

#include "model/schema.h"

namespace pxq {

/// The unit of a column's values as they come from the wire and as data formats write them (`ns`,
/// `bytes`, `fraction`): what `pxq tables`, --schema and databases tell. Empty: it has none.
std::string_view unit_of(const ColumnInfo& column);

/// The word below a column's name where values are shown for people, in units chosen for them:
/// what it measures, or its type (`duration`, `bytes`, `string`). Times give `time`, as only the
/// caller knows the zone.
std::string_view unit_word(DataType type, SemanticType semantic);

}  // namespace pxq
