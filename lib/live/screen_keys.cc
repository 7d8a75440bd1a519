#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "live/help_lines.h"
#include "live/screen.h"
#include "text/duration.h"

namespace pxq::live {
namespace {

constexpr Duration kShortest = std::chrono::seconds(1);
constexpr Duration kLongest = std::chrono::hours(1);

}  // namespace

Request Screen::key(Key key, TimePoint now) {
  notice_.clear();
  if (key == control('L')) return {.kind = Request::Kind::kRedraw};
  if (asks_ != Asks::kNothing) return prompt_key(key, now);
  if (page_ != nullptr) return page_key(key);
  if (TableView* const table = view(); table != nullptr && table->key(key)) return {};
  return command_key(key, now);
}

Request Screen::page_key(Key key) {
  const Page::Outcome outcome = page_->key(key);
  if (outcome == Page::Outcome::kStays) return {};
  if (outcome == Page::Outcome::kDone && page_kind_ == PageKind::kScripts) {
    return {.kind = Request::Kind::kOpen, .script = static_cast<ScriptList&>(*page_).chosen()};
  }
  if (outcome == Page::Outcome::kDone && page_kind_ == PageKind::kArguments) {
    return {.kind = Request::Kind::kArguments,
            .arguments = static_cast<ArgumentForm&>(*page_).fields()};
  }
  page_.reset();
  // Without a script there is nothing below the list of scripts.
  return {.kind = script_.empty() ? Request::Kind::kQuit : Request::Kind::kNone};
}

void Screen::ask(Asks asks, std::string text) {
  asks_ = asks;
  typed_ = TextField(std::move(text));
}

Request Screen::prompt_key(Key key, TimePoint now) {
  TableView* const table = view();
  const bool filter = asks_ == Asks::kFilter && table != nullptr;
  if (key == kEscape || key == control('G')) {
    if (filter) table->set_filter(filter_before_);
    asks_ = Asks::kNothing;
  } else if (key == kEnter || key == '\n') {
    answer(now);
  } else if (key == kBackspace && typed_.text().empty()) {
    asks_ = Asks::kNothing;  // as less has it
  } else if (typed_.key(key) && filter) {
    table->set_filter(typed_.text());
  }
  return {};
}

void Screen::answer(TimePoint now) {
  switch (std::exchange(asks_, Asks::kNothing)) {
    case Asks::kSearch:
      if (!typed_.text().empty()) sought_ = typed_.text();
      return search(false);
    case Asks::kInterval: {
      const Result<int64_t> interval = parse_duration(typed_.text(), "again every");
      if (!interval.ok()) {
        notice_ = interval.status().message() + "; " + interval.status().hint();
        return;
      }
      return set_interval(Duration(*interval), now);
    }
    default: return;
  }
}

void Screen::search(bool back) {
  TableView* const table = view();
  if (table == nullptr || sought_.empty()) return;
  if (!table->search(sought_, back)) notice_ = fmt::format("no row holds '{}'", sought_);
}

void Screen::set_interval(Duration interval, TimePoint now) {
  interval_ = std::clamp(interval, kShortest, kLongest);
  paused_ = false;
  plan_next(now);
}

Request Screen::command_key(Key key, TimePoint now) {
  using Kind = Request::Kind;
  const auto page = [this](std::string title, Lines lines) {
    page_ = std::make_unique<TextPage>(std::move(lines));
    page_title_ = std::move(title);
    page_kind_ = PageKind::kText;
  };
  const size_t tabs = shown_ == nullptr ? 0 : shown_->size();
  if (key >= '1' && key <= '9') return go_to(key - '1'), Request{};
  switch (key) {
    case 'q':
    case control('C'):
    case function(10): return {.kind = Kind::kQuit};
    case '?':
    case 'h':
    case function(1): page("Keys", help_lines()); break;
    case 'e': {
      Lines lines = running_ && messages_.empty() ? coming_messages_.lines() : messages_.lines();
      if (lines.empty()) lines.push_back(Line().append("Nothing was said of this run."));
      page("Messages", std::move(lines));
      break;
    }
    case kTab: go_to(tabs == 0 ? 0 : (tab_ + 1) % tabs); break;
    case kBackTab: go_to(tabs == 0 ? 0 : (tab_ + tabs - 1) % tabs); break;
    case 'a':
      page_ = std::make_unique<ArgumentForm>(arguments_);
      page_title_ = "Arguments of " + script_;
      page_kind_ = PageKind::kArguments;
      break;
    case 'o':
    case control('K'): return {.kind = Kind::kListScripts};
    case 'r':
    case function(5):
      if (running_ && !streams(now)) {
        notice_ = "it is running already";
        break;
      }
      return {.kind = Kind::kRun};
    case 'p':
    case 'Z':
      paused_ = !paused_;
      plan_next(now);
      break;
    case '+':
    case '=': set_interval(interval_ + kShortest, now); break;
    case '-':
    case '_': set_interval(interval_ - kShortest, now); break;
    case 'i':
      ask(Asks::kInterval, fmt::format("{:g}s", std::chrono::duration<double>(interval_).count()));
      break;
    case '&':
    case '\\':
    case function(4):
      if (TableView* const table = view(); table != nullptr) {
        filter_before_ = table->filter();
        ask(Asks::kFilter, filter_before_);
      }
      break;
    case '/':
    case function(3): ask(Asks::kSearch); break;
    case 'n': search(false); break;
    case 'N': search(true); break;
    default: break;
  }
  return {};
}

}  // namespace pxq::live
