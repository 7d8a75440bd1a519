#pragma once

#include <span>
#include <string>
#include <string_view>

namespace pxq {

/// A page of `pxq help TOPIC`.
struct HelpTopic {
  std::string_view name;
  std::string_view summary;
  std::string (*text)();
  bool in_manual = true;  // as it is; else the manual tells it in its own way
};

std::span<const HelpTopic> help_topics();

}  // namespace pxq
