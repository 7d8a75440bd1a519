#pragma once

#include "local/server/access.h"
#include "local/server/web_desk.h"
#include "script/bundle.h"

namespace pxq::local {

/// What a server says to web clients: /api/authorized, by which px asks whether it is logged in,
/// and /bundle.json, its scripts as px reads them. Both want the key. `scripts` may be nothing.
WebAnswer web_answer(const WebRequest& request, const Access& access, const ScriptLibrary* scripts);

}  // namespace pxq::local
