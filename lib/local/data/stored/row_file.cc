#include "local/data/stored/row_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <re2/re2.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "base/suggest.h"
#include "file/compression.h"
#include "file/file_bytes.h"
#include "file/path_kind.h"
#include "file/path_template.h"
#include "local/data/catalogue.h"
#include "local/data/stored/row_schema.h"
#include "local/functions/re2_text.h"
#include "text/json.h"

namespace pxq::local {

#define PXQ_SOURCE(name, open, description)
#define PXQ_STORED(ending, open, description)
#define PXQ_ROWS(ending, packed, add, description) Status add(const RowFile&, StoredTables&);
#include "local/data/sources.def"
#undef PXQ_ROWS
#undef PXQ_STORED
#undef PXQ_SOURCE

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr auto kKinds = std::to_array<RowKind>({
#define PXQ_SOURCE(name, open, description)
#define PXQ_STORED(ending, open, description)
#define PXQ_ROWS(ending, packed, add, description) {ending, description, packed, add},
#include "local/data/sources.def"
#undef PXQ_ROWS
#undef PXQ_STORED
#undef PXQ_SOURCE
});

constexpr size_t kLargestSchema = size_t{16} << 20;

Status no_schema(const std::string& path, std::string_view why) {
  return {Code::kUsage, fmt::format("{} is no schema that pxq wrote: {}", path, why),
          "`--schema FILE` of pxq run and pxq export writes one"};
}

Result<std::vector<Schema>> read_schemas(const std::string& path) {
  const Result<std::string> text = read_file(path, kLargestSchema, Code::kUsage);
  if (!text.ok()) return text.status();
  const json document = json::parse(*text, nullptr, false);
  if (!document.is_object() || !document.contains("tables") || !document["tables"].is_array()) {
    return no_schema(path, "it has no list of tables");
  }
  std::vector<Schema> schemas;
  try {
    for (const json& table : document["tables"]) {
      Result<std::vector<ColumnInfo>> columns = columns_from(table.at("columns"));
      if (!columns.ok()) return no_schema(path, columns.status().message());
      schemas.push_back({original_bytes(table.at("name").get<std::string>()), {}, *columns});
    }
  } catch (const json::exception&) {
    return no_schema(path, "a table of it has no name or no columns");
  }
  return schemas;
}

std::string_view without_ending(std::string_view path) {
  const RowKind* kind = row_kind(path);
  if (kind == nullptr) return path;
  if (kind->packed) path = without_compression(path);
  return path.substr(0, path.size() - kind->ending.size());
}

/// The schema that stands beside a file, or none.
std::string schema_beside(const std::string& path) {
  const std::string own = std::string(without_ending(path)) + ".schema.json";
  const std::string common = parent_path(path) + "/schema.json";
  for (const std::string& candidate : {own, common}) {
    if (is_file(candidate)) return candidate;
  }
  return {};
}

/// `http_events-20261123T070000Z-2.csv` holds http_events.
std::string table_of(const std::string& path) {
  static const RE2 kWindow("(-[0-9]{8}T[0-9]{6}(\\.[0-9]{9})?Z)+(-[0-9]+)?$");
  std::string name = base_name(std::string(without_ending(path)));
  std::string plain = name;
  RE2::Replace(&plain, kWindow, "");
  return plain.empty() ? name : plain;
}

/// Placeholders as what exports put in their place.
std::string file_pattern(std::string_view text) {
  static const std::map<std::string_view, std::string_view> kShapes = {
      {"date", "[0-9]{4}-[0-9]{2}-[0-9]{2}"},
      {"hour", "[0-9]{2}"},
      {"start", "[0-9]{8}T[0-9]{6}(?:\\.[0-9]{9})?Z"},
      {"end", "[0-9]{8}T[0-9]{6}(?:\\.[0-9]{9})?Z"}};
  const std::string_view stem = without_ending(text);
  std::string pattern;
  bool has_table = false;
  for (size_t at = 0; at < stem.size();) {
    const std::string_view rest = stem.substr(at);
    if (rest.starts_with("{{") || rest.starts_with("}}")) {
      pattern += RE2::QuoteMeta(re2_text(rest.substr(0, 1)));
      at += 2;
      continue;
    }
    const size_t end = rest.find('}');
    if (rest.front() != '{' || end == std::string_view::npos) {
      pattern += RE2::QuoteMeta(re2_text(rest.substr(0, 1)));
      ++at;
      continue;
    }
    const std::string_view name = rest.substr(1, end - 1);
    const auto shape = kShapes.find(name);
    if (name == "table" && !has_table) {
      pattern += "(?P<table>[^/]+?)";
      has_table = true;
    } else {
      pattern += shape == kShapes.end() ? std::string("[^/]+?") : std::string(shape->second);
    }
    at += end + 1;
  }
  // A first run writes beside a file that is in its way.
  return pattern + "(?:-[0-9]+)?" + RE2::QuoteMeta(re2_text(text.substr(stem.size())));
}

Status give_schema(const std::string& schema, RowFile& file) {
  file.schema_path = schema.empty() ? schema_beside(file.path) : schema;
  if (file.schema_path.empty()) return {};
  Result<std::vector<Schema>> schemas = read_schemas(file.schema_path);
  if (!schemas.ok()) return schemas.status();
  file.schemas = *std::move(schemas);
  return {};
}

Status nothing_there(const std::string& path) {
  std::vector<std::string_view> endings;
  for (const RowKind& kind : kKinds) endings.push_back(kind.ending);
  return {Code::kUsage, fmt::format("{} holds no file that pxq runs on", path),
          fmt::format("it runs on .pxsnap, {}", fmt::join(endings, ", "))};
}

/// Files below a directory by name, without hidden ones: those are not whole yet.
Result<std::vector<std::string>> files_below(const std::string& directory) {
  std::vector<std::string> paths;
  std::error_code error;
  std::error_code ignored;  // of links that lead nowhere, or in a circle
  // One that is closed is skipped below, and told where it is the one that was asked for.
  const fs::directory_iterator probe(directory, error);
  const auto options = fs::directory_options::skip_permission_denied;
  fs::recursive_directory_iterator at;
  if (!error) at = fs::recursive_directory_iterator(directory, options, error);
  for (const fs::recursive_directory_iterator end; at != end && !error; at.increment(error)) {
    if (at->path().filename().string().starts_with('.')) {
      if (at->is_directory(ignored)) at.disable_recursion_pending();
      continue;
    }
    if (at->is_regular_file(ignored)) paths.push_back(at->path().string());
  }
  if (error) {
    return Status(Code::kUsage, fmt::format("cannot read {}: {}", directory, error.message()));
  }
  std::ranges::sort(paths);
  return paths;
}

Result<std::vector<RowFile>> fitting(const std::string& text) {
  const auto path = PathTemplate::parse(text);
  if (!path.ok()) return path.status();
  std::string directory = path->directory();
  const Result<std::vector<std::string>> below = files_below(directory.empty() ? "." : directory);
  if (!below.ok()) return below.status();
  std::string pattern = file_pattern(text);
  const bool relative = !text.starts_with('/') && !text.starts_with('.');
  const RE2 fits(pattern);
  const bool has_table = fits.NumberOfCapturingGroups() > 0;
  std::vector<RowFile> files;
  for (const std::string& one : *below) {
    const std::string_view tail =
        relative && one.starts_with("./") ? std::string_view(one).substr(2) : one;
    std::string table;
    if (has_table ? RE2::FullMatch(re2_text(tail), fits, &table)
                  : RE2::FullMatch(re2_text(tail), fits)) {
      files.push_back({.path = one, .table = has_table ? table : table_of(one)});
    }
  }
  return files;
}

Result<std::vector<RowFile>> inside(const std::string& directory) {
  const Result<std::vector<std::string>> below = files_below(directory);
  if (!below.ok()) return below.status();
  std::vector<RowFile> files;
  for (const std::string& one : *below) {
    if (row_kind(one) != nullptr) files.push_back({.path = one, .table = table_of(one)});
  }
  return files;
}

Status unknown_column(const RowFile& file, const std::string& column, const Schema& schema) {
  std::vector<std::string> names;
  for (const ColumnInfo& known : schema.columns) names.push_back(known.name);
  return {Code::kUsage,
          fmt::format("{}: column '{}' is not among those of '{}' in {}", file.path, column,
                      schema.name, file.schema_path),
          did_you_mean(column, names)};
}

const Schema* find_schema(const RowFile& file, std::string_view name) {
  for (const Schema& schema : file.schemas) {
    if (schema.name == name || path_safe(schema.name) == name) return &schema;
  }
  return file.schemas.size() == 1 ? &file.schemas.front() : nullptr;
}

}  // namespace

