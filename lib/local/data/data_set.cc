#include "local/data/data_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/suggest.h"
#include "local/data/listers.h"
#include "text/time_text.h"

namespace pxq::local {

#define PXQ_SOURCE(name, open, description) Result<DataSet> open(std::string_view options);
#define PXQ_STORED(ending, open, description) Result<DataSet> open(const std::string& path);
#include "local/data/sources.def"
#undef PXQ_STORED
#undef PXQ_SOURCE

namespace {

Status no_past(std::string_view name) {
  return {Code::kUsage, fmt::format("--at: --local={} knows this moment only", name),
          "--local=demo has a past"};
}

Result<DataSet> open_named(std::string_view name, std::string_view options) {
  std::vector<std::string> names;
  std::string usage;
  for (const DataSource& source : data_sources()) {
    if (source.name == name) return source.open(options);
    names.emplace_back(source.name);
    usage += fmt::format("--local={} for {}, ", source.name, source.description);
  }
  std::string hint = did_you_mean(std::string(name), names);
  return Status(Code::kUsage, fmt::format("the local Vizier has no source '{}'", name),
                hint.empty() ? "write " + usage + "or the path of a file" : std::move(hint));
}

Result<DataSet> open_stored(const std::string& path) {
  std::string kinds;
  for (const StoredSource& source : stored_sources()) {
    if (path.ends_with(source.ending)) {
      Result<DataSet> data = source.open(path);
      if (!data.ok()) return data;
      data->name = path;
      data->is_stored = true;
      return data;
    }
    kinds += fmt::format("{}{} ({})", kinds.empty() ? "" : ", ", source.ending, source.description);
  }
  return Status(Code::kUsage, fmt::format("--local={}: no kind of file that pxq runs on", path),
                "it runs on " + kinds);
}

bool is_path(std::string_view text, std::string_view name) {
  if (std::ranges::find(data_sources(), name, &DataSource::name) != data_sources().end()) {
    return false;
  }
  return text.find_first_of("./") != std::string_view::npos;
}

/// Makes it another moment there.
Status set_moment(int64_t at_ns, DataSet& data) {
  if (!data.has_past && data.is_stored) {
    return {Code::kUsage, fmt::format("--at: no row of {} has a time", data.name)};
  }
  if (!data.has_past) return no_past(data.name);
  if (data.span && (at_ns < data.span->start_ns || at_ns > data.span->end_ns)) {
    return {Code::kUsage,
            fmt::format("--at {}: {} has rows from {} to {}", rfc3339_text(at_ns), data.name,
                        rfc3339_text(data.span->start_ns), rfc3339_text(data.span->end_ns))};
  }
  data.now = [at_ns] { return at_ns; };
  return {};
}

}  // namespace

const std::vector<DataSource>& data_sources() {
  static const std::vector<DataSource> kSources = {
#define PXQ_SOURCE(name, open, description) {name, description, open},
#define PXQ_STORED(ending, open, description)
#include "local/data/sources.def"
#undef PXQ_STORED
#undef PXQ_SOURCE
  };
  return kSources;
}

const std::vector<StoredSource>& stored_sources() {
  static const std::vector<StoredSource> kSources = {
#define PXQ_SOURCE(name, open, description)
#define PXQ_STORED(ending, open, description) {ending, description, open},
#include "local/data/sources.def"
#undef PXQ_STORED
#undef PXQ_SOURCE
  };
  return kSources;
}

Result<DataSet> open_data_set(std::string_view text, std::optional<int64_t> at_ns) {
  const size_t comma = text.find(',');
  const std::string_view name = text.substr(0, comma);
  const std::string_view options =
      comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
  Result<DataSet> data =
      is_path(text, name) ? open_stored(std::string(text)) : open_named(name, options);
  if (!data.ok()) return data;
  if (at_ns) {
    if (Status status = set_moment(*at_ns, *data); !status.ok()) return status;
  }
  add_listers(*data);
  return data;
}

}  // namespace pxq::local
