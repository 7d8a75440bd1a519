#include "job/fitness.h"

#include <fmt/format.h>

#include "job/endless.h"
#include "job/window_request.h"
#include "process/print.h"
#include "script/row_limits.h"
#include "text/visible.h"

namespace pxq {

Result<ExportFitness> fitness_of(const ScriptOptions& asked, const Script& script,
                                 const WindowOptions& options, const Context& context) {
  const Window window = plan_window({}, options);
  Result<ScriptRequest> request = windowed_request(asked, script, window, context);
  if (!request.ok()) return request.status();
  const Vis vis = script.vis.value_or(Vis{});
  ExportFitness fitness = judge_for_export(script.text, vis, row_limits(*request, vis),
                                           options.align != Duration::zero());
  if (Status endless = check_end(asked, script, options, context); !endless.ok()) {
    fitness.unfit.push_back(endless.message());
  }
  return fitness;
}

Status tell_fitness(const Script& script, const ExportFitness& fitness) {
  std::string text =
      fmt::format("script   {}\nwindow   {}\n", visible(script.source), fitness.window);
  for (const std::string& why : fitness.unfit) text += fmt::format("unfit    {}\n", visible(why));
  for (const std::string& note : fitness.notes) text += fmt::format("note     {}\n", note);
  text +=
      fmt::format("verdict  its rows {} be exported exactly{}\n", fitness.fit() ? "can" : "cannot",
                  fitness.of_timed_tables ? ", of tables that keep time_" : "");
  if (Status written = print(text); !written.ok() || fitness.fit()) return written;
  return {Code::kLimit, "the script cannot be exported exactly",
          "`pxq scripts export` lists scripts that are made for it"};
}

}  // namespace pxq
