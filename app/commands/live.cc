#include <CLI/App.hpp>
#include <CLI/Option.hpp>
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/command.h"
#include "live/curses_terminal.h"
#include "live/live_plan.h"
#include "live/live_session.h"
#include "live/runner.h"
#include "options/output_options.h"
#include "options/script_options.h"
#include "options/talk_options.h"
#include "options/target_options.h"
#include "script/tokens.h"
#include "scripts/library.h"
#include "settings/target.h"

namespace pxq {
namespace {

/// `live [SCRIPT]`: a script's tables over the whole screen.
class LiveCommand final : public Command {
 public:
  void declare(CLI::App& app) override {
    script_.declare(app);
    target_.declare(app);
    output_.declare_zone(app);
    app.add_flag("-w{2s},--watch{2s}", watch_,
                 "run again so long after each end (default 5s; 0: never)")
        ->type_name("[=TIME]")
        ->group("Run");
    talk_.declare(app);
  }

  Status run(Context& context) override {
    talk_.apply(context);
    Result<Duration> interval = parse_limit(watch_, "--watch");
    if (!interval.ok()) return interval.status();
    Result<std::string> zone_name = output_.zone();
    if (!zone_name.ok()) return zone_name.status();
    Result<TimeZone> zone = TimeZone::load(*zone_name);
    if (!zone.ok()) return zone.status();
    std::optional<LivePlan> plan;
    if (Status named = name_script(*zone_name, context, plan); !named.ok()) return named;
    if (Result<Target> target = resolve_target(target_); !target.ok()) return target.status();
    return show(std::move(plan), *zone, *interval, context);
  }

  std::string instead_of(const std::string& flag, Context& context) override {
    return script_.as_argument(flag, context);
  }

 private:
  // What is wrong with script or arguments is told before the screen is taken.
  Status name_script(const std::string& zone, Context& context, std::optional<LivePlan>& plan) {
    if (!script_.names_script()) return {};
    Result<Script> script = script_.load(context);
    if (!script.ok()) return script.status();
    plan = LivePlan{*std::move(script), script_, context.script_arguments, zone};
    return plan->request(context).status();
  }

  Status show(std::optional<LivePlan> plan, const TimeZone& zone, Duration interval,
              Context& context) {
    Result<ScriptLibrary> library = open_library(script_.bundles, context);
    if (!library.ok()) return library.status();
    auto terminal =
        CursesTerminal::open(use_color(talk_.color_choice(), context.out), is_ascii_locale());
    if (!terminal.ok()) return terminal.status();
    context.signals.set_last_act(Rescue::act);
    Runner runner(target_, talk_, context);
    LiveSession session(**terminal, runner, zone, interval, context);
    const LiveSession::Scripts scripts{
        .list = [&] { return choices(*library, has_window()); },
        .open = [&](const std::string& name) { return open(name, *library, zone); }};
    return session.run(std::move(plan), scripts);
  }

  bool has_window() const { return script_.since || script_.start; }

  // Scripts for exports ask for the window that only flags give.
  static bool needs_window(const BundleScript& script) {
    const std::vector<Token> tokens = tokenize(script.text);
    return std::ranges::any_of(tokens, [](const Token& token) { return token.text == "plugin"; });
  }

  static Result<std::vector<live::ScriptChoice>> choices(const ScriptLibrary& library,
                                                         bool windowed) {
    std::vector<live::ScriptChoice> all;
    for (const BundleScript* script : library.list()) {
      if (windowed || !needs_window(*script)) all.push_back({script->name, script->short_doc});
    }
    return all;
  }

  Result<LivePlan> open(const std::string& name, const ScriptLibrary& library,
                        const TimeZone& zone) const {
    Result<Script> script = library.load(name);
    if (!script.ok()) return script.status();
    LivePlan plan{*std::move(script), script_, {}, std::string(zone.name())};
    plan.options.arguments.clear();
    plan.options.function.clear();
    return plan;
  }

  ScriptOptions script_;
  TargetOptions target_;
  OutputOptions output_;
  TalkOptions talk_;
  std::string watch_ = "5s";
};

}  // namespace

std::unique_ptr<Command> make_live_command() { return std::make_unique<LiveCommand>(); }

}  // namespace pxq
