#include "local/data/data_set.h"

#include <fmt/format.h>

#include "base/suggest.h"
#include "local/data/listers.h"

namespace pxq::local {

#define PXQ_SOURCE(name, open, description) Result<DataSet> open(std::string_view options);
#include "local/data/sources.def"
#undef PXQ_SOURCE

namespace {

Status no_past(std::string_view name) {
  return {Code::kUsage, fmt::format("--at: --local={} knows this moment only", name),
          "--local=demo has a past"};
}

}  // namespace

const std::vector<DataSource>& data_sources() {
  static const std::vector<DataSource> kSources = {
#define PXQ_SOURCE(name, open, description) {name, description, open},
#include "local/data/sources.def"
#undef PXQ_SOURCE
  };
  return kSources;
}

Result<DataSet> open_data_set(std::string_view text, std::optional<int64_t> at_ns) {
  const size_t comma = text.find(',');
  const std::string_view name = text.substr(0, comma);
  std::vector<std::string> names;
  std::string usage;
  for (const DataSource& source : data_sources()) {
    if (source.name == name) {
      Result<DataSet> data =
          source.open(comma == std::string_view::npos ? "" : text.substr(comma + 1));
      if (!data.ok()) return data;
      if (at_ns && !data->has_past) return no_past(name);
      if (at_ns) data->now = [at = *at_ns] { return at; };
      add_listers(*data);
      return data;
    }
    names.emplace_back(source.name);
    usage += fmt::format("{}--local={} for {}", usage.empty() ? "" : ", ", source.name,
                         source.description);
  }
  std::string hint = did_you_mean(std::string(name), names);
  return Status(Code::kUsage, fmt::format("the local Vizier has no source '{}'", name),
                hint.empty() ? "write " + usage : std::move(hint));
}

}  // namespace pxq::local
