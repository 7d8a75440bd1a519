#pragma once

#include <nlohmann/json.hpp>

#include "model/schema.h"

namespace pxq {

/// A table's columns as a JSON array, wherever a schema is kept beside rows: name, type,
/// semantic_type, unit and description of each. Names that are not UTF-8 take the form of
/// text/json.h.
nlohmann::ordered_json columns_json(const Schema& schema);

}  // namespace pxq
