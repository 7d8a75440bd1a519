#include "result/destination.h"

#include <unistd.h>

#include <fmt/format.h>

#include <utility>

#include "file/file_bytes.h"
#include "result/files_destination.h"
#include "result/schema_destination.h"
#include "result/sqlite_destination.h"
#include "result/stdout_destination.h"

namespace pxq {
namespace {

// Of px/http_data itself; of a file its name alone; of <stdin> the word.
std::string script_name(const std::string& script) {
  if (script.starts_with('<') && script.ends_with('>')) return script.substr(1, script.size() - 2);
  if (!script.ends_with(".pxl")) return script;
  const std::string name = base_name(script);
  return name.substr(0, name.size() - 4);
}

Result<std::unique_ptr<Destination>> open_path(const OutputOptions& options, const RunIdentity& run,
                                               Context& context) {
  Result<PathTemplate> path = PathTemplate::parse(options.output);
  if (!path.ok()) return path.status();
  if (options.is_database()) {
    auto made = SqliteDestination::open(options, *path, run, context);
    if (!made.ok()) return made.status();
    return std::unique_ptr<Destination>(*std::move(made));
  }
  // An ending that names no format is told before a file is touched.
  if (auto format = options.format(context); !format.ok()) return format.status();
  auto files = open_file_set(options, *path, run.hash_files, {}, context);
  if (!files.ok()) return files.status();
  auto made = FilesDestination::open(*std::move(files), options, *path, run, context);
  if (!made.ok()) return made.status();
  return std::unique_ptr<Destination>(*std::move(made));
}

Result<std::unique_ptr<Destination>> open_stdout(const OutputOptions& options, bool color,
                                                 Context& context) {
  Result<const Format*> format = options.format(context);
  if (!format.ok()) return format.status();
  if (options.append) {
    return Status(Code::kUsage, "--append needs a file to add to", "name one with -o");
  }
  if (!context.stdout_status.ok()) return context.stdout_status;
  return std::unique_ptr<Destination>(std::make_unique<StdoutDestination>(
      **format, options.format_options(context, color), context));
}

}  // namespace

PathValues RunIdentity::path_values() const {
  return {.table = {},
          .cluster = cluster,
          .script = script_name(script),
          .run = fmt::format("{}-{}", started_ns, ::getpid()),
          .start_ns = window ? window->start_ns : started_ns,
          .end_ns = window ? window->end_ns : started_ns};
}

Result<std::unique_ptr<Destination>> Destination::open(const OutputOptions& options, bool color,
                                                       Context& context, const RunIdentity& run) {
  auto opened =
      options.is_path() ? open_path(options, run, context) : open_stdout(options, color, context);
  const bool in_set = options.is_path() && !options.is_database();
  if (!opened.ok() || options.schema.empty() || in_set) return opened;
  return SchemaDestination::open(*std::move(opened), options, run.hash_files, context);
}

}  // namespace pxq
