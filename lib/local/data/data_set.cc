#include "local/data/data_set.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/suggest.h"
#include "file/compression.h"
#include "file/path_kind.h"
#include "local/data/listers.h"
#include "local/data/stored/row_file.h"
#include "local/data/stored/stored.h"
#include "text/time_text.h"

namespace pxq::local {

#define PXQ_SOURCE(name, open, description) Result<DataSet> open(std::string_view options);
#define PXQ_STORED(ending, open, description) Result<DataSet> open(const std::string& path);
#define PXQ_ROWS(ending, packed, add, description)
#include "local/data/sources.def"
#undef PXQ_ROWS
#undef PXQ_STORED
#undef PXQ_SOURCE

namespace {

namespace fs = std::filesystem;

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

Status no_kind(const std::string& path) {
  std::vector<std::string> kinds;
  const auto add = [&kinds](std::string_view ending, std::string_view description) {
    kinds.push_back(fmt::format("{} ({})", ending, description));
  };
  for (const StoredSource& source : stored_sources()) add(source.ending, source.description);
  for (const RowKind& kind : row_kinds()) add(kind.ending, kind.description);
  return {Code::kUsage, fmt::format("--local={}: no kind of file that pxq runs on", path),
          fmt::format("it runs on {}, and on directories of such files", fmt::join(kinds, ", "))};
}

/// Those of a directory that `pxq export --snapshot` keeps.
std::vector<std::string> snapshots_in(const std::string& directory) {
  std::vector<std::string> paths;
  std::error_code error;
  for (fs::directory_iterator at(directory, error), end; at != end && !error; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (name.ends_with(".pxsnap") && !name.starts_with('.')) paths.push_back(at->path().string());
  }
  std::ranges::sort(paths);
  return paths;
}

/// A directory of snapshots is one of nothing else.
Result<DataSet> open_kept(const std::string& path, const std::vector<std::string>& snapshots) {
  Result<DataSet> data = open_snapshots(snapshots);
  if (!data.ok()) return data;
  std::error_code error;
  for (fs::directory_iterator at(path, error), end; at != end && !error; at.increment(error)) {
    if (row_kind(at->path().string()) == nullptr) continue;
    data->notes.push_back(
        fmt::format("{} holds snapshots: its other files, such as {}, are not looked at", path,
                    at->path().filename().string()));
    break;
  }
  return data;
}

Result<DataSet> open_path(const std::string& path, const std::string& schema) {
  if (is_template(path)) return open_rows(path, schema);
  if (is_directory(path)) {
    const std::vector<std::string> snapshots = snapshots_in(path);
    return snapshots.empty() ? open_rows(path, schema) : open_kept(path, snapshots);
  }
  for (const StoredSource& source : stored_sources()) {
    if (path.ends_with(source.ending)) return source.open(path);
  }
  return row_kind(path) == nullptr ? no_kind(path) : open_rows(path, schema);
}

/// `text` is PATH or PATH,schema=FILE.
Result<DataSet> open_stored(std::string_view text) {
  constexpr std::string_view kSchema = ",schema=";
  const size_t option = text.rfind(kSchema);
  const std::string path(text.substr(0, option));
  const std::string schema(option == std::string_view::npos ? ""
                                                            : text.substr(option + kSchema.size()));
  if (!schema.empty() && row_kind(path) == nullptr && !is_template(path) && !is_directory(path)) {
    return Status(Code::kUsage,
                  fmt::format("--local={}: only files of rows have a schema beside them", text));
  }
  Result<DataSet> data = open_path(path, schema);
  if (!data.ok()) return data;
  data->name = path;
  data->is_stored = true;
  return data;
}

bool is_path(std::string_view text, std::string_view name) {
  if (std::ranges::find(data_sources(), name, &DataSource::name) != data_sources().end()) {
    return false;
  }
  return text.find_first_of("./") != std::string_view::npos || is_template(text) ||
         is_directory(std::string(text));
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
  data.goes_on = false;
  return {};
}

}  // namespace

bool names_data_set(std::string_view word) {
  const auto named =
      std::ranges::find(data_sources(), word.substr(0, word.find(',')), &DataSource::name);
  if (named != data_sources().end()) return true;
  const std::string_view file = without_compression(word);
  return row_kind(file) != nullptr ||
         std::ranges::any_of(stored_sources(), [file](const StoredSource& source) {
           return file.ends_with(source.ending);
         });
}

const std::vector<DataSource>& data_sources() {
  static const std::vector<DataSource> kSources = {
#define PXQ_SOURCE(name, open, description) {name, description, open},
#define PXQ_STORED(ending, open, description)
#define PXQ_ROWS(ending, packed, add, description)
#include "local/data/sources.def"
#undef PXQ_ROWS
#undef PXQ_STORED
#undef PXQ_SOURCE
  };
  return kSources;
}

const std::vector<StoredSource>& stored_sources() {
  static const std::vector<StoredSource> kSources = {
#define PXQ_SOURCE(name, open, description)
#define PXQ_STORED(ending, open, description) {ending, description, open},
#define PXQ_ROWS(ending, packed, add, description)
#include "local/data/sources.def"
#undef PXQ_ROWS
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
  Result<DataSet> data = is_path(text, name) ? open_stored(text) : open_named(name, options);
  if (!data.ok()) return data;
  if (at_ns) {
    if (Status status = set_moment(*at_ns, *data); !status.ok()) return status;
  }
  add_listers(*data);
  return data;
}

}  // namespace pxq::local