std::span<const RowKind> row_kinds() { return kKinds; }

const RowKind* row_kind(std::string_view path) {
  const auto found = std::ranges::find_if(kKinds, [path](const RowKind& kind) {
    return (kind.packed ? without_compression(path) : path).ends_with(kind.ending);
  });
  return found == kKinds.end() ? nullptr : &*found;
}

bool is_template(std::string_view text) {
  return text.find('{') != std::string_view::npos && !is_there(std::string(text));
}

Result<std::vector<RowFile>> find_row_files(const std::string& path, const std::string& schema) {
  Result<std::vector<RowFile>> files = std::vector<RowFile>();
  if (is_template(path)) {
    files = fitting(path);
  } else if (is_directory(path)) {
    files = inside(path);
  } else {
    files->push_back({.path = path, .table = table_of(path)});
  }
  if (!files.ok()) return files;
  if (files->empty()) return nothing_there(path);
  for (RowFile& file : *files) {
    if (Status status = give_schema(schema, file); !status.ok()) return status;
  }
  return files;
}

Result<std::optional<Schema>> schema_of(const RowFile& file, std::string_view name,
                                        std::span<const std::string> columns) {
  Schema found{std::string(name), {}, {}};
  if (!file.schemas.empty()) {
    const Schema* const schema = find_schema(file, name);
    if (schema == nullptr) {
      return Status(Code::kUsage,
                    fmt::format("{}: {} has no table '{}'", file.path, file.schema_path, name));
    }
    found.name = schema->name;
    for (const std::string& column : columns) {
      const auto known = std::ranges::find(schema->columns, column, &ColumnInfo::name);
      if (known == schema->columns.end()) return unknown_column(file, column, *schema);
      found.columns.push_back(*known);
    }
    return std::optional(std::move(found));
  }
  const std::vector<std::string_view> known_tables = catalogue_names();
  if (std::ranges::find(known_tables, name) == known_tables.end()) {
    return std::optional<Schema>();
  }
  const std::vector<ColumnInfo>& relation = catalogue_relation(name);
  for (const std::string& column : columns) {
    const auto known = std::ranges::find(relation, column, &ColumnInfo::name);
    if (known == relation.end()) return std::optional<Schema>();
    found.columns.push_back(*known);
  }
  return std::optional(std::move(found));
}

