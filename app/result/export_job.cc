#include "result/export_job.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "base/environment.h"
#include "file/file_bytes.h"
#include "output/sqlite.h"

namespace pxq {
namespace {

// Empty where nothing is known.
std::string state_directory(const ExportOptions& options) {
  if (!options.state.empty()) return absolute_path(options.state);
  return xdg_directory("XDG_STATE_HOME", ".local/state");
}

std::string script_identity(const Script& script) {
  if (!script.name.empty()) return script.name;
  if (script.source.starts_with('<')) return "sha256:" + sha256_hex(script.text);
  return absolute_path(script.source);
}

std::string target_identity(const Target& target) {
  switch (target.kind) {
    case Target::Kind::kLocal: return "local=" + target.local;
    case Target::Kind::kDirect: return target.endpoint.text();
    case Target::Kind::kCloud: break;
  }
  return fmt::format("{}@{}", target.cluster, target.endpoint.text());
}

// As the flag has them: kept or dropped.
std::string columns_identity(const Selection& selection) {
  std::string names;
  for (const std::string& name : selection.columns) {
    names +=
        fmt::format("{}{}{}", names.empty() ? "" : ",", selection.drop_columns ? "-" : "", name);
  }
  return names;
}

// Whatever changes which rows come or where they go makes another job.
std::string job_name(const OutputPlan& output, const ScriptOptions& asked,
                     const std::vector<std::string>& script_arguments, const Script& script,
                     const Target& target, const std::string& path) {
  const std::string script_id = script_identity(script);
  const std::string details = fmt::format(
      "{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}", script_id, asked.function, fmt::join(asked.arguments, "\n"),
      fmt::join(script_arguments, "\n"), target_identity(target),
      fmt::join(output.selection.tables, "\n"), columns_identity(output.selection), path);
  const std::string shown = script_id.starts_with("sha256:") ? "inline" : script_id;
  return fmt::format("{} {} {}", base_name(shown), target_identity(target),
                     sha256_hex(details).substr(0, 16));
}

constexpr std::string_view kTimePlaceholders[] = {"start", "end", "run", "date", "hour"};

// Its first run could write the file; no later one could.
Status check_append(const OutputPlan& output) {
  if (output.format->lines) return {};
  return {Code::kUsage,
          fmt::format("--to '{}': its format cannot be added to", output.path->text()),
          "csv, tsv and jsonl can; without --append put {start} into the path"};
}

Status check_path(const OutputPlan& output) {
  const bool by_time = std::ranges::any_of(
      kTimePlaceholders, [&](std::string_view name) { return output.path->has(name); });
  if (output.kind->holds_runs) {
    if (!by_time) return {};
    return {Code::kUsage, "a database that is exported to keeps how far it is in itself",
            "--to must name the same database each time: no {date}, {hour}, {start}, {end}, {run}"};
  }
  if (output.append) return check_append(output);
  if (by_time || output.force) return {};
  return {Code::kUsage,
          fmt::format("--to '{}' names the same files in every run", output.path->text()),
          "put {start} into it, or add to the files with --append"};
}

}  // namespace

Result<ExportJob> ExportJob::find(const ExportOptions& options, OutputPlan output,
                                  const ScriptOptions& asked,
                                  const std::vector<std::string>& script_arguments,
                                  const Script& script, const Target& target) {
  if (Status repeatable = check_path(output); !repeatable.ok()) return repeatable;
  auto path = PathTemplate::parse(absolute_path(output.path->text()));
  if (!path.ok()) return path.status();
  ExportJob job;
  job.name = options.job.empty()
                 ? job_name(output, asked, script_arguments, script, target, path->text())
                 : options.job;
  std::string directory = state_directory(options);
  if (directory.empty() && !output.kind->holds_runs) {
    return Status(Code::kUsage, "no place to keep how far the export is: HOME is not set",
                  "name a directory with --state");
  }
  if (directory.empty()) directory = path->directory();
  job.output = std::move(output);
  job.output.path = *std::move(path);
  job.state = state_path(directory, job.name);
  job.lock = job.state + ".lock";
  job.journal = job.state + ".journal";
  return job;
}

Result<ExportState> ExportJob::load(const std::string& database_file, const std::string& cluster,
                                    int64_t now_ns) const {
  std::optional<ExportState> known;
  if (output.kind->holds_runs) {
    auto text = SqliteSink::read_state(database_file, name);
    if (!text.ok()) return text.status();
    if (*text) {
      auto parsed = parse_state(**text, "in " + database_file, name, cluster, now_ns);
      if (!parsed.ok()) return parsed.status();
      known = *std::move(parsed);
    }
  } else {
    auto loaded = load_state(state, name, cluster, now_ns);
    if (!loaded.ok()) return loaded.status();
    known = *std::move(loaded);
  }
  return known ? *std::move(known) : ExportState{.job = name, .cluster = cluster, .tables = {}};
}

}  // namespace pxq
