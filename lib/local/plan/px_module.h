#pragma once

#include <string>
#include <string_view>

#include "local/plan/object.h"
#include "local/plan/session.h"

namespace pxq::local {

/// px.name: a type, a function, px.DataFrame. Null, with nothing reported, where px has no such
/// name.
ObjectPtr find_in_px(Session& session, pxl::Place place, std::string_view name);

/// Whether px has a function of the name, which no attribute that a script gives can replace.
bool is_px_function(std::string_view name);

/// px.plugin.start_time and the like: a member of one of px's own modules. Null after an error.
ObjectPtr find_in_submodule(Session& session, pxl::Place place, const std::string& module,
                            const std::string& name);

/// A type applied to an expression, as px.Bytes(x): the function that does it.
ObjectPtr make_cast(Session& session, pxl::Place place, const Cast& cast);

}  // namespace pxq::local
