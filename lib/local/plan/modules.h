#pragma once

#include <string_view>

#include "local/plan/object.h"
#include "local/plan/session.h"

namespace pxq::local {

/// Whether a script may import a module of this name; px's own submodules cannot be imported.
bool is_importable(std::string_view module);

/// A member of pxtrace or pxconfig; null, with nothing reported, where there is none.
ObjectPtr find_in_pxtrace(Session& session, pxl::Place place, std::string_view name);
ObjectPtr find_in_pxconfig(Session& session, pxl::Place place, std::string_view name);

/// A member of px.otel, px.otel.metric or px.otel.trace; null, with nothing reported, where there
/// is none.
ObjectPtr find_in_otel(Session& session, pxl::Place place, std::string_view module,
                       std::string_view name);

/// px.export(out, spec).
ObjectPtr export_function(Session& session, pxl::Place place);

/// px.vis.vega, the only member of px.vis.
ObjectPtr find_in_vis(Session& session, pxl::Place place, std::string_view name);

}  // namespace pxq::local
