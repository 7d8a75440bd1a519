#include "process/console.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/environment.h"
#include "process/diagnostic_text.h"
#include "process/exit_code.h"
#include "process/last_words.h"
#include "scripts/script_hint.h"
#include "text/visible.h"
#include "wire/classify.h"

namespace pxq {
namespace {

constexpr size_t kLongestText = 2048;  // of a server's message
constexpr size_t kKeptEnd = 256;       // of a longer one: what went wrong often stands last
constexpr size_t kMostDiagnostics = 20;

constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kYellow = "\x1b[33m";
constexpr std::string_view kNoColor = "\x1b[0m";
constexpr std::string_view kClearLine = "\x1b[K";

// One write for a whole message, so that lines of parallel runs do not mix. A failure has nowhere
// to be told.
void write_stderr(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<size_t>(written));
  }
}

std::string shown(std::string_view text) {
  if (text.size() <= kLongestText) return visible(text);
  return visible(text.substr(0, kLongestText - kKeptEnd)) + "…" +
         visible(text.substr(text.size() - kKeptEnd));
}

std::string dumped(const nlohmann::ordered_json& line) {
  return line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string json_line(std::string_view kind, std::string_view text) {
  return dumped({{"kind", kind}, {"message", shown(text)}});
}

std::string_view kind_name(Console::Kind kind) {
  switch (kind) {
    case Console::Kind::kStats: return "stats";
    case Console::Kind::kVerdict: return "verdict";
    case Console::Kind::kWarning: return "warning";
    case Console::Kind::kError: return "error";
    case Console::Kind::kNote: break;
  }
  return "note";
}

std::string painted(std::string_view text, std::string_view color, bool use) {
  return use ? fmt::format("{}{}{}", color, text, kNoColor) : std::string(text);
}

// What is known of the script's own words and of Pixie's tables is a better hint than a general
// one.
Status with_script_hints(const Status& status, std::string_view script, const HintScope& scope) {
  if (script.empty() || status.code() != Code::kScript) return status;
  std::vector<Diagnostic> diagnostics = status.diagnostics();
  for (size_t i = 0; i < std::min(diagnostics.size(), kMostDiagnostics); ++i) {
    Diagnostic& each = diagnostics[i];
    // One wrong word makes several syntax errors, of which the first says where it is.
    const Position where = i == 0 ? each.where : Position{};
    if (each.hint.empty()) each.hint = script_hint(each.message, script, scope, where);
  }
  Status hinted = Status(status).with_diagnostics(std::move(diagnostics));
  std::string hint = script_hint(status.message(), script, scope);
  return hint.empty() ? hinted : std::move(hinted).with_hint(std::move(hint));
}

}  // namespace

void Console::configure(const Options& options) {
  options_ = options;
  LastWords::use_json(options.errors == Errors::kJson);
}

void Console::line(std::string_view text, Kind kind) {
  if (options_.quiet) return;
  const bool json = options_.errors == Errors::kJson;
  say(json ? json_line(kind_name(kind), text) : fmt::format("{}\n", text), kind);
}

std::string Console::warning_line(std::string_view text, bool color) const {
  if (options_.errors == Errors::kJson) return json_line("warning", text);
  return fmt::format("pxq: {} {}\n", painted("warning:", kYellow, color), shown(text));
}

void Console::warning(std::string_view text) {
  if (!options_.quiet) loss(text);
}

void Console::aside(std::string_view text) const {
  pollfd err{.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
  if (options_.quiet || held_ || ::poll(&err, 1, 0) != 1 || (err.revents & POLLOUT) == 0) return;
  write(warning_line(text, false), Kind::kWarning);
}

void Console::hold() {
  clear_progress();
  held_ = true;
}

void Console::release() {
  held_ = false;
  if (!kept_.empty()) say(std::exchange(kept_, {}), Kind::kNote);
}

std::string Console::take() {
  held_ = false;
  return std::exchange(kept_, {});
}

// A label before each line, or as a member of each document.
std::string Console::about(std::string_view text) const {
  std::string labelled;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (options_.errors == Errors::kJson && line.ends_with('}')) {
      labelled += fmt::format("{},\"cluster\":{}}}\n", line.substr(0, line.size() - 1),
                              nlohmann::json(about_).dump());
    } else {
      labelled += fmt::format("{}: {}\n", about_, line);
    }
  }
  return labelled;
}

