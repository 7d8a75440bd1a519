#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "local/plan/object.h"
#include "local/plan/session.h"

namespace pxq::local {

/// A point in time as an int (ns), a time, or a text in either of Pixie's forms; None leaves `ns`
/// empty. False after an error. As in Pixie every other literal is 0.
bool time_argument(Session& session, const Object& object, std::string_view name,
                   std::optional<int64_t>& ns);

}  // namespace pxq::local
