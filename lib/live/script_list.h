#pragma once

#include <string>
#include <vector>

#include "live/page.h"
#include "live/text_field.h"

namespace pxq::live {

/// A script to choose, as a bundle names it.
struct ScriptChoice {
  std::string name;
  std::string about;
};

/// All scripts, fewer with every character that is typed.
class ScriptList final : public Page {
 public:
  explicit ScriptList(std::vector<ScriptChoice> scripts);

  Outcome key(Key key) override;
  Frame draw(size_t width, size_t height) override;
  std::string keys() const override { return "type to find, Enter opens, Esc closes"; }

  /// After kDone.
  const std::string& chosen() const { return scripts_[found_[cursor_]].name; }

 private:
  void find();

  const std::vector<ScriptChoice> scripts_;
  std::vector<size_t> found_;
  TextField typed_;
  size_t cursor_ = 0;
  size_t top_ = 0;
  size_t page_ = 1;
};

}  // namespace pxq::live
