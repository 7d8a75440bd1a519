#include "script/preparation.h"

#include <fmt/format.h>

#include <utility>

#include "script/arguments.h"
#include "script/functions.h"
#include "script/mutation.h"
#include "script/row_cap.h"
#include "script/script_text.h"

namespace pxq {
namespace {

constexpr std::string_view kStart = "start_time";
constexpr std::string_view kEnd = "end_time";

struct Times {
  std::optional<TimeArgument> start;
  std::optional<TimeArgument> end;
  TimeArgument until;  // end, or now
};

Result<Times> read_times(const Preparation& asked) {
  Times times;
  if (asked.since && asked.start) {
    return Status{Code::kUsage, "--since and --start say the same thing twice"};
  }
  const auto read = [&](const std::optional<std::string>& text, std::string_view flag,
                        std::optional<TimeArgument>& into) -> Status {
    if (!text) return {};
    const auto time = parse_time(*text, asked.time, flag);
    if (time.ok()) into = *time;
    return time.status();
  };
  Status read_all = read(asked.since, "--since", times.start);
  if (read_all.ok()) read_all = read(asked.start, "--start", times.start);
  if (read_all.ok()) read_all = read(asked.end, "--end", times.end);
  if (!read_all.ok()) return read_all;
  times.until = times.end.value_or(TimeArgument{asked.time.now_ns, pixie_time(asked.time.now_ns)});
  if (times.start) {
    const auto window = make_window(*times.start, times.until, asked.time.now_ns);
    if (!window.ok()) return window.status();
  }
  return times;
}

// Gives a time to the argument of that name, in the words that its type asks for.
Status pass_time(const Vis& vis, std::string_view name, const std::optional<TimeArgument>& time,
                 const std::string& source, std::vector<Argument>& arguments) {
  if (!time) return {};
  const Variable* variable = vis.find_variable(name);
  if (variable == nullptr) {
    return {Code::kUsage, fmt::format("{} takes no {}", source, name),
            fmt::format("{} asks for that argument; this script sets its own times",
                        name == kStart ? "--since or --start" : "--end")};
  }
  const bool as_number = variable->type == PxType::kInt64;
  arguments.push_back({variable->name, as_number ? std::to_string(time->ns) : time->pixie});
  return {};
}

// --since, --start and --end become the arguments start_time and end_time, or px.plugin's window.
Status add_times(const Times& times, const ScriptEffects& effects, const Vis& vis,
                 const Preparation& asked, std::vector<Argument>& arguments,
                 ScriptRequest& request) {
  if (!times.start && !times.end) return {};
  if (effects.plugin_window) {
    if (!times.start) return {Code::kUsage, "--end needs --start or --since with this script"};
    request.plugin_window = TimeWindow{times.start->ns, times.until.ns};
    if (vis.find_variable(kStart) == nullptr) return {};
  } else if (!asked.function.empty() && vis.find_variable(kStart) == nullptr) {
    return {Code::kUsage, "--func takes its times by -a, as the function names them"};
  }
  Status start = pass_time(vis, kStart, times.start, request.source, arguments);
  return start.ok() ? pass_time(vis, kEnd, times.end, request.source, arguments) : start;
}

Result<std::vector<Argument>> gather_arguments(const Vis& vis, const Preparation& asked) {
  auto arguments = parse_argument_flags(asked.argument_flags);
  if (!arguments.ok()) return arguments;
  auto tokens = parse_script_tokens(asked.tokens, vis);
  if (!tokens.ok()) return tokens.status();
  for (Argument& each : tokens->arguments) arguments->push_back(std::move(each));
  return arguments;
}

Status check_takes_arguments(const Script& script, const std::vector<Argument>& arguments) {
  if (script.vis || arguments.empty()) return {};
  return {Code::kUsage,
          fmt::format("{} takes no argument '{}': it has no vis.json", script.source,
                      arguments.front().name),
          "--func NAME -a ... calls one function of a script"};
}

Status add_functions(const Script& script, const Preparation& asked,
                     const std::vector<Argument>& arguments, ScriptRequest& request) {
  if (!asked.function.empty()) {
    auto call = function_call(script.text, asked.function, arguments, script.source);
    if (!call.ok()) return call.status();
    request.functions.push_back(*std::move(call));
    return {};
  }
  if (Status takes = check_takes_arguments(script, arguments); !takes.ok()) return takes;
  if (!script.vis) return {};
  if (Status fit = check_arguments(*script.vis, arguments, script.source); !fit.ok()) return fit;
  auto calls = function_calls(*script.vis, arguments, script.source);
  if (!calls.ok()) return calls.status();
  request.functions = *std::move(calls);
  return {};
}

// The server refuses a request above its limit with words that do not help.
Status check_size(const ScriptRequest& request) {
  size_t bytes = request.text.size();
  for (const FunctionCall& call : request.functions) {
    bytes += call.function.size() + call.output_prefix.size();
    for (const auto& [name, value] : call.arguments) bytes += name.size() + value.size();
  }
  // For tags and lengths around the texts.
  constexpr size_t kFraming = 4096;
  if (bytes + kFraming <= kMaxRequestBytes) return {};
  return {Code::kUsage,
          fmt::format("{}: script and arguments are {} bytes, more than a Vizier takes (4 MiB)",
                      request.source, bytes)};
}

}  // namespace

Result<ScriptRequest> prepare_request(const Script& script, const Preparation& asked) {
  ScriptRequest request;
  request.text = script.text;
  request.name = script.name;
  request.source = script.source;

  const ScriptEffects effects = find_effects(script.text);
  if (Status mutation = check_mutation(effects, asked.allow_mutation, script.source);
      !mutation.ok()) {
    return mutation;
  }
  request.mutation = effects.mutates();

  const Vis vis = script.vis.value_or(Vis{});
  auto arguments = gather_arguments(vis, asked);
  if (!arguments.ok()) return arguments.status();
  const auto times = read_times(asked);
  if (!times.ok()) return times.status();
  Status added = add_times(*times, effects, vis, asked, *arguments, request);
  if (added.ok()) added = add_functions(script, asked, *arguments, request);
  if (!added.ok()) return added;
  if (asked.max_rows) set_row_cap(request, *asked.max_rows);
  if (Status size = check_size(request); !size.ok()) return size;
  return request;
}

}  // namespace pxq
