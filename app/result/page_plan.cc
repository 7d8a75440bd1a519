#include "result/page_plan.h"

#include <algorithm>

namespace pxq {

std::shared_ptr<const chart::PagePlan> page_plan(const Vis& vis, const ScriptRequest& request,
                                                 const RunIdentity& run) {
  auto page = std::make_shared<chart::PagePlan>();
  page->script = run.script;
  page->cluster = run.cluster;
  page->started_ns = run.started_ns;
  if (run.window) {
    page->window_start_ns = run.window->start_ns;
    page->window_end_ns = run.window->end_ns;
  }
  // Functions mostly share their arguments: each is told once.
  for (const FunctionCall& call : request.functions) {
    for (const auto& argument : call.arguments) {
      if (std::ranges::find(page->arguments, argument) == page->arguments.end()) {
        page->arguments.push_back(argument);
      }
    }
  }
  // One function was chosen by -f: of the others' tables there is nothing to show.
  for (const chart::WidgetPlan& widget : widget_plans(vis)) {
    const bool asked = std::ranges::any_of(request.functions, [&](const FunctionCall& call) {
      return call.output_prefix == widget.table;
    });
    if (asked) page->widgets.push_back(widget);
  }
  return page;
}

}  // namespace pxq
