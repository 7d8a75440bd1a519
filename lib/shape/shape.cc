#include "shape/shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pxq {

Result<std::vector<SortKey>> parse_sort_keys(std::string_view text) {
  std::vector<SortKey> keys;
  for (size_t start = 0; start <= text.size();) {
    const size_t comma = std::min(text.find(',', start), text.size());
    std::string_view name = text.substr(start, comma - start);
    start = comma + 1;
    const bool descending = name.starts_with('-');
    if (descending) name.remove_prefix(1);
    if (name.empty()) {
      return Status(Code::kUsage, fmt::format("--sort '{}' has an empty name", text),
                    "write a,-b: by a, then by b with the greatest first");
    }
    keys.push_back({std::string(name), descending});
  }
  return keys;
}

}  // namespace pxq