Status read_whole(const std::string& path, const std::function<Status(std::string_view)>& take) {
  struct stat before = {};
  if (::stat(path.c_str(), &before) != 0) {
    return {Code::kUsage,
            fmt::format("cannot read {}: {}", path, std::generic_category().message(errno))};
  }
  if (!S_ISREG(before.st_mode)) {
    return {Code::kUsage, fmt::format("{} is no ordinary file", path),
            "rows are read more than once: save them to a file"};
  }
  Status refused;
  const Status read = read_unpacked(path, compression_of(path), [&](std::string_view bytes) {
    refused = take(bytes);
    return refused;
  });
  if (!refused.ok()) return refused;
  struct stat after = {};
  const bool same = ::stat(path.c_str(), &after) == 0 && after.st_ino == before.st_ino &&
                    after.st_size == before.st_size &&
                    after.st_mtim.tv_sec == before.st_mtim.tv_sec &&
                    after.st_mtim.tv_nsec == before.st_mtim.tv_nsec;
  if (!same) {
    return {Code::kIncomplete, fmt::format("{} was changed while it was read", path),
            "run again when nobody writes to it"};
  }
  if (!read.ok())
    return {Code::kIncomplete, read.message(), "copy it again from where it was made"};
  return {};
}

Status cut_line(const std::string& path) {
  return {Code::kIncomplete, fmt::format("{} is cut: its last line has no end", path),
          "copy it again from where it was made; a file that is whole ends with a line feed"};
}

}  // namespace pxq::local
