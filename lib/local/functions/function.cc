#include "local/functions/function.h"

#include <utility>

namespace pxq::local {

std::string_view StringArena::keep(std::string_view text) {
  if (text.empty()) return "";
  return texts_.emplace_back(text);
}

std::string_view StringArena::keep(std::string&& text) {
  if (text.empty()) return "";
  return texts_.emplace_back(std::move(text));
}

}  // namespace pxq::local
