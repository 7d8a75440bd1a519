#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

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
        vocabulary_(request.vocabulary) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  int64_t now_ns() const { return now_ns_; }
  /// Functions are run from outside: px.display() does nothing then.
  bool function_based() const { return function_based_; }

  const std::optional<PluginWindow>& plugin_window() const { return plugin_window_; }

  Vocabulary vocabulary() const { return vocabulary_; }

  FirstError& errors() { return errors_; }
  std::nullptr_t fail(pxl::Place place, std::string message) {
    return errors_.fail(place, std::move(message));
  }
  bool failed() const { return errors_.error().has_value(); }

  const Draft& draft() const { return draft_; }
  void add_sink(std::string name, const DraftOperator* input);

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

  /// Table names that px.debug() keeps away from.
  std::set<std::string> reserved_names;
  bool mutation = false;

 private:
  ObjectPtr add(DraftOperator op);

  int64_t now_ns_;
  bool function_based_;
  std::optional<PluginWindow> plugin_window_;
  Vocabulary vocabulary_;
  FirstError errors_;
  Draft draft_;
  size_t steps_ = 0;
  size_t depth_ = 0;
  size_t function_depth_ = 0;
};

}  // namespace pxq::local
