#pragma once

#include <CLI/Error.hpp>
#include <utility>

#include "base/status.h"

namespace pxq {

/// A flag's value that is refused while the command line is read: carries the whole Status through
/// CLI11, which knows exceptions only, to run_command_line().
class RefusedValue final : public CLI::ValidationError {
 public:
  explicit RefusedValue(Status status)
      : CLI::ValidationError(status.message()), status_(std::move(status)) {}

  const Status& status() const { return status_; }

 private:
  Status status_;
};

}  // namespace pxq
