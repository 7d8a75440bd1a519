#include "sink/pipe.h"

#include <algorithm>

namespace pxq {
namespace {

// From the last stage to the first. (clang 14 does not take the standard library's own reversed
// view.)
template <typename Stages>
struct Backwards {
  Stages& stages;
  auto begin() const { return stages.rbegin(); }
  auto end() const { return stages.rend(); }
};

template <typename Stages>
Backwards<Stages> backwards(Stages& stages) {
  return {stages};
}

}  // namespace

void Pipe::tick() {
  for (const auto& stage : backwards(stages_)) stage->tick();
  last_.tick();
}

const Status& Pipe::status() const {
  for (const auto& stage : backwards(stages_)) {
    if (const Status& status = stage->status(); !status.ok()) return status;
  }
  return last_.status();
}

bool Pipe::satisfied() const {
  return last_.satisfied() ||
         std::ranges::any_of(stages_, [](const auto& stage) { return stage->satisfied(); });
}

const Status& Pipe::verdict() const {
  for (const auto& stage : backwards(stages_)) {
    if (const Status& verdict = stage->verdict(); !verdict.ok()) return verdict;
  }
  return fine();
}

}  // namespace pxq
