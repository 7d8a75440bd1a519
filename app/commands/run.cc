#include <fmt/format.h>

#include <memory>

#include "command.h"
#include "connection.h"
#include "destination.h"
#include "format/footer.h"
#include "listing.h"
#include "options/output_options.h"
#include "options/script_options.h"
#include "options/talk_options.h"
#include "options/target_options.h"
#include "print.h"
#include "request_text.h"
#include "script/arguments.h"
#include "script/row_cap.h"
#include "script_page.h"
#include "sink/select.h"
#include "wire/script_call.h"

namespace pxq {
namespace {

void mark_capped(Summary& summary, uint64_t cap) {
  for (TableSummary& table : summary.tables) {
    table.capped = cap != kNoRowCap && table.complete && table.rows == cap;
  }
}

// Positions in the server's errors are lines of what was sent; the user's own lines are shown.
Status in_user_lines(const Status& status, const ScriptRequest& request) {
  std::vector<Diagnostic> diagnostics = status.diagnostics();
  for (Diagnostic& diagnostic : diagnostics) {
    Position& where = diagnostic.where;
    if (where.line == 0) continue;
    where.line = where.line > request.lines_before ? where.line - request.lines_before : 0;
    if (where.file.empty()) where.file = request.source;
  }
  return Status(status).with_diagnostics(std::move(diagnostics));
}

class RunCommand final : public Command {
 public:
  void declare(CLI::App& app) override {
    script_.declare(app);
    target_.declare(app);
    output_.declare(app);
    talk_.declare(app);
    app.add_flag("--strict", strict_, "doubt is failure: exit 11 when a table was probably cut")
        ->group("Run");
    app.add_flag("--print-request", print_request_, "show what would be sent, connect to nothing")
        ->group("Script");
  }

  Status run(Context& context) override {
    talk_.apply(context);
    Result<Script> script = script_.load(context);
    if (!script.ok()) return script.status();
    if (asks_for_help(*script, context)) return show_help(*script, context);
    Result<ScriptRequest> request = script_.request(*script, output_.time_zone, context);
    if (!request.ok()) return request.status();
    if (print_request_) return print(request_text(*request));
    return run_request(*request, script->text, context);
  }

  // Of the script, where one is named.
  Status help(Context& context, const std::string& flags) override {
    if (!script_.names_script()) return print(flags);
    talk_.apply(context);
    Result<Script> script = script_.load(context);
    return script.ok() ? show_help(*script, context) : script.status();
  }

 private:
  // px prints a script's help for `-- --help`.
  static bool asks_for_help(const Script& script, const Context& context) {
    const auto tokens = parse_script_tokens(context.script_arguments, script.vis.value_or(Vis{}));
    return tokens.ok() && tokens->help;
  }

  Status show_help(const Script& script, Context& context) const {
    if (output_.output.empty()) return print(script_page(script));
    return write_tables(script_tables(script), output_, talk_, context);
  }

  Status run_request(const ScriptRequest& request, const std::string& text, Context& context) {
    Result<Selection> selection = output_.selection();
    if (!selection.ok()) return selection.status();
    const bool color = use_color(talk_.color_choice(), context.out);
    Result<Connection> connection = open_connection(target_, context);
    if (!connection.ok()) return connection.status();
    auto destination = Destination::open(output_, color, context);
    if (!destination.ok()) return destination.status();

    Select select(*std::move(selection), (*destination)->sink());
    Summary summary = execute(request, *connection, **destination, select, context);
    if (summary.status.ok()) summary.status = select.status();
    mark_capped(summary, row_cap(request.text));
    if (summary.status.ok()) summary.status = doubt(summary);
    Status written = (*destination)->conclude(summary.status);
    if (summary.status.ok()) summary.status = std::move(written);
    report(summary, request, text, context);
    return summary.status;
  }

  Summary execute(const ScriptRequest& request, const Connection& connection,
                  const Destination& destination, Select& select, Context& context) const {
    wire::RunOptions options;
    options.limits = target_.limits;
    options.stop = context.signals.token();
    options.output_status = [&] {
      return select.status().ok() ? destination.status() : select.status();
    };
    options.satisfied = [&] { return select.satisfied(); };
    return wire::run_script(connection.peer, request, options, select);
  }

  Status doubt(const Summary& summary) const {
    if (!strict_) return {};
    for (const TableSummary& table : summary.tables) {
      if (!table.capped) continue;
      return {Code::kLimit,
              fmt::format("table '{}' has exactly the server's cap of {} rows (--strict)",
                          table.name, table.rows),
              "--max-rows N or --max-rows all raises the cap"};
    }
    return {};
  }

  void report(const Summary& summary, const ScriptRequest& request, const std::string& text,
              Context& context) const {
    for (const TableSummary& table : summary.tables) {
      if (!table.capped || strict_) continue;
      context.talk.warning(fmt::format(
          "table '{}' has exactly {} rows, the server's cap: it was probably cut; --max-rows N or "
          "--max-rows all raises the cap",
          table.name, table.rows));
    }
    const bool failed = !summary.status.ok();
    if (talk_.stats || context.err.is_terminal || (failed && !summary.tables.empty())) {
      context.talk.line(footer(summary));
    }
    if (failed && summary.status.code() != Code::kInterrupted) {
      context.talk.error(in_user_lines(summary.status, request), text, summary.query_id);
      context.reported = true;
    }
  }

  ScriptOptions script_;
  TargetOptions target_;
  OutputOptions output_;
  TalkOptions talk_;
  bool strict_ = false;
  bool print_request_ = false;
};

}  // namespace

std::unique_ptr<Command> make_run_command() { return std::make_unique<RunCommand>(); }

}  // namespace pxq
