#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/unique_fd.h"
#include "live/frame.h"
#include "live/key.h"
#include "live/rescue.h"

namespace pxq {

/// A terminal whose whole screen is ours. The only place that speaks ncurses; one at a time, and
/// one thread only.
class CursesTerminal final {
 public:
  /// kUsage where there is no terminal, or one that cannot do it. `color`: if it has any.
  static Result<std::unique_ptr<CursesTerminal>> open(bool color, bool ascii);

  CursesTerminal(const CursesTerminal&) = delete;
  CursesTerminal& operator=(const CursesTerminal&) = delete;
  /// Leaves it as it was.
  ~CursesTerminal();

  const live::Surface& surface() const { return surface_; }
  size_t width() const;
  size_t height() const;

  void show(const live::Frame& frame);
  /// Whatever else has written there is painted over with the next frame.
  void repaint();
  /// Takes over the size that the terminal has now.
  void resize();

  /// Readable when keys were pressed.
  int input() const { return input_; }
  std::vector<live::Key> keys();

  /// Gives the terminal back for a while, and takes it again.
  void leave();
  void enter();

 private:
  CursesTerminal() = default;

  Status start(bool color);
  void start_colors();
  void put(size_t y, const live::Span& span) const;
  std::string shown(const std::string& text) const;

  struct Screen;

  live::Surface surface_;
  int input_ = 0;
  int colors_ = 0;
  UniqueFd own_input_;  // where stdin is not the terminal
  std::unique_ptr<Screen> screen_;
  std::optional<Rescue> rescue_;
};

}  // namespace pxq
