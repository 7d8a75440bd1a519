#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <utility>
#include <vector>

#include "cli/command.h"
#include "connect/connection.h"
#include "file/directory_check.h"
#include "options/check_options.h"
#include "options/otel_options.h"
#include "options/output_options.h"
#include "options/record_options.h"
#include "options/script_options.h"
#include "options/talk_options.h"
#include "options/target_options.h"
#include "process/paged_output.h"
#include "process/print.h"
#include "result/listing.h"
#include "result/page_plan.h"
#include "result/promised_tables.h"
#include "result/recording_file.h"
#include "result/rendering.h"
#include "result/summary_output.h"
#include "script/arguments.h"
#include "script/mutation.h"
#include "script/row_cap.h"
#include "scripts/request_text.h"
#include "scripts/script_page.h"
#include "wire/script_call.h"

namespace pxq {
namespace {

class RunCommand final : public Command {
 public:
  void declare(CLI::App& app) override {
    script_.declare(app);
    otel_.declare(app);
    target_.declare(app);
    output_.declare(app);
    record_.declare(app);
    checks_.declare(app);
    summary_.declare(app);
    talk_.declare(app);
    app.add_flag("--strict", strict_, "doubt is failure: exit 11 when a table was probably cut")
        ->group("Run");
    app.add_flag("--resume", resume_,
                 "go on after a cut, though rows may be missing then: exit 8 unless none can be")
        ->group("Run");
    app.add_flag("--print-request", print_request_, "show what would be sent, connect to nothing")
        ->group("Script");
  }

  Status run(Context& context) override {
    talk_.apply(context);
    return summary_.around("run", context, [&] { return run_script(context); });
  }

  std::string instead_of(const std::string& flag, Context& context) override {
    return script_.as_argument(flag, context);
  }

  // Of the script, where one is named.
  Status help(Context& context, const std::string& flags) override {
    if (!script_.names_script()) return print_pages(flags, context);
    talk_.apply(context);
    Result<Script> script = script_.load(context);
    return script.ok() ? show_help(*script, context) : script.status();
  }

 private:
  Status run_script(Context& context) {
    Result<Script> script = script_.load(context);
    if (!script.ok()) return script.status();
    Result<OutputPlan> output = output_.plan(context, talk_);
    if (!output.ok()) return output.status();
    summary_.describe(*script, summary_.wanted() || output->kind->holds_runs);
    const bool told_only = print_request_ || asks_for_help(*script, context);
    if (told_only) summary_.told_only();
    if (told_only && !print_request_) return show_help(*script, context);
    const Result<std::optional<int64_t>> moment = read_moment(target_);
    if (!moment.ok()) return moment.status();
    script_.now_ns = *moment;
    Result<ScriptRequest> request = script_.request(*script, output->spelling.time_zone, context);
    if (!request.ok()) return request.status();
    Result<std::optional<OTelEndpoint>> collector = otel_.collector();
    if (!collector.ok()) return collector.status();
    if (Status status = set_collector(*std::move(collector), *request); !status.ok()) return status;
    if (print_request_) return print(request_text(*request));
    return run_request(*request, *script, *output, context);
  }

  // px prints a script's help for `-- --help`.
  static bool asks_for_help(const Script& script, const Context& context) {
    const auto tokens = parse_script_tokens(context.script_arguments, script.vis.value_or(Vis{}));
    return tokens.ok() && tokens->help;
  }

  Status show_help(const Script& script, Context& context) const {
    if (output_.output.empty()) return print_pages(script_page(script), context);
    return write_tables(script_tables(script), output_, talk_, context);
  }

  Status run_request(ScriptRequest request, const Script& script, const OutputPlan& output,
                     Context& context) {
    const std::vector<std::string> promised = promised_tables(request);
    std::vector<std::string> files = output.files();
    files.push_back(record_.path);
    if (Status distinct = summary_.check(std::move(files)); !distinct.ok()) return distinct;
    if (Status place = check_directory(record_.path, false); !place.ok()) return place;
    Result<std::vector<Assertion>> assertions = checks_.assertions();
    if (!assertions.ok()) return assertions.status();
    if (Status known = check_promised(promised, output.selection, *assertions); !known.ok()) {
      return known;
    }
    context.rows_on_screen = context.out.is_terminal && !output.path;
    if (find_effects(request.text).streams) context.no_pager = true;  // it is followed
    Result<Connection> connection = open_connection(target_, context);
    if (!connection.ok()) return connection.status();
    if (Status headers = check_headers(request, *connection); !headers.ok()) return headers;
    request.cluster_id = connection->cluster_id;
    wire::RunOptions options = connection->run;
    options.resume = resume_;
    auto recording = record(request, *connection, options, context);
    if (!recording.ok()) return recording.status();
    if (Status writable = summary_.open(context); !writable.ok()) return writable;
    RenderingOptions judged{.talk = talk_,
                            .cut_is_failure = strict_,
                            .assertions = *std::move(assertions),
                            .promised = promised,
                            .run = identity(*connection)};
    judged.run.page = page_plan(script.vis.value_or(Vis{}), request, judged.run);
    auto rendering = Rendering::open(output, std::move(judged), context);
    if (!rendering.ok()) return rendering.status();
    Summary summary = wire::run_script(connection->peer, request, options, (*rendering)->sink());
    summary.cluster = connection->cluster;
    if (*recording != nullptr) keep(**recording, summary.status, context);
    Status status =
        (*rendering)->conclude(std::move(summary), {request, script.text, row_cap(request.text)});
    (*rendering)->describe(summary_.report());
    return status;
  }

  RunIdentity identity(const Connection& connection) {
    RunReport& report = summary_.report();
    report.target = connection.peer.address;
    return {.script = report.script,
            .script_hash = report.script_hash,
            .cluster = connection.cluster.empty() ? connection.peer.address : connection.cluster,
            .started_ns = report.started_ns,
            .hash_files = summary_.wanted()};
  }

  // Nothing where none is asked for.
  Result<std::unique_ptr<RecordingFile>> record(const ScriptRequest& request,
                                                const Connection& connection,
                                                wire::RunOptions& options, Context& context) const {
    if (record_.path.empty()) return std::unique_ptr<RecordingFile>();
    const bool encrypted = options.envelope != nullptr;
    wire::RecordingHeader header =
        recording_header(request, connection.peer, options.limits, encrypted);
    header.cluster_name = connection.cluster;
    auto file = RecordingFile::open(record_, output_.force, header, context);
    if (file.ok()) options.record = &(*file)->writer();
    return file;
  }

  // Also of a failed run, whose own failure is then the one to tell.
  static void keep(RecordingFile& recording, Status& status, Context& context) {
    Status kept = recording.keep();
    if (kept.ok() || kept.message() == status.message()) return;
    if (status.ok()) {
      status = std::move(kept);
    } else {
      context.console.warning(kept.message());
    }
  }

  ScriptOptions script_;
  OtelOptions otel_;
  TargetOptions target_;
  OutputOptions output_;
  TalkOptions talk_;
  RecordOptions record_;
  CheckOptions checks_;
  SummaryOutput summary_;
  bool strict_ = false;
  bool resume_ = false;
  bool print_request_ = false;
};

}  // namespace

std::unique_ptr<Command> make_run_command() { return std::make_unique<RunCommand>(); }

}  // namespace pxq
