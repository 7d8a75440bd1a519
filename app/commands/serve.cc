#include <fmt/format.h>
#include <CLI/App.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/command.h"
#include "local/data/data_set.h"
#include "local/server/server.h"
#include "options/history_options.h"
#include "options/script_options.h"
#include "options/serve_options.h"
#include "options/talk_options.h"
#include "process/memory.h"
#include "process/print.h"
#include "script/bundle.h"
#include "scripts/library.h"
#include "settings/target.h"

namespace pxq {
namespace {

// The addresses that stand for all of a machine are none to connect to: a key would not go there.
std::string from_here(const std::string& address) {
  for (const auto& [all, own] :
       {std::pair("0.0.0.0:", "127.0.0.1:"), std::pair("[::]:", "[::1]:")}) {
    if (address.starts_with(all)) return own + address.substr(std::string_view(all).size());
  }
  return address;
}

class ServeCommand final : public Command {
 public:
  void declare(CLI::App& app) override {
    serve_.declare(app);
    app.add_option("--local", source_, "what to run scripts on (default host)")
        ->type_name("SOURCE")
        ->group("Target");
    app.add_option("--at", at_, "what time it is there: a moment of the source's past")
        ->type_name("TIME")
        ->group("Target");
    history_.declare(app);
    declare_bundles(app, bundles_);
    talk_.declare(app);
  }

  Status run(Context& context) override {
    talk_.apply(context);
    return_freed_memory();  // a server lives for days, and mostly at rest
    const Result<std::optional<int64_t>> moment = read_moment(at_);
    if (!moment.ok()) return moment.status();
    Result<local::DataSet> data = local::open_data_set(source_, *moment);
    if (!data.ok()) return data.status();
    Result<local::ServerOptions> options = serve_.read();
    if (!options.ok()) return options.status();
    Result<ScriptLibrary> library = open_library(bundles_, context);
    if (!library.ok()) return library.status();
    options->scripts = std::make_shared<const ScriptLibrary>(*std::move(library));
    if (Status kept = history_.begin(*data); !kept.ok()) return kept;
    Result<std::unique_ptr<local::Server>> started =
        local::Server::listen(*std::move(data), *std::move(options));
    if (!started.ok()) return started.status();
    local::Server& server = **started;
    // The address is this command's data: a script that starts us reads it from stdout.
    if (Status status = print(server.address() + "\n"); !status.ok()) return status;
    context.console.line(fmt::format("the local Vizier listens {}{}; Ctrl-C ends it",
                                     serve_.protection(), history_.told()));
    context.console.line(fmt::format("in another terminal: pxq run SCRIPT --addr {}{}",
                                     from_here(server.address()),
                                     serve_.trust_flags(server.address())));
    const std::stop_callback<std::function<void()>> on_stop(context.signals.token(),
                                                            [&server] { server.stop(); });
    server.wait();
    return {Code::kInterrupted, "stopped"};
  }

 private:
  std::string source_ = "host";
  std::string at_;
  ServeOptions serve_;
  HistoryOptions history_;
  std::vector<std::string> bundles_;
  TalkOptions talk_;
};

}  // namespace

std::unique_ptr<Command> make_serve_command() { return std::make_unique<ServeCommand>(); }

}  // namespace pxq
