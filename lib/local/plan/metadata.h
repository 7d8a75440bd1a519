#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pxq::local {

/// A key of df.ctx: its full name, and the columns from which it can be looked up, best first.
struct MetadataKey {
  std::string_view name;
  std::vector<std::string_view> sources;
};

/// The key behind a name or alias such as "pod"; nullptr for names that Pixie does not know.
const MetadataKey* find_metadata_key(std::string_view name);

}  // namespace pxq::local
