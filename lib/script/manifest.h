#pragma once

#include <string>

#include "base/status.h"

namespace pxq {

/// A script's manifest.yaml: what it is for, in short and in full, and whether lists leave it out.
struct Manifest {
  std::string short_doc;
  std::string long_doc;
  bool hidden = false;
};

/// kUsage for what is not YAML of that shape; `source` names it. Unknown keys are skipped.
Result<Manifest> parse_manifest(const std::string& yaml, const std::string& source);

}  // namespace pxq
