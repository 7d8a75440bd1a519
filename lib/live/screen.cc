#include "live/screen.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "text/visible.h"

namespace pxq::live {
namespace {

// Rows that come for longer than this have no end in sight.
constexpr Duration kStreamAfter = std::chrono::milliseconds(1500);
// A result takes the place of the one before when it is whole, or when that has taken too long.
constexpr Duration kLongestHeld = std::chrono::seconds(3);

}  // namespace

Screen::Screen(const Surface& surface, const TimeZone& zone, Duration interval)
    : surface_(surface), zone_(zone), interval_(interval) {}

void Screen::open(std::string script, std::vector<ArgumentField> arguments) {
  script_ = std::move(script);
  arguments_ = std::move(arguments);
  page_.reset();
  shown_.reset();
  coming_.reset();
  states_.clear();
  tab_ = 0;
  tab_name_.clear();
  messages_ = {};
  coming_messages_ = {};
  ending_.reset();
  window_.clear();
  notice_.clear();
}

void Screen::show_scripts(std::vector<ScriptChoice> scripts) {
  page_ = std::make_unique<ScriptList>(std::move(scripts));
  page_title_ = "Scripts";
  page_kind_ = PageKind::kScripts;
}

void Screen::refuse(std::string_view why) {
  if (page_ != nullptr && page_kind_ == PageKind::kArguments) {
    static_cast<ArgumentForm&>(*page_).refuse(std::string(why));
    return;
  }
  notice_ = std::string(why.substr(0, why.find('\n')));
}

void Screen::accept(std::vector<ArgumentField> arguments) {
  arguments_ = std::move(arguments);
  page_.reset();
}

void Screen::run_begins(TimePoint now) {
  running_ = true;
  run_began_ = now;
  rows_since_.reset();
  next_run_.reset();
  progress_.clear();
  coming_messages_ = {};
  coming_.reset();
}

void Screen::describe(std::shared_ptr<const chart::PagePlan> plan, std::string cluster,
                      std::string window) {
  cluster_ = std::move(cluster);
  window_ = std::move(window);
  coming_ = std::make_unique<RunTables>(std::move(plan), zone_, surface_);
  if (shown_ == nullptr || shown_->empty()) swap_tables();
}

void Screen::table(size_t id, const Schema& schema) {
  RunTables* tables = coming_ != nullptr ? coming_.get() : shown_.get();
  if (tables == nullptr) return;
  if (tables == coming_.get()) keep_states();
  tables->begin(id, schema, states_);
  if (tables != shown_.get()) return;
  // A table that was announced later may stand before the current one.
  const size_t chosen = shown_->find(tab_name_);
  tab_ = chosen < shown_->size() ? chosen : 0;
}

void Screen::rows(size_t id, RowBatch batch, TimePoint now) {
  if (!rows_since_ && batch.num_rows != 0) {
    rows_since_ = now;
    progress_.clear();  // what was waited for is there
  }
  RunTables* tables = coming_ != nullptr ? coming_.get() : shown_.get();
  if (tables != nullptr) tables->rows(id, std::move(batch));
  if (coming_ != nullptr && rows_since_ && now - *rows_since_ > kLongestHeld) swap_tables();
}

void Screen::say(Tone tone, std::string_view text) { coming_messages_.add(tone, text); }

// What a failed run has not replaced stays to be looked at.
void Screen::run_ended(Ending ending, TimePoint now) {
  running_ = false;
  if (coming_ != nullptr && (ending.good || coming_->total_rows() != 0)) swap_tables();
  coming_.reset();
  messages_ = std::exchange(coming_messages_, {});
  ending_ = std::move(ending);
  progress_.clear();
  plan_next(now);
}

void Screen::keep_states() {
  if (shown_ == nullptr) return;
  for (size_t i = 0; i < shown_->size(); ++i) {
    states_[(*shown_)[i].rows.name()] = (*shown_)[i].view.state();
  }
}

void Screen::swap_tables() {
  keep_states();
  shown_ = std::move(coming_);
  for (size_t i = 0; i < shown_->size(); ++i) {
    const auto state = states_.find((*shown_)[i].rows.name());
    if (state != states_.end()) (*shown_)[i].view.restore(state->second);
  }
  const size_t chosen = shown_->find(tab_name_);
  tab_ = chosen < shown_->size() ? chosen : 0;
}

void Screen::plan_next(TimePoint now) {
  next_run_.reset();
  if (!running_ && !paused_ && interval_ != Duration::zero() && !script_.empty()) {
    next_run_ = now + interval_;
  }
}

Request Screen::tick(TimePoint now) {
  if (running_ || !next_run_ || now < *next_run_) return {};
  if (page_ != nullptr && page_kind_ != PageKind::kText) return {};  // first to be answered
  next_run_.reset();
  return {.kind = Request::Kind::kRun};
}

void Screen::go_to(size_t tab) {
  if (shown_ == nullptr || tab >= shown_->size()) return;
  tab_ = tab;
  tab_name_ = (*shown_)[tab].rows.name();
}

TableView* Screen::view() {
  if (shown_ == nullptr || tab_ >= shown_->size()) return nullptr;
  return &(*shown_)[tab_].view;
}

bool Screen::streams(TimePoint now) const {
  return running_ && rows_since_ && coming_ == nullptr && now - *rows_since_ > kStreamAfter;
}

}  // namespace pxq::live
