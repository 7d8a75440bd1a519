#pragma once

#include <string>

#include "script/request.h"

namespace pxq {

/// The message that a server would get, as JSON with Pixie's field names. Values of headers, which
/// may be keys, are masked.
std::string request_text(const ScriptRequest& request);

}  // namespace pxq
