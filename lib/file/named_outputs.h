#pragma once

#include <string>

#include "base/output.h"

namespace pxq {

/// Opens what a run writes to, by names; the outputs live with it.
class NamedOutputs {
 public:
  NamedOutputs() = default;
  NamedOutputs(const NamedOutputs&) = delete;
  NamedOutputs& operator=(const NamedOutputs&) = delete;
  virtual ~NamedOutputs() = default;

  /// Where the bytes of one name go: packs, where it ends in .gz or .zst.
  struct Opened {
    Output* output = nullptr;
    bool adds = false;  // to an existing file, which check_append() must still look at
  };

  /// Refuses an existing file unless it may be replaced, or added to and `can_append`.
  virtual Result<Opened> add(const std::string& path, bool can_append) = 0;

  /// The first failure of any of them so far.
  virtual const Status& status() const = 0;
};

}  // namespace pxq
