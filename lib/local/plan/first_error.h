#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "local/plan/compiler.h"
#include "local/pxl/ast.h"

namespace pxq::local {

/// The first reason why a script does not compile: whatever fails later is a consequence of it.
/// Functions that walk a script return null after reporting here. Beside it, what was passed over
/// without a look.
class FirstError final {
 public:
  explicit FirstError(Vocabulary vocabulary = Vocabulary::kLocal) : vocabulary_(vocabulary) {}

  std::nullptr_t fail(pxl::Place place, std::string message, Cause cause = Cause::kScript) {
    return keep({place.line, place.column, std::move(message), true, cause, {}});
  }
  /// A dataframe with these columns lacks one.
  std::nullptr_t fail_column(pxl::Place place, std::string message,
                             std::vector<std::string> columns) {
    return keep(
        {place.line, place.column, std::move(message), true, Cause::kScript, std::move(columns)});
  }
  /// For the errors to which Pixie gives no position; `near` is where ours would point.
  std::nullptr_t fail_nowhere(std::string message, pxl::Place near = {}) {
    return keep({near.line, near.column, std::move(message), false, Cause::kScript, {}});
  }
  /// A bound of ours: "The script nests deeper".
  std::nullptr_t exceed(pxl::Place place, std::string what) {
    what += vocabulary_ == Vocabulary::kCluster ? " than pxq follows."
                                                : " than the local Vizier allows.";
    return fail(place, std::move(what), Cause::kLimit);
  }

  /// What a cluster would look at and this compiler cannot.
  void pass_over(pxl::Place place, std::string message) {
    const auto known = [&](const CompileError& other) {
      return other.line == place.line && other.message == message;
    };
    if (std::any_of(passed_over_.begin(), passed_over_.end(), known)) return;
    passed_over_.push_back(
        {place.line, place.column, std::move(message), true, Cause::kCluster, {}});
  }

  const std::optional<CompileError>& error() const { return error_; }
  const std::vector<CompileError>& passed_over() const { return passed_over_; }

 private:
  std::nullptr_t keep(CompileError error) {
    if (!error_) error_ = std::move(error);
    return nullptr;
  }

  Vocabulary vocabulary_;
  std::optional<CompileError> error_;
  std::vector<CompileError> passed_over_;
};

}  // namespace pxq::local
