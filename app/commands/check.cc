#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "base/wall_clock.h"
#include "cli/command.h"
#include "options/output_options.h"
#include "options/script_options.h"
#include "options/talk_options.h"
#include "process/listing.h"
#include "process/print.h"
#include "scripts/library.h"
#include "scripts/script_check.h"
#include "scripts/script_files.h"
#include "text/visible.h"

namespace pxq {
namespace {

constexpr std::string_view kLimits =
    "checked here: syntax, names, Pixie's own tables, columns, types, arguments, placement; only a "
    "cluster can tell: tables made by probes, metadata values, permissions, and whether there is "
    "data";

// As editors read it: file:line:col: message. Parts that are not known are left out.
std::string editor_line(std::string_view severity, const Diagnostic& finding) {
  std::string place = visible(finding.where.file);
  if (finding.where.line != 0) {
    place += fmt::format(":{}:{}", finding.where.line, std::max<uint64_t>(finding.where.column, 1));
  }
  std::string line = fmt::format("{}: {}: {}", place, severity, visible(finding.message));
  if (!finding.hint.empty()) line += fmt::format(" ({})", visible(finding.hint));
  return line + "\n";
}

class CheckCommand final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("FILE", names_, "files, directories, names of scripts, or - for stdin");
    app.add_option("-e,--execute", inline_text_, "the script itself")->type_name("PXL");
    declare_bundles(app, bundles_);
    output_.declare(app);
    talk_.declare(app);
  }

  Status run(Context& context) override {
    talk_.apply(context);
    if (names_.empty() && inline_text_.empty()) {
      return {Code::kUsage, "no script is named", "name files or directories, or - for stdin"};
    }
    if (Status status = check_all(context); !status.ok()) return status;
    if (Status status = write(context); !status.ok()) return status;
    if (context.console.verbose() || context.err.is_terminal || !untold_.empty()) {
      context.console.line(fmt::format("pxq: {}", kLimits));
    }
    if (failed_ != 0) {
      return {Code::kScript, fmt::format("{} of {} script{} {} not compile", failed_, checked_,
                                         checked_ == 1 ? "" : "s", failed_ == 1 ? "does" : "do")};
    }
    context.console.line(fmt::format("pxq: {} script{} {}", checked_, checked_ == 1 ? "" : "s",
                                     checked_ == 1 ? "compiles" : "compile"));
    return {};
  }

 private:
  Status check_all(Context& context) {
    if (!inline_text_.empty()) check(script_from_text(inline_text_));
    for (const std::string& name : names_) {
      std::error_code error;
      if (!std::filesystem::is_directory(name, error)) {
        check(load(name, context));
        continue;
      }
      Result<std::vector<std::string>> files = find_script_files(name);
      if (!files.ok()) return files.status();
      for (const std::string& file : *files) {
        check(load_script(file, context.signals.token()));
        if (context.signals.token().stop_requested()) return {Code::kInterrupted, "interrupted"};
      }
    }
    return {};
  }

  Result<Script> load(const std::string& name, Context& context) const {
    if (name == "-" || is_script_path(name)) return open_script(name, {}, context.signals.token());
    Result<ScriptLibrary> library = open_library(bundles_, context);
    if (!library.ok()) return library.status();
    return open_script(name, *library, context.signals.token());
  }

  // A script that cannot even be read is a finding like others: the rest is checked all the same.
  void check(const Result<Script>& script) {
    ++checked_;
    if (!script.ok()) {
      ++failed_;
      unreadable_.push_back({script.status().message(), {}, script.status().hint()});
      return;
    }
    ScriptCheck found = check_script(*script, wall_clock_ns());
    if (!found.errors.empty()) ++failed_;
    std::move(found.errors.begin(), found.errors.end(), std::back_inserter(errors_));
    std::move(found.untold.begin(), found.untold.end(), std::back_inserter(untold_));
  }

  Status write(Context& context) const {
    if (!output_.output.empty()) return write_tables({table()}, output_, talk_, context);
    std::string text;
    for (const Diagnostic& finding : unreadable_) {
      text += fmt::format("error: {}\n", visible(finding.message));
    }
    for (const Diagnostic& finding : errors_) text += editor_line("error", finding);
    for (const Diagnostic& finding : untold_)
      text += editor_line("only a cluster can tell", finding);
    return text.empty() ? Status() : print(text);
  }

  ListTable table() const {
    ListTable table{.name = "findings",
                    .columns = {"file", "line", "column", "severity", "message", "hint"},
                    .rows = {}};
    const auto add = [&](const char* severity, const Diagnostic& finding) {
      table.rows.push_back({finding.where.file, static_cast<int64_t>(finding.where.line),
                            static_cast<int64_t>(finding.where.column), severity, finding.message,
                            finding.hint});
    };
    for (const Diagnostic& finding : unreadable_) add("error", finding);
    for (const Diagnostic& finding : errors_) add("error", finding);
    for (const Diagnostic& finding : untold_) add("unknown", finding);
    return table;
  }

  std::vector<std::string> names_;
  std::string inline_text_;
  std::vector<std::string> bundles_;
  OutputOptions output_;
  TalkOptions talk_;
  size_t checked_ = 0;
  size_t failed_ = 0;
  std::vector<Diagnostic> unreadable_;
  std::vector<Diagnostic> errors_;
  std::vector<Diagnostic> untold_;
};

}  // namespace

std::unique_ptr<Command> make_check_command() { return std::make_unique<CheckCommand>(); }

}  // namespace pxq
