#pragma once

#include <string>
#include <vector>

#include "result/listing.h"
#include "script/source.h"

namespace pxq {

/// A script's own help, for people: what it is for, its arguments with type, default and allowed
/// values, and the tables it makes.
std::string script_page(const Script& script);

/// The same as tables `script`, `arguments` and `tables`, for every format.
std::vector<ListTable> script_tables(const Script& script);

}  // namespace pxq
