#include <fmt/format.h>

#include <utility>

#include "cli/command.h"
#include "connect/connection.h"
#include "options/otel_options.h"
#include "options/script_options.h"
#include "options/talk_options.h"
#include "output/nowhere.h"
#include "process/print.h"
#include "result/rendering.h"
#include "script/mutation.h"
#include "script/row_cap.h"
#include "wire/vizier_calls.h"

namespace pxq {
namespace {

class OtelCommand final : public Command {
 public:
  void declare(CLI::App& app) override {
    script_.declare_source(app);
    script_.declare_times(app);
    otel_.declare(app);
    target_.declare(app);
    talk_.declare(app);
  }

  Status run(Context& context) override {
    talk_.apply(context);
    const Result<Script> script = script_.load(context);
    if (!script.ok()) return script.status();
    const Result<std::optional<OTelEndpoint>> collector = otel_.collector();
    if (!collector.ok()) return collector.status();
    if (!*collector && (script_.since || script_.start || script_.end)) {
      return {Code::kUsage, "without --endpoint nothing is run: times have no meaning",
              "--endpoint HOST:PORT runs the script and sends its rows there"};
    }
    Result<Connection> connection = open_connection(target_, context);
    if (!connection.ok()) return connection.status();
    const Result<Script> generated = generate(*script, *connection, context);
    if (!generated.ok()) return generated.status();
    if (!*collector) return print(generated->text);
    return send(*generated, **collector, *connection, context);
  }

 private:
  // What the Vizier makes of a script, told of as its own.
  Result<Script> generate(const Script& script, Connection& connection, Context& context) {
    wire::RunOptions& run = connection.run;
    const TimePoint start = MonotonicClock::now();
    Result<std::string> text = wire::generate_otel_script(connection.peer, connection.cluster_id,
                                                          script.text, connection.call_options());
    spend(MonotonicClock::now() - start, run.limits);
    if (!text.ok()) {
      if (!text.status().diagnostics().empty()) {
        context.console.error(text.status(), script.text);
        context.reported = true;
      }
      return text.status();
    }
    Script generated;
    generated.text = text->ends_with('\n') ? *std::move(text) : *std::move(text) + "\n";
    generated.source = fmt::format("{} (generated)", script.source);
    return generated;
  }

  Result<ScriptRequest> request(const Script& generated, const OTelEndpoint& collector,
                                const Connection& connection, const Context& context) const {
    Result<ScriptRequest> request = script_.request(generated, {}, context);
    if (!request.ok()) return request;
    if (Status status = set_collector(collector, *request); !status.ok()) return status;
    if (Status status = check_headers(*request, connection); !status.ok()) return status;
    if (find_effects(generated.text).plugin_window && !request->plugin_window) {
      return Status(Code::kUsage, "the generated script asks which time to send the rows of",
                    "--since 5m, or --start and --end, say so");
    }
    request->cluster_id = connection.cluster_id;
    return request;
  }

  // Runs the script once, whatever comes: its rows would arrive at the collector twice.
  Status send(const Script& generated, const OTelEndpoint& collector, const Connection& connection,
              Context& context) {
    const Result<ScriptRequest> asked = request(generated, collector, connection, context);
    if (!asked.ok()) return asked.status();
    if (Status printed = print(generated.text); !printed.ok()) return printed;
    Rendering rendering({}, std::make_unique<Nowhere>(), {.talk = talk_}, context);
    Summary summary = wire::run_script(connection.peer, *asked, connection.run, rendering.sink());
    summary.cluster = connection.cluster;
    return rendering.conclude(std::move(summary), {*asked, generated.text, kNoRowCap});
  }

  ScriptOptions script_;
  OtelOptions otel_;
  TargetOptions target_;
  TalkOptions talk_;
};

}  // namespace

std::unique_ptr<Command> make_otel_command() { return std::make_unique<OtelCommand>(); }

}  // namespace pxq
