#include <fmt/format.h>
#include <CLI/App.hpp>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>

#include "base/wall_clock.h"
#include "cli/command.h"
#include "options/output_options.h"
#include "options/script_options.h"
#include "options/talk_options.h"
#include "process/print.h"
#include "result/listing.h"
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

// The vis.json that belongs to a file that is the only script of its directory.
std::optional<Vis> vis_beside(const std::string& path) {
  const std::filesystem::path directory = std::filesystem::path(path).parent_path();
  const std::string folder = directory.empty() ? "." : directory.string();
  std::error_code error;
  if (!path.ends_with(".pxl") || !std::filesystem::exists(directory / "vis.json", error)) return {};
  if (!is_script_path(folder)) return {};
  Result<Script> whole = load_script(folder);
  return whole.ok() ? whole->vis : std::nullopt;
}

// The column behind the name, number or sign that stands at a place; a name behind the dot or
// bracket there belongs to it.
uint64_t word_end(std::string_view text, const Position& where) {
  for (uint64_t line = 1; line < where.line; ++line) {
    const size_t end = text.find('\n');
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
  size_t at = std::min<size_t>(where.column == 0 ? 0 : where.column - 1, line.size());
  const auto is_word = [](char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  if (at < line.size() && !is_word(line[at])) ++at;
  while (at < line.size() && is_word(line[at])) ++at;
  return at + 1;
}

class CheckCommand final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("FILE", names_, "files, directories, names of scripts, or - for stdin");
    app.add_option("-e,--execute", inline_text_, "the script itself")
        ->type_name("PXL")
        ->group("Script");
    app.add_flag("--strict", strict_, "exit 3 too for what only a cluster can tell")
        ->group("Script");
    app.add_flag("--stdin", from_stdin_, "the script comes on stdin, as from an editor")
        ->group("Script");
    app.add_option("--as", stdin_name_, "what --stdin's script is called")
        ->type_name("NAME.pxl")
        ->group("Script");
    declare_bundles(app, bundles_);
    output_.declare(app);
    // The findings are one table, so the flag is free to name tables for the scripts.
    app.get_option("--table")
        ->description("a table that another script's probe makes (repeatable)")
        ->type_name("NAME");
    talk_.declare(app);
  }

  Status run(Context& context) override {
    talk_.apply(context);
    tables_.swap(output_.tables);
    if (!stdin_name_.empty() && !from_stdin_) {
      return {Code::kUsage, "--as names the script of --stdin", "add --stdin"};
    }
    if (names_.empty() && inline_text_.empty() && !from_stdin_) {
      return {Code::kUsage, "no script is named", "name files or directories, or - for stdin"};
    }
    if (Status status = check_all(context); !status.ok()) return status;
    if (Status status = write(context); !status.ok()) return status;
    if (context.console.verbose() || context.err.is_terminal || !untold_.empty()) {
      context.console.line(fmt::format("pxq: {}", kLimits));
    }
    return verdict(context);
  }

 private:
  Status verdict(Context& context) const {
    if (!unreadable_.empty()) {
      return {Code::kUsage, fmt::format("{} of {} script{} cannot be read", unreadable_.size(),
                                        checked_, checked_ == 1 ? "" : "s")};
    }
    if (failed_ != 0) {
      return {Code::kScript, fmt::format("{} of {} script{} {} not compile", failed_, checked_,
                                         checked_ == 1 ? "" : "s", failed_ == 1 ? "does" : "do")};
    }
    const std::string places = fmt::format("{} place{} only a cluster can tell about",
                                           untold_.size(), untold_.size() == 1 ? "" : "s");
    if (strict_ && !untold_.empty()) {
      return {Code::kScript, fmt::format("{}, and --strict was given", places)};
    }
    std::string words = fmt::format("pxq: {} script{} {}", checked_, checked_ == 1 ? "" : "s",
                                    checked_ == 1 ? "compiles" : "compile");
    if (!untold_.empty()) words += fmt::format(", but for {}, named above", places);
    context.console.line(words);
    return {};
  }

  Status check_all(Context& context) {
    if (!inline_text_.empty()) check(script_from_text(inline_text_));
    if (from_stdin_) {
      Result<Script> script = open_script("-", {}, context.signals.token());
      if (script.ok() && !stdin_name_.empty()) {
        Script named = *std::move(script);
        named.source = stdin_name_;
        named.vis = vis_beside(stdin_name_);
        script = std::move(named);
      }
      check(script);
    }
    for (const std::string& name : names_) {
      std::error_code error;
      if (!std::filesystem::is_directory(name, error)) {
        Result<Script> script = load(name, context);
        if (script.ok() && script->name.empty() && !script->vis) add_vis(name, *script, context);
        check(script);
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

  // px sends a file alone, but who checks a file wants the functions that the vis.json beside it
  // calls checked too.
  static void add_vis(const std::string& path, Script& script, Context& context) {
    script.vis = vis_beside(path);
    if (!script.vis) return;
    context.console.line(fmt::format("pxq: {} with the vis.json beside it", visible(path)));
  }

  // A script that cannot even be read is a finding like others: the rest is checked all the same.
  void check(const Result<Script>& script) {
    ++checked_;
    if (!script.ok()) {
      unreadable_.push_back({script.status().message(), {}, script.status().hint()});
      return;
    }
    texts_[script->source] = script->text;
    ScriptCheck found = check_script(*script, wall_clock_ns(), tables_);
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

  // Behind the last byte of the word at a finding, or 0 where there is no place.
  uint64_t end_column(const Diagnostic& finding) const {
    const auto text = texts_.find(finding.where.file);
    if (text == texts_.end() || finding.where.line == 0) return 0;
    return word_end(text->second, finding.where);
  }

  ListTable table() const {
    ListTable table{
        .name = "findings",
        .columns = {"file", "line", "column", "end_column", "severity", "message", "hint"},
        .rows = {}};
    const auto add = [&](const char* severity, const Diagnostic& finding) {
      table.rows.push_back({finding.where.file, static_cast<int64_t>(finding.where.line),
                            static_cast<int64_t>(finding.where.column),
                            static_cast<int64_t>(end_column(finding)), severity, finding.message,
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
  bool strict_ = false;
  bool from_stdin_ = false;
  std::string stdin_name_;
  std::vector<std::string> tables_;
  std::map<std::string, std::string> texts_;  // by source
  size_t checked_ = 0;
  size_t failed_ = 0;
  std::vector<Diagnostic> unreadable_;
  std::vector<Diagnostic> errors_;
  std::vector<Diagnostic> untold_;
};

}  // namespace

std::unique_ptr<Command> make_check_command() { return std::make_unique<CheckCommand>(); }

}  // namespace pxq
