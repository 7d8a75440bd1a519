#pragma once

#include <functional>
#include <string>
#include <vector>

#include "local/data/data_set.h"
#include "local/plan/compiler.h"
#include "vizierapi.pb.h"

namespace pxq::local {

/// Compiles what a client asks for, as of a moment of the data set.
CompileResult compile_query(const px::api::vizierpb::ExecuteScriptRequest& request,
                            const DataSet& data, int64_t now_ns);

/// Calls `action` for each source of a plan, once.
void for_each_source(const Plan& plan, const std::function<void(const Operator::Source&)>& action);

/// The tables of the sources that are chosen.
std::vector<std::string> tables_of(const Plan& plan,
                                   const std::function<bool(const Operator::Source&)>& chosen);

}  // namespace pxq::local
