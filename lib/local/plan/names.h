#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "local/functions/function.h"

namespace pxq::local {

// The names that the compiler knows, for hints and completion: one list each, kept by the file that
// gives the names their meaning.

/// px.NAME in scripts that a cluster runs, or the local Vizier, in order.
std::vector<std::string> px_names(Vocabulary vocabulary = Vocabulary::kCluster);
/// df.NAME(), in the order of the table.
std::vector<std::string> dataframe_method_names(Vocabulary vocabulary = Vocabulary::kCluster);
/// df.ctx['NAME'], aliases included.
std::vector<std::string> metadata_key_names();
/// The columns from which df.ctx['NAME'] can be looked up; empty where there is no such key.
std::vector<std::string> metadata_sources(std::string_view key);
/// pxtrace.NAME.
std::vector<std::string> pxtrace_names();
/// pxviews.NAME, without the module's own helpers.
std::vector<std::string> view_names();

}  // namespace pxq::local
