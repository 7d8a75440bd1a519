#include "options/script_options.h"

#include <fmt/format.h>
#include <CLI/App.hpp>

#include <CLI/Option.hpp>
#include <algorithm>
#include <memory>

#include "base/wall_clock.h"
#include "script/preparation.h"
#include "script/row_cap.h"
#include "scripts/library.h"
#include "text/time_zone.h"

namespace pxq {
namespace {

Status check_one_source(const ScriptOptions& options) {
  const int sources = (options.script.empty() ? 0 : 1) + (options.file.empty() ? 0 : 1) +
                      (options.inline_text.empty() ? 0 : 1);
  if (sources == 0) {
    return {Code::kUsage, "no script is named",
            "name a file, a directory, a bundle's script, `-` for stdin, or use -e TEXT"};
  }
  if (sources > 1) {
    return {Code::kUsage, "more than one script is named", "SCRIPT, -f and -e exclude each other"};
  }
  return {};
}

Result<TimeReference> time_reference(const std::string& zone_name) {
  Result<TimeZone> zone = TimeZone::load(zone_name);
  if (!zone.ok()) return zone.status();
  TimeReference reference;
  reference.now_ns = wall_clock_ns();
  reference.utc_offset = [kept = std::make_shared<TimeZone>(*std::move(zone))](int64_t seconds) {
    return int64_t{kept->offset_at(seconds)};
  };
  return reference;
}

}  // namespace

void declare_bundles(CLI::App& app, std::vector<std::string>& bundles) {
  app.add_option("-b,--bundle", bundles, "a bundle of scripts (repeatable)")
      ->type_name("PATH")
      ->allow_extra_args(false)
      ->group("Script");
}

void ScriptOptions::declare_source(CLI::App& app) {
  app.add_option("SCRIPT", script, "a .pxl file, a directory, a script's name, or - for stdin");
  app.add_option("-f,--file", file, "the same as SCRIPT")->type_name("PATH")->group("Script");
  app.add_option("-e,--execute", inline_text, "the script itself")
      ->type_name("PXL")
      ->group("Script");
  declare_bundles(app, bundles);
}

void ScriptOptions::declare_times(CLI::App& app) {
  app.add_option("--since", since, "the script's start_time: 5m, 1h30m, 14:30, a date ...")
      ->type_name("TIME")
      ->group("Script");
  app.add_option("--start", start, "the same as --since")->type_name("TIME")->group("Script");
  app.add_option("--end", end, "the script's end_time")->type_name("TIME")->group("Script");
}

void ScriptOptions::declare(CLI::App& app) {
  declare_source(app);
  app.add_option("-a,--arg", arguments, "an argument of the script (repeatable; also after --)")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false)
      ->group("Script");
  app.add_option("--func", function, "run this function of the script")
      ->type_name("NAME")
      ->group("Script");
  declare_times(app);
  app.add_option("--max-rows", max_rows, "the server's cap on rows of a table (default 10000)")
      ->type_name("N|all")
      ->group("Script");
  app.add_flag("--mutate", mutate, "let the script install probes")->group("Run");
}

Result<Script> ScriptOptions::load(Context& context) const {
  if (Status status = check_one_source(*this); !status.ok()) return status;
  if (!inline_text.empty()) return script_from_text(inline_text);
  const std::string& name = script.empty() ? file : script;
  // Bundles are opened only for names: a file must run whatever state they are in.
  if (name == "-" || !file.empty() || is_script_path(name)) {
    return open_script(name, {}, context.signals.token());
  }
  Result<ScriptLibrary> library = open_library(bundles, context);
  if (!library.ok()) return library.status();
  return open_script(name, *library, context.signals.token());
}

std::string ScriptOptions::as_argument(const std::string& flag, Context& context) const {
  if (!names_script()) return {};
  const Result<Script> loaded = load(context);
  const size_t dashes = std::min(flag.find_first_not_of('-'), flag.size());
  if (!loaded.ok() || !loaded->vis) return {};
  const std::string name = flag.substr(dashes);
  if (loaded->vis->find_variable(name) == nullptr) return {};
  return fmt::format(
      "it is an argument of the script: put it behind `--`, as `-- --{0} VALUE`, or "
      "write `-a {0}=VALUE`",
      name);
}

Result<ScriptRequest> ScriptOptions::request(const Script& from, const std::string& time_zone,
                                             const Context& context) const {
  Preparation asked;
  asked.argument_flags = arguments;
  asked.tokens = context.script_arguments;
  asked.function = function;
  asked.since = since;
  asked.start = start;
  asked.end = end;
  asked.allow_mutation = mutate;
  Result<TimeReference> reference = time_reference(time_zone);
  if (!reference.ok()) return reference.status();
  asked.time = *std::move(reference);
  if (now_ns) asked.time.now_ns = *now_ns;
  if (!max_rows.empty()) {
    Result<uint64_t> cap = parse_max_rows(max_rows);
    if (!cap.ok()) return cap.status();
    asked.max_rows = *cap;
  }
  return prepare_request(from, asked);
}

}  // namespace pxq
