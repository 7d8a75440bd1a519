#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "live/argument_form.h"
#include "live/frame.h"
#include "live/key.h"
#include "live/messages.h"
#include "live/run_tables.h"
#include "live/script_list.h"

namespace pxq::live {

/// What the screen asks of whoever runs scripts.
struct Request {
  enum class Kind { kNone, kQuit, kRun, kListScripts, kOpen, kArguments, kRedraw };

  Kind kind = Kind::kNone;
  std::string script = {};                    // of kOpen
  std::vector<ArgumentField> arguments = {};  // of kArguments
};

/// How a run ended.
struct Ending {
  std::string verdict;  // in a word or two
  bool good = false;
  std::string clock;  // when
};

/// All that `pxq live` shows and how it answers keys, without a terminal and without a server: it
/// is told what runs bring, asks for what it wants, and draws itself in any size.
class Screen final {
 public:
  /// Both outlive it. `interval`: from the end of a run to the next one.
  Screen(const Surface& surface, const TimeZone& zone, Duration interval);

  /// Another script: its predecessor's tables go.
  void open(std::string script, std::vector<ArgumentField> arguments);
  void show_scripts(std::vector<ScriptChoice> scripts);
  /// What was asked for last cannot be.
  void refuse(std::string_view why);
  /// The arguments were taken.
  void accept(std::vector<ArgumentField> arguments);

  // What a run brings, in this order; tables, rows and messages mix.
  void run_begins(TimePoint now);
  void describe(std::shared_ptr<const chart::PagePlan> plan, std::string cluster,
                std::string window);
  void progress(std::string text) { progress_ = std::move(text); }
  void table(size_t id, const Schema& schema);
  void rows(size_t id, RowBatch batch, TimePoint now);
  void say(Tone tone, std::string_view text);
  void run_ended(Ending ending, TimePoint now);

  Request key(Key key, TimePoint now);
  /// Time passed: whether it is time to run again.
  Request tick(TimePoint now);
  Frame draw(size_t width, size_t height, TimePoint now);

  bool running() const { return running_; }
  /// When something happens although nobody does anything.
  std::optional<TimePoint> next_run() const { return next_run_; }

 private:
  enum class Asks { kNothing, kFilter, kSearch, kInterval };

  Request page_key(Key key);
  Request prompt_key(Key key, TimePoint now);
  Request command_key(Key key, TimePoint now);
  void ask(Asks asks, std::string text = {});
  void answer(TimePoint now);
  void search(bool back);
  void set_interval(Duration interval, TimePoint now);
  void plan_next(TimePoint now);
  void swap_tables();
  void keep_states();
  void go_to(size_t tab);

  TableView* view();
  bool streams(TimePoint now) const;
  Frame draw_page(size_t width, size_t height);
  Lines draw_body(size_t width, size_t height, TimePoint now);
  Line message_line(size_t width) const;
  Line draw_status(size_t width, TimePoint now) const;
  std::string state_text(TimePoint now) const;
  std::string rows_text() const;
  std::string again_text() const;

  const Surface& surface_;
  const TimeZone& zone_;
  Duration interval_;
  bool paused_ = false;

  std::string script_;
  std::vector<ArgumentField> arguments_;
  std::string cluster_;
  std::string window_;

  std::unique_ptr<RunTables> shown_;
  std::unique_ptr<RunTables> coming_;  // of a run after the first; shown when it is whole
  std::map<std::string, ViewState> states_;
  size_t tab_ = 0;
  std::string tab_name_;  // that its reader chose

  Messages messages_;         // of the last run
  Messages coming_messages_;  // of the one that runs
  bool running_ = false;
  TimePoint run_began_{};
  std::optional<TimePoint> rows_since_;
  std::optional<TimePoint> next_run_;
  std::string progress_;
  std::optional<Ending> ending_;

  std::unique_ptr<Page> page_;
  std::string page_title_;
  enum class PageKind { kText, kScripts, kArguments } page_kind_ = PageKind::kText;
  Asks asks_ = Asks::kNothing;
  TextField typed_;
  std::string filter_before_;
  std::string sought_;
  std::string notice_;  // in answer to the last key
};

}  // namespace pxq::live
