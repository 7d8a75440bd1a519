#include <CLI/App.hpp>
#include <CLI/Option.hpp>
#include <CLI/Validators.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/number_text.h"
#include "cli/command.h"
#include "connect/run_console.h"
#include "options/check_options.h"
#include "options/output_options.h"
#include "options/talk_options.h"
#include "result/page_plan.h"
#include "result/rendering.h"
#include "result/summary_output.h"
#include "settings/target.h"
#include "sink/capped.h"
#include "wire/recording_reader.h"
#include "wire/replay.h"

namespace pxq {
namespace {

// 0 stands for `max`.
Result<double> parse_speed(const std::string& text) {
  if (text == "max") return 0.0;
  const std::optional<double> speed = number_from<double>(text);
  if (!speed || !(*speed >= 0.001 && *speed <= 1e6)) {
    return Status(Code::kUsage, "--speed '" + text + "' is not a speed",
                  "1 is as fast as it came, 2 twice as fast, max without waiting");
  }
  return *speed;
}

// The same recording again is the same run: a database replaces its rows.
RunIdentity identity(const wire::RecordingHeader& header) {
  return {.script = header.script_name.empty() ? header.script_source : header.script_name,
          .script_hash = header.script_sha256,
          .cluster = header.cluster_name.empty() ? header.address : header.cluster_name,
          .started_ns = header.started_unix_ns,
          .key = "recording " + header.script_sha256 + ' ' + header.cluster_id + ' ' +
                 header.address + ' ' + std::to_string(header.started_unix_ns)};
}

class ReplayCommand final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("FILE", path_, "a recording that `pxq run --record` made")
        ->type_name("FILE.pxrec")
        ->required();
    app.add_option("--speed", speed_, "1: as fast as it came, 2: twice as fast (default max)")
        ->type_name("N|max")
        ->group("Run");
    app.add_option("--max-message", max_message_, "largest message accepted (default 128M)")
        ->type_name("SIZE")
        ->group("Run");
    app.add_flag("--strict", strict_, "doubt is failure: exit 11 when a table was probably cut")
        ->group("Run");
    output_.declare(app);
    checks_.declare(app);
    summary_.declare(app);
    talk_.declare(app);
  }

  Status run(Context& context) override {
    talk_.apply(context);
    return summary_.around("replay", context, [&] { return run_recording(context); });
  }

 private:
  Status run_recording(Context& context) {
    Result<OutputPlan> output = output_.plan(context, talk_);
    if (!output.ok()) return output.status();
    std::vector<std::string> files = output->files();
    files.push_back(path_);
    if (Status distinct = summary_.check(std::move(files)); !distinct.ok()) return distinct;
    Result<wire::PlayOptions> options = play_options(context);
    if (!options.ok()) return options.status();
    auto recording = wire::RecordingReader::open(path_, *options);
    if (!recording.ok()) return recording.status();
    describe((*recording)->header());
    Result<std::vector<Assertion>> assertions = checks_.assertions();
    if (!assertions.ok()) return assertions.status();
    if (Status writable = summary_.open(context); !writable.ok()) return writable;
    RenderingOptions judged{
        .talk = talk_, .cut_is_failure = strict_, .assertions = *std::move(assertions)};
    judged.run = identity((*recording)->header());
    judged.mark = [cap = (*recording)->header().row_cap](Summary& summary) {
      mark_capped(cap, summary);
    };
    judged.run.hash_files = summary_.wanted();
    ScriptRequest asked;
    asked.functions = (*recording)->header().functions;
    judged.run.page = page_plan(Vis{}, asked, judged.run);
    auto rendering = Rendering::open(*output, std::move(judged), context);
    if (!rendering.ok()) return rendering.status();
    Status status = replay(**recording, **rendering, context);
    (*rendering)->describe(summary_.report());
    return status;
  }

  void describe(const wire::RecordingHeader& header) {
    RunReport& report = summary_.report();
    report.script = header.script_source;
    report.script_hash = header.script_sha256;
    report.target = header.address;
  }

  Result<wire::PlayOptions> play_options(const Context& context) const {
    Result<double> speed = parse_speed(speed_);
    if (!speed.ok()) return speed.status();
    Result<size_t> max_message = parse_size("--max-message", max_message_);
    if (!max_message.ok()) return max_message.status();
    return wire::PlayOptions{*max_message, *speed, context.signals.token()};
  }

  static Status replay(wire::RecordingReader& recording, Rendering& rendering, Context& context) {
    const wire::RecordingHeader& header = recording.header();
    ScriptRequest request;
    request.name = header.script_name;
    request.source = header.script_source;
    request.lines_before = header.lines_before;
    RunConsole events(context, header.limits.held);
    wire::RunOptions options;
    options.stop = context.signals.token();
    options.events = &events;
    Summary summary = wire::replay(recording, options, rendering.sink());
    summary.cluster = header.cluster_name;
    return rendering.conclude(std::move(summary), {request, {}, header.row_cap});
  }

  std::string path_;
  std::string speed_ = "max";
  std::string max_message_ = "128M";
  bool strict_ = false;
  OutputOptions output_;
  CheckOptions checks_;
  SummaryOutput summary_;
  TalkOptions talk_;
};

}  // namespace

std::unique_ptr<Command> make_replay_command() { return std::make_unique<ReplayCommand>(); }

}  // namespace pxq
