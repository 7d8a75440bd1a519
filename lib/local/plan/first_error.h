#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "local/plan/compiler.h"
#include "local/pxl/ast.h"

namespace pxq::local {

/// The first reason why a script does not compile: whatever fails later is a consequence of it.
/// Functions that walk a script return null after reporting here.
class FirstError final {
 public:
  std::nullptr_t fail(pxl::Place place, std::string message) {
    return keep({place.line, place.column, std::move(message), true});
  }
  /// For the errors to which Pixie gives no position.
  std::nullptr_t fail_nowhere(std::string message) {
    return keep({0, 0, std::move(message), false});
  }

  const std::optional<CompileError>& error() const { return error_; }

 private:
  std::nullptr_t keep(CompileError error) {
    if (!error_) error_ = std::move(error);
    return nullptr;
  }

  std::optional<CompileError> error_;
};

}  // namespace pxq::local
