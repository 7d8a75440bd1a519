#include "process/paged_output.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/environment.h"
#include "output/destination.h"
#include "process/print.h"
#include "text/width.h"

namespace pxq {
namespace {

// Of what a pager was given, kept in case that it fails: one that took more than this works.
constexpr size_t kMostKept = 16u << 20;

// How many lines of the screen a line of text takes. Colours take no room.
size_t screen_lines(std::string_view line, size_t width) {
  std::string plain;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '\x1b') {
      plain.push_back(line[i]);
      continue;
    }
    while (i < line.size() && (line[i] < '@' || line[i] == '[')) ++i;
  }
  const size_t cells = display_width(plain);
  return std::max<size_t>(1, (cells + width - 1) / width);
}

}  // namespace

bool may_page(const Context& context) {
  return context.out.is_terminal && isatty(STDIN_FILENO) == 1 && !context.no_pager &&
         !pager_command().empty();
}

PagedOutput::PagedOutput(Context& context)
    : context_(context),
      width_(static_cast<size_t>(std::max(context.out.width, 1))),
      height_(static_cast<size_t>(std::max(context.out.height, 1))),
      terminal_(STDOUT_FILENO, "stdout"),
      command_(pager_command()),
      on_stop_(context.signals.token(), [this] {
        // What fits the screen is short, and whoever stops a run wants to see it.
        if (state_ == State::kPlain) terminal_.request_stop(kRecordGrace);
      }) {}

PagedOutput::~PagedOutput() {
  if (pager_ != nullptr) fail(settle());
}

void PagedOutput::tick() {
  if (pager_ != nullptr && pager_->gone()) {
    if (Status status = settle(); !status.ok()) fail(std::move(status));
    return;
  }
  if (state_ != State::kHolding || kept_.empty()) return;
  state_ = State::kShown;
  said_before_ = context_.console.said();
  if (Status status = show(kept_); !status.ok()) fail(std::move(status));
}

Status PagedOutput::write(std::string_view bytes) {
  switch (state_) {
    case State::kLeft: return {};
    case State::kPlain: return show(bytes);
    case State::kPaging:
      keep(bytes);
      pager_->put(bytes);
      return {};
    case State::kHolding:
    case State::kShown: break;
  }
  const size_t lines_before = lines_;
  kept_.append(bytes);
  measure(bytes);
  if (!fits()) return page(bytes, lines_before);
  return state_ == State::kShown ? show(bytes) : Status();
}

void PagedOutput::measure(std::string_view bytes) {
  while (!bytes.empty() && fits()) {
    const size_t end = bytes.find('\n');
    line_.append(bytes.substr(0, end));
    if (end == std::string_view::npos) return;
    lines_ += screen_lines(line_, width_);
    line_.clear();
    bytes.remove_prefix(end + 1);
  }
}

Status PagedOutput::page(std::string_view newest, size_t lines_shown) {
  const bool shown = state_ == State::kShown;
  state_ = State::kPlain;
  // A run that was stopped already shows what it has, and asks for no keys.
  const bool wanted = !context_.signals.token().stop_requested();
  auto pager = wanted ? Pager::start(command_, context_.signals.end_token())
                      : Result<std::unique_ptr<Pager>>(std::unique_ptr<Pager>());
  if (!pager.ok()) complain(pager.status().message());
  if (!pager.ok() || *pager == nullptr) return show(shown ? newest : std::string_view(kept_));
  if (shown) take_back(lines_shown);
  state_ = State::kPaging;
  pager_ = *std::move(pager);
  context_.console.hold();
  context_.signals.give_keys(Signals::Keys::kToPager);
  pager_->put(kept_);
  return {};
}

// The pager shows it again from the beginning. Where something else was said in between it stays,
// as nobody knows where on the screen it is.
void PagedOutput::take_back(size_t lines) {
  if (lines == 0 || said_before_ != context_.console.said()) return;
  if (environment("TERM") == "dumb") return;
  fail(show(fmt::format("\x1b[{}A\r\x1b[J", lines)));
}

Status PagedOutput::settle() {
  const Pager::End end = pager_->finish();
  pager_.reset();
  context_.signals.give_keys(Signals::Keys::kOurs);
  context_.console.release();
  // Who ends a run may end its pager in any way.
  if (end == Pager::End::kRead || context_.signals.fatal_signal() != 0) {
    state_ = State::kLeft;
    return {};
  }
  state_ = State::kPlain;
  complain(fmt::format("the pager '{}' failed{}", command_,
                       all_kept_ ? "" : "; of what it had shown only the end stands here"));
  return show(std::exchange(kept_, {}));
}

// less is only tried; what a user has named is missed.
void PagedOutput::complain(std::string text) {
  if (is_pager_chosen()) complaint_ = std::move(text);
}

void PagedOutput::keep(std::string_view bytes) {
  if (kept_.size() + bytes.size() > kMostKept) {
    kept_.clear();
    all_kept_ = false;
  }
  kept_.append(bytes);
}

Status PagedOutput::show(std::string_view bytes) {
  terminal_.text().append(bytes);
  terminal_.commit();
  terminal_.flush();
  return terminal_.status();
}

Status PagedOutput::finish() {
  flush();
  Status last;
  if (pager_ != nullptr) {
    context_.signals.give_keys(Signals::Keys::kToPagerAlone);
    last = settle();
  } else if (state_ == State::kHolding) {
    state_ = State::kShown;
    last = show(kept_);
  }
  if (!last.ok()) fail(std::move(last));
  if (!complaint_.empty()) context_.console.warning(complaint_ + "; --no-pager does without one");
  complaint_.clear();
  return status();
}

Status print_pages(std::string_view text, Context& context) {
  if (!may_page(context)) return print(text);
  PagedOutput out(context);
  out.text().append(text);
  out.commit();
  return out.finish();
}

}  // namespace pxq
