#include "job/dry_run.h"

#include <fmt/format.h>

#include <chrono>
#include <string>

#include "export/job_card.h"
#include "job/state_store.h"
#include "output/run_identity.h"
#include "process/print.h"
#include "script/time_argument.h"
#include "text/visible.h"

namespace pxq {
namespace {

std::string window_line(const std::optional<ExportState>& state, const WindowOptions& options) {
  const Window window = plan_window(state.value_or(ExportState{}), options);
  if (window.empty()) return "window   none yet: the last run reached as far\n";
  if (!state) {
    return fmt::format("window   the first: {} to {}\n",
                       options.first_start_ns ? pixie_time(window.start_ns) : "all that is held",
                       pixie_time(window.end_ns));
  }
  return fmt::format("window   {} to {}, asked from {}\n", pixie_time(window.start_ns),
                     pixie_time(window.end_ns), pixie_time(window.query_start_ns));
}

// The objects of the next run, as far as they can be known: of tables that had rows before.
std::string object_lines(const ExportJob& job, RunIdentity run,
                         const std::optional<ExportState>& state, const WindowOptions& options) {
  const Window window = plan_window(state.value_or(ExportState{}), options);
  if (window.empty() || !state) return {};
  run.window = RunWindow{window.start_ns, window.end_ns};
  PathValues values = run.path_values();
  if (!job.path().has("table")) {
    return fmt::format("object   {}\n", visible(job.path().expand(values)));
  }
  std::string lines;
  for (const auto& [name, table] : state->tables) {
    values.table = name;
    lines += fmt::format("object   {}\n", visible(job.path().expand(values)));
  }
  return lines;
}

std::string limit_line(Duration limit) {
  if (limit == Duration::zero()) return "timeout  none\n";
  return fmt::format("timeout  {} s\n", std::chrono::duration<double>(limit).count());
}

}  // namespace

Status tell_plan(const ExportJob& job, const Script& script, const Target& target,
                 const WindowOptions& options, Duration limit) {
  std::string text = fmt::format("script   {}\nto       {}\n{}", visible(job.identity.script),
                                 visible(job.path().text()), limit_line(limit));
  if (!job.has_place()) {
    return print(text + "state    none yet of this cluster, whose id the cloud tells\n" +
                 window_line(std::nullopt, options));
  }
  RunIdentity run;
  run.script = script.name.empty() ? script.source : script.name;
  run.cluster = target.endpoint.text();
  if (const auto card = load_card(card_path(job.state)); card && !card->cluster.empty()) {
    run.cluster = card->cluster;
  }
  StateStore store(job, job.path().expand(run.path_values()));
  auto state = store.load(options.now_ns);
  if (!state.ok()) return state.status();
  text += fmt::format("job      {}\nstate    {}{}\n", visible(job.name), visible(store.place()),
                      *state ? "" : " (none yet)");
  text += window_line(*state, options);
  if (job.output.kind->about != nullptr) {
    const Result<std::string> about = job.output.kind->about(job.output);
    if (!about.ok()) return about.status();
    text += fmt::format("store    {}\n", visible(*about)) + object_lines(job, run, *state, options);
  }
  if (!*state) return print(text);
  for (const auto& [name, table] : (*state)->tables) {
    text += fmt::format("table    {} exported up to {}\n", visible(name),
                        pixie_time(table.watermark_ns));
  }
  return print(text);
}

}  // namespace pxq
