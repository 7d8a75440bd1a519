#include <fmt/format.h>
#include <CLI/App.hpp>

#include <memory>

#include "cli/command.h"
#include "local/data/data_set.h"
#include "options/output_options.h"
#include "options/script_options.h"
#include "options/talk_options.h"
#include "process/paged_output.h"
#include "result/listing.h"
#include "script/tokens.h"
#include "script/update.h"
#include "scripts/library.h"
#include "scripts/script_page.h"

namespace pxq {
namespace {

/// `scripts [PATTERN]` lists, `scripts show NAME` shows one, `scripts update [URL]` fetches.
class ScriptsCommand final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.fallthrough();  // the flags stand behind `show NAME` too
    app.require_subcommand(0, 1);
    app.add_option("PATTERN", pattern_, "part of a name or of its short text, or a name with * ?");
    app.add_flag("--all", all_, "hidden ones too")->group("Script");
    declare_bundles(app, bundles_);
    output_.declare(app);
    talk_.declare(app);
    show_ = app.add_subcommand("show", "show one: its arguments and tables");
    show_->add_option("NAME", name_, "a script's name, a file or a directory")->required();
    update_ = app.add_subcommand("update", "fetch Pixie's open-source scripts into the cache");
    update_->add_option("URL", url_, fmt::format("of a bundle (default {})", kDefaultBundleUrl));
    update_
        ->add_option("--ca-file", ca_file_, "PEM file of the CA to trust instead of the system's")
        ->type_name("FILE")
        ->group("Target");
  }

  Status run(Context& context) override {
    talk_.apply(context);
    if (show_->parsed()) return show(context);
    if (update_->parsed()) return update(context);
    return list(context);
  }

 private:
  Status list(Context& context) const {
    Result<ScriptLibrary> library = open_library(bundles_, context);
    if (!library.ok()) return library.status();
    ListTable table{.name = "scripts",
                    .columns = {"name", "short", "needs", "source"},
                    .rows = {},
                    .details = {"source"}};
    for (const BundleScript* script : library->list(pattern_, all_)) {
      table.rows.push_back(
          {script->name, script->short_doc, std::string(needs(*script)), script->origin});
    }
    if (table.rows.empty() && !pattern_.empty()) return nothing_found(*library);
    return write_tables({std::move(table)}, output_, talk_, context);
  }

  // A cluster, where a table is read that this machine does not have, or pods and services are.
  static std::string_view needs(const BundleScript& script) {
    static const local::TableSet kHere = [] {
      Result<local::DataSet> host = local::open_data_set("host");
      return host.ok() ? std::move(host->tables) : local::TableSet();
    }();
    const std::vector<Token> tokens = tokenize(script.text);
    for (size_t i = 0; i + 2 < tokens.size(); ++i) {
      if (tokens[i].text == "ctx") return "cluster";
      if (tokens[i].text != "DataFrame" || tokens[i + 1].text != "(") continue;
      const bool keyword = tokens[i + 2].text == "table" && i + 4 < tokens.size();
      std::string_view name = tokens[keyword ? i + 4 : i + 2].text;
      if (name.size() < 2) continue;
      name = name.substr(1, name.size() - 2);
      if (kHere.find(name) == nullptr) return "cluster";
    }
    return "";
  }

  Status nothing_found(const ScriptLibrary& library) const {
    const Status status = library.find(pattern_).status();
    return {Code::kUsage, fmt::format("no script matches '{}'", pattern_), status.hint()};
  }

  Status show(Context& context) const {
    Result<ScriptLibrary> library = open_library(bundles_, context);
    if (!library.ok()) return library.status();
    Result<Script> script = open_script(name_, *library, context.signals.token());
    if (!script.ok()) return script.status();
    if (output_.output.empty() && context.out.is_terminal)
      return print_pages(script_page(*script), context);
    return write_tables(script_tables(*script), output_, talk_, context);
  }

  Status update(Context& context) const {
    UpdateOptions options;
    if (!url_.empty()) options.url = url_;
    options.cache_dir = cache_directory();
    options.ca_file = ca_file_;
    options.stop = context.signals.token();
    if (options.cache_dir.empty()) {
      return {Code::kUsage, "there is no place for a cache", "set HOME or XDG_CACHE_HOME"};
    }
    Result<UpdateReport> report = update_bundle(options);
    if (!report.ok()) return report.status();
    ListTable table{
        .name = "update", .columns = {"changed", "scripts", "bytes", "sha256", "path"}, .rows = {}};
    table.rows.push_back({report->changed, static_cast<int64_t>(report->scripts),
                          static_cast<int64_t>(report->bytes), report->sha256, report->path});
    return write_tables({std::move(table)}, output_, talk_, context);
  }

  CLI::App* show_ = nullptr;
  CLI::App* update_ = nullptr;
  std::string pattern_;
  std::string name_;
  std::string url_;
  std::string ca_file_;
  std::vector<std::string> bundles_;
  bool all_ = false;
  OutputOptions output_;
  TalkOptions talk_;
};

}  // namespace

std::unique_ptr<Command> make_scripts_command() { return std::make_unique<ScriptsCommand>(); }

}  // namespace pxq
