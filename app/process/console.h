#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/status.h"
#include "process/terminal.h"
#include "scripts/script_hint.h"
#include "text/ascii_signs.h"

namespace pxq {

/// How long a run keeps its progress to itself: a short one needs no words that vanish at once.
inline constexpr Duration kQuietStart = std::chrono::seconds(1);

/// Everything said on stderr; stdout is for data. Texts may come from a server: no control byte of
/// theirs reaches the terminal, and long ones are cut.
class Console {
 public:
  enum class Errors { kText, kJson };
  /// What a line that is neither warning nor error tells.
  enum class Kind { kNote, kStats, kVerdict, kWarning, kError };

  struct Options {
    bool quiet = false;  // errors only
    int verbosity = 0;
    Errors errors = Errors::kText;
    bool color = false;
    bool ascii = is_ascii_locale();  // signs of ours are of what every terminal has
  };

  void configure(const Options& options);
  /// From now on `to` gets all texts instead of stderr, from any thread; nothing: stderr again. Set
  /// it while nobody else uses the console.
  void divert(std::function<void(Kind kind, std::string_view text)> to) {
    diverted_ = std::move(to);
  }

  bool quiet() const { return options_.quiet; }
  bool verbose(int level = 1) const { return options_.verbosity >= level && !options_.quiet; }

  /// A line that is neither warning nor error, such as the footer. Dropped when quiet.
  void line(std::string_view text, Kind kind = Kind::kNote);
  void warning(std::string_view text);

  /// The same from any thread; dropped where stderr does not take it at once.
  void aside(std::string_view text) const;

  /// One line that is drawn over the last one, and goes without a trace before anything else is
  /// said. Only where stderr is a terminal that can do that, and neither quiet nor for programs.
  void progress(std::string_view text, const Terminal& terminal);
  void clear_progress();

  /// Keeps to itself what is to be said, while another program has the screen.
  void hold();
  /// Says it.
  void release();
  /// Gives it to be shown elsewhere, in place of release().
  std::string take();

  /// How often something was said.
  uint64_t said() const { return said_; }

  /// From now on every line is about this one of several; empty: about none. Not said by aside().
  /// `label` is UTF-8 and drives no terminal.
  void set_about(std::string label) { about_ = std::move(label); }

  /// A warning of data that is lost for good: told also when quiet.
  void loss(std::string_view text);

  /// The last words of a failed run: what, where, what to try. `script` is the text that positions
  /// refer to, for the source line and its caret; `query_id` for the JSON form.
  void error(const Status& status, std::string_view script = {}, std::string_view query_id = {});

  /// Where the scripts of this run go, so that hints name only what is there.
  void set_hint_scope(HintScope scope) { hint_scope_ = std::move(scope); }

 private:
  std::string warning_line(std::string_view text, bool color) const;
  void error_text(const Status& status, std::string_view script);
  void error_json(const Status& status, std::string_view query_id);

  void say(std::string_view text, Kind kind);
  void write(std::string_view text, Kind kind) const;
  std::string about(std::string_view text) const;

  Options options_;
  std::function<void(Kind, std::string_view)> diverted_;
  std::string progress_;  // that stands there now
  std::atomic<bool> held_{false};
  std::string kept_;  // while held
  std::string about_;
  uint64_t said_ = 0;
  HintScope hint_scope_;
};

}  // namespace pxq
