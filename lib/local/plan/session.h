#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "local/plan/attributes.h"
#include "local/plan/draft.h"
#include "local/plan/first_error.h"
#include "local/plan/object.h"

namespace pxq::local {

/// The state of one compilation. Building goes through here, so that a hostile script meets its
/// limits before it fills memory or stack.
class Session final {
 public:
  explicit Session(const CompileRequest& request)
      : now_ns_(request.now_ns),
        function_based_(!request.functions.empty()),
        plugin_window_(request.plugin_window),
        default_start_ns_(request.default_start_ns),
        vocabulary_(request.vocabulary),
        errors_(request.vocabulary) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  int64_t now_ns() const { return now_ns_; }
  /// Functions are run from outside: px.display() does nothing then.
  bool function_based() const { return function_based_; }

  const std::optional<PluginWindow>& plugin_window() const { return plugin_window_; }
  const std::optional<int64_t>& default_start_ns() const { return default_start_ns_; }

  Vocabulary vocabulary() const { return vocabulary_; }

  FirstError& errors() { return errors_; }
  std::nullptr_t fail(pxl::Place place, std::string message) {
    return errors_.fail(at(place), std::move(message));
  }
  /// For what Pixie has and the local Vizier does not.
  std::nullptr_t fail_absent(pxl::Place place, std::string message) {
    return errors_.fail(at(place), std::move(message), Cause::kAbsent);
  }
  void pass_over(pxl::Place place, std::string message) {
    errors_.pass_over(at(place), std::move(message));
  }
  bool failed() const { return errors_.error().has_value(); }

  const Draft& draft() const { return draft_; }
  Draft& draft() { return draft_; }
  void add_sink(std::string name, const DraftOperator* input);
  /// Rows that leave for elsewhere; false past the limits.
  bool add_export(pxl::Place place, const DraftOperator* input, DraftOperator::Export node);

  bool has_export() const { return has_export_; }

  /// A dataframe that is the output of a new operator; null past the limits.
  template <typename Node>
  ObjectPtr add_operator(pxl::Place place, std::vector<const DraftOperator*> inputs, Node node) {
    DraftOperator op;
    op.place = place;
    op.inputs = std::move(inputs);
    op.node = std::move(node);
    return add(std::move(op));
  }

  /// A call as an expression; null past the limits.
  DraftExpressionPtr add_call(pxl::Place place, std::string function,
                              std::vector<DraftExpressionPtr> arguments);

  /// Begins the evaluation of one node; false when the script did its share or nests too deep.
  /// Every enter() has its leave(), also a refused one.
  bool enter(pxl::Place place);
  void leave() { --depth_; }
  bool enter_function(pxl::Place place);
  void leave_function() { --function_depth_; }

  /// While a module of ours runs, places are those of the script's call into it.
  void enter_module(pxl::Place place) {
    if (module_depth_++ == 0) module_call_ = place;
  }
  void leave_module() { --module_depth_; }

  Attributes attributes;
  /// Tables that the script's own probes make.
  std::set<std::string> probe_tables;
  /// Table names that px.debug() keeps away from.
  std::set<std::string> reserved_names;
  bool mutation = false;
  bool in_probe = false;  // a decorated function describes its probe

 private:
  ObjectPtr add(DraftOperator op);
  pxl::Place at(pxl::Place place) const { return module_depth_ == 0 ? place : module_call_; }

  int64_t now_ns_;
  bool function_based_;
  std::optional<PluginWindow> plugin_window_;
  std::optional<int64_t> default_start_ns_;
  Vocabulary vocabulary_;
  FirstError errors_;
  Draft draft_;
  size_t steps_ = 0;
  size_t depth_ = 0;
  size_t function_depth_ = 0;
  bool has_export_ = false;
  size_t module_depth_ = 0;
  pxl::Place module_call_;
};

}  // namespace pxq::local