void Console::say(std::string_view said, Kind kind) {
  const std::string labelled = about_.empty() ? std::string() : about(said);
  const std::string_view text = about_.empty() ? said : labelled;
  if (held_) {
    kept_.append(text);
    return;
  }
  clear_progress();
  ++said_;
  write(text, kind);
}

// JSON is for programs, and always UTF-8.
void Console::write(std::string_view text, Kind kind) const {
  if (diverted_) return diverted_(kind, text);
  if (!options_.ascii || options_.errors == Errors::kJson) return write_stderr(text);
  std::string ascii;
  append_with_ascii_signs(text, ascii);
  write_stderr(ascii);
}

void Console::progress(std::string_view text, const Terminal& terminal) {
  const bool able = !diverted_ && terminal.is_terminal && environment("TERM") != "dumb";
  if (!able || held_ || options_.quiet || options_.errors == Errors::kJson || text == progress_)
    return;
  progress_ = text;
  LastWords::set_line_open(true);
  // The last column stays free: a full line would wrap, and clearing it would leave its beginning.
  const auto width = static_cast<size_t>(std::max(terminal.width - 1, 0));
  write(fmt::format("\r{}{}", text.substr(0, width), kClearLine), Kind::kNote);
}

void Console::clear_progress() {
  if (progress_.empty()) return;
  progress_.clear();
  LastWords::set_line_open(false);
  write_stderr(fmt::format("\r{}", kClearLine));
}

void Console::loss(std::string_view text) {
  say(warning_line(text, options_.color), Kind::kWarning);
}

void Console::error(const Status& status, std::string_view script, std::string_view query_id) {
  const Status hinted = with_script_hints(status, script, hint_scope_);
  if (options_.errors == Errors::kJson) return error_json(hinted, query_id);
  error_text(hinted, script);
}

void Console::error_text(const Status& status, std::string_view script) {
  const std::string head = fmt::format("pxq: {}", painted("error:", kRed, options_.color));
  const auto& diagnostics = status.diagnostics();
  if (diagnostics.empty()) {
    std::string text = fmt::format("{} {}\n", head, shown(status.message()));
    if (!status.hint().empty()) text += fmt::format("  hint: {}\n", shown(status.hint()));
    return say(text, Kind::kError);
  }
  std::string text;
  const size_t count = std::min(diagnostics.size(), kMostDiagnostics);
  for (size_t i = 0; i < count; ++i) {
    Diagnostic diagnostic = diagnostics[i];
    if (i == 0 && diagnostic.hint.empty()) diagnostic.hint = status.hint();
    text +=
        fmt::format("{} {}\n{}", head, shown(diagnostic.message), source_block(diagnostic, script));
  }
  if (count < diagnostics.size())
    text += fmt::format("  and {} more\n", diagnostics.size() - count);
  say(text, Kind::kError);
}

void Console::error_json(const Status& status, std::string_view query_id) {
  nlohmann::ordered_json line;
  line["kind"] = "error";
  line["error"] = error_name(status.code());
  line["exit"] = exit_code(status.code());
  if (status.grpc_code() >= 0) line["grpc"] = wire::grpc_code_name(status.grpc_code());
  const Diagnostic first =
      status.diagnostics().empty() ? Diagnostic{} : status.diagnostics().front();
  line["message"] = shown(first.message.empty() ? status.message() : first.message);
  if (!first.where.file.empty()) line["file"] = shown(first.where.file);
  if (first.where.line != 0) {
    line["line"] = first.where.line;
    line["column"] = first.where.column;
  }
  const std::string& hint = first.hint.empty() ? status.hint() : first.hint;
  if (!hint.empty()) line["hint"] = shown(hint);
  line["retryable"] = status.retryable();
  if (!query_id.empty()) line["query_id"] = shown(query_id);
  if (status.diagnostics().size() > 1) line["errors"] = status.diagnostics().size();
  say(dumped(line), Kind::kError);
}

}  // namespace pxq
