#pragma once

#include <algorithm>
#include <span>

#include "local/functions/function.h"
#include "model/schema.h"

namespace pxq::local {

/// The rules by which results get their semantic type. A rule that does not fit gives kNone.
inline SemanticType no_semantic(std::span<const SemanticType>) { return SemanticType::kNone; }

/// Always the same type.
template <SemanticType kType>
SemanticType always(std::span<const SemanticType>) {
  return kType;
}

/// The arguments' common type when it is one of those listed.
template <SemanticType... kTypes>
SemanticType inherit(std::span<const SemanticType> arguments) {
  if (arguments.empty()) return SemanticType::kNone;
  const SemanticType first = arguments.front();
  const bool common = std::all_of(arguments.begin(), arguments.end(),
                                  [first](SemanticType type) { return type == first; });
  return common && ((first == kTypes) || ...) ? first : SemanticType::kNone;
}

inline constexpr SemanticRule kInheritAmount =
    inherit<SemanticType::kBytes, SemanticType::kThroughputPerNs,
            SemanticType::kThroughputBytesPerNs, SemanticType::kDurationNs>;
inline constexpr SemanticRule kInheritMeasure =
    inherit<SemanticType::kBytes, SemanticType::kThroughputPerNs,
            SemanticType::kThroughputBytesPerNs, SemanticType::kDurationNs, SemanticType::kPercent>;

}  // namespace pxq::local
