#include "sink/pipe.h"

#include <algorithm>
#include <ranges>

namespace pxq {

void Pipe::tick() {
  for (const auto& stage : std::views::reverse(stages_)) stage->tick();
  last_.tick();
}

const Status& Pipe::status() const {
  for (const auto& stage : std::views::reverse(stages_)) {
    if (const Status& status = stage->status(); !status.ok()) return status;
  }
  return last_.status();
}

bool Pipe::satisfied() const {
  return last_.satisfied() ||
         std::ranges::any_of(stages_, [](const auto& stage) { return stage->satisfied(); });
}

const Status& Pipe::verdict() const {
  for (const auto& stage : std::views::reverse(stages_)) {
    if (const Status& verdict = stage->verdict(); !verdict.ok()) return verdict;
  }
  return fine();
}

}  // namespace pxq
