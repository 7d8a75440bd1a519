#include "options/script_options.h"

#include <fmt/format.h>

#include <CLI/Option.hpp>
#include <cstdlib>
#include <filesystem>

#include "script/arguments.h"
#include "script/functions.h"
#include "script/mutation.h"
#include "script/row_cap.h"
#include "script/shipped.h"

namespace pxq {
namespace {

// Where this program's own scripts may lie: installed beside it, or in the source tree it was
// built in.
std::vector<std::string> script_roots() {
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::filesystem::path prefix = program.parent_path().parent_path();
  return {(prefix / "share/pxq/pxl").string(),
          (prefix.parent_path().parent_path() / "scripts/pxl").string()};
}

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

Result<std::vector<Argument>> gather_arguments(const ScriptOptions& options, const Vis& vis,
                                               const Context& context) {
  Result<std::vector<Argument>> arguments = parse_argument_flags(options.arguments);
  if (!arguments.ok()) return arguments;
  Result<ScriptTokens> tokens = parse_script_tokens(context.script_arguments, vis);
  if (!tokens.ok()) return tokens.status();
  arguments->insert(arguments->end(), tokens->arguments.begin(), tokens->arguments.end());
  return arguments;
}

}  // namespace

void ScriptOptions::declare(CLI::App& app) {
  app.add_option("SCRIPT", script, "a .pxl file, a directory, a script's name, or - for stdin");
  app.add_option("-f,--file", file, "the same as SCRIPT")->type_name("PATH")->group("Script");
  app.add_option("-e,--execute", inline_text, "the script itself")
      ->type_name("PXL")
      ->group("Script");
  app.add_option("-b,--bundle", bundles, "a bundle of scripts (repeatable)")
      ->type_name("PATH")
      ->allow_extra_args(false)
      ->group("Script");
  app.add_option("-a,--arg", arguments, "an argument of the script (repeatable; also after --)")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false)
      ->group("Script");
  app.add_option("--func", function, "run this function of the script")
      ->type_name("NAME")
      ->group("Script");
  app.add_option("--max-rows", max_rows, "the server's cap on rows of a table (default 10000)")
      ->type_name("N|all")
      ->group("Script");
  app.add_flag("--mutate", mutate, "let the script install probes")->group("Run");
}

Result<ScriptLibrary> open_library(const std::vector<std::string>& bundles, Context& context) {
  ScriptLibrary library;
  std::vector<std::string> paths = bundles;
  if (const char* path = std::getenv("PX_BUNDLE"); path != nullptr && *path != '\0') {
    paths.emplace_back(path);
  }
  for (const std::string& path : paths) {
    Result<Bundle> bundle = read_bundle(path);
    if (!bundle.ok()) return bundle.status();
    for (const std::string& name : bundle->skipped) {
      context.talk.warning(fmt::format("bundle {}: '{}' is not a script", path, name));
    }
    library.add(*std::move(bundle));
  }
  if (const auto root = find_script_root(script_roots())) {
    Result<Bundle> shipped = read_script_tree(*root);
    if (!shipped.ok()) return shipped.status();
    library.add(*std::move(shipped));
  }
  return library;
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

Result<ScriptRequest> ScriptOptions::request(const Script& from, const Context& context) const {
  ScriptRequest request;
  request.text = from.text;
  request.name = from.name;
  request.source = from.source;
  const ScriptEffects effects = find_effects(from.text);
  if (Status status = check_mutation(effects, mutate, from.source); !status.ok()) return status;
  request.mutation = effects.mutates();
  const Vis vis = from.vis.value_or(Vis{});
  Result<std::vector<Argument>> given = gather_arguments(*this, vis, context);
  if (!given.ok()) return given.status();
  if (!function.empty()) {
    Result<FunctionCall> call = function_call(from.text, function, *given, from.source);
    if (!call.ok()) return call.status();
    request.functions.push_back(*std::move(call));
  } else {
    if (Status status = check_arguments(vis, *given, from.source); !status.ok()) return status;
    Result<std::vector<FunctionCall>> calls = function_calls(vis, *given, from.source);
    if (!calls.ok()) return calls.status();
    request.functions = *std::move(calls);
  }
  if (!max_rows.empty()) {
    Result<uint64_t> cap = parse_max_rows(max_rows);
    if (!cap.ok()) return cap.status();
    set_row_cap(request, *cap);
  }
  return request;
}

}  // namespace pxq
