#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/fd_output.h"
#include "base/output.h"
#include "cli/command.h"
#include "process/pager.h"

namespace pxq {

/// Whether what goes to stdout now may be shown in a pager: people look at it, can answer, and want
/// one.
bool may_page(const Context& context);

/// Stdout on a terminal. What fits the screen is written there; as soon as it does not, a pager
/// gets all of it from the beginning. Nothing waits for that: what has come is on the screen with
/// the next tick, and is taken back when the pager has it. A pager that fails costs nothing, as
/// what it was given is then written to the terminal.
class PagedOutput final : public Output {
 public:
  /// `context` outlives it.
  explicit PagedOutput(Context& context);
  ~PagedOutput() override;

  /// About ten times a second.
  void tick();

  /// The reader has left the pager before the end: what comes is for nobody.
  bool left() const { return state_ == State::kLeft; }

  /// Everything is out: waits until the reader has left the pager.
  Status finish();

 protected:
  Status write(std::string_view bytes) override;

 private:
  enum class State {
    kHolding,  // nothing is on the screen yet
    kShown,    // all that came is, and fits
    kPaging,
    kLeft,
    kPlain,  // to the terminal, for good
  };

  void measure(std::string_view bytes);
  bool fits() const { return lines_ + kBelow <= height_; }
  Status page(std::string_view newest, size_t lines_shown);
  void take_back(size_t lines);
  Status settle();
  Status show(std::string_view bytes);
  void keep(std::string_view bytes);
  void complain(std::string text);

  static constexpr size_t kBelow = 2;  // the run's last line, and the prompt

  Context& context_;
  const size_t width_;
  const size_t height_;
  State state_ = State::kHolding;
  FdOutput terminal_;
  std::unique_ptr<Pager> pager_;
  std::string command_;
  std::string kept_;  // from the beginning, to be shown again
  bool all_kept_ = true;
  std::string line_;          // begun and not ended, for measuring
  size_t lines_ = 0;          // of the screen
  uint64_t said_before_ = 0;  // by the console, when the first row was shown
  std::string complaint_;     // of the pager, to be told below the rows
  std::stop_callback<std::function<void()>> on_stop_;
};

/// Writes a text of the program's own, such as a page of help, to stdout; in a pager where it is
/// longer than the screen.
Status print_pages(std::string_view text, Context& context);

}  // namespace pxq
