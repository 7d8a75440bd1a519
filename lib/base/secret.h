#pragma once

#include <string>
#include <utility>

namespace pxq {

/// Overwrites all of the text's room, also what lies behind its end, and leaves it empty.
void wipe(std::string& text);

/// Characters that nobody may see. Its own memory is wiped when it goes; nothing prints it.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) { wipe(text); }
  Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { wipe(other.text_); }
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { wipe(text_); }

  bool empty() const { return text_.empty(); }
  const std::string& reveal() const { return text_; }

 private:
  std::string text_;
};

}  // namespace pxq
