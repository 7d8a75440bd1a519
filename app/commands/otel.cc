#include "wire/vizier_calls.h"

#include "command.h"
#include "connection.h"
#include "options/script_options.h"
#include "options/talk_options.h"
#include "print.h"

namespace pxq {
namespace {

class OtelCommand final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("SCRIPT", script_.script,
                   "a .pxl file, a directory, a script's name, or - for stdin");
    app.add_option("-f,--file", script_.file, "the same as SCRIPT")
        ->type_name("PATH")
        ->group("Script");
    app.add_option("-e,--execute", script_.inline_text, "the script itself")
        ->type_name("PXL")
        ->group("Script");
    declare_bundles(app, script_.bundles);
    target_.declare(app);
    talk_.declare(app);
  }

  Status run(Context& context) override {
    talk_.apply(context);
    const Result<Script> script = script_.load(context);
    if (!script.ok()) return script.status();
    const Result<Connection> connection = open_connection(target_, context);
    if (!connection.ok()) return connection.status();
    const wire::RunOptions& run = connection->run;
    const Result<std::string> generated = wire::generate_otel_script(
        connection->peer, connection->cluster_id, script->text, {run.limits, run.retry, run.stop});
    if (generated.ok()) {
      return print(generated->ends_with('\n') ? *generated : *generated + "\n");
    }
    if (!generated.status().diagnostics().empty()) {
      context.talk.error(generated.status(), script->text);
      context.reported = true;
    }
    return generated.status();
  }

 private:
  ScriptOptions script_;
  TargetOptions target_;
  TalkOptions talk_;
};

}  // namespace

std::unique_ptr<Command> make_otel_command() { return std::make_unique<OtelCommand>(); }

}  // namespace pxq
