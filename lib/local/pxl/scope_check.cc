#include "local/pxl/scope_check.h"

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "local/pxl/parser.h"

namespace pxq::pxl {
namespace {

/// Walks one scope: the module, a function or a class. `repeats` says how often each error counts.
class ScopeCheck {
 public:
  ScopeCheck(TokenStream& errors, size_t repeats) : errors_(errors), repeats_(repeats) {}

  void walk(const Node& node) {
    if (errors_.stopped()) return;
    if (const auto* function = node.as<FunctionDef>()) {
      definition(node, &function->arguments);
    } else if (const auto* lambda = node.as<Lambda>()) {
      definition(node, &lambda->arguments);
    } else if (node.as<ClassDef>()) {
      definition(node, nullptr);
    } else if (node.as<For>() || node.as<While>()) {
      loop(node);
    } else if (const auto* assign = node.as<Assign>()) {
      for (const NodePtr& target : assign->targets) store(*target);
      walk(*assign->value);
    } else if (const auto* augmented = node.as<AugAssign>()) {
      store(*augmented->target);
      walk(*augmented->value);
    } else {
      check(node);
      walk_below(node);
    }
  }

 private:
  void walk_below(const Node& node) {
    for_each_child(node, [this](const Node& child) { walk(child); });
  }

  void store(const Node& target) {
    if (const auto* name = target.as<Name>()) {
      assigned_.insert(name->id);
    } else if (target.as<Tuple>() || target.as<List>()) {
      for_each_child(target, [this](const Node& child) { store(child); });
    } else {
      walk(target);
    }
  }

  /// The reference walks a loop twice, which is a factor here: loops nest.
  void loop(const Node& node) {
    const size_t outside = repeats_;
    if (repeats_ < kMaxSyntaxErrors) repeats_ *= 2;
    ++loops_;
    walk_below(node);
    --loops_;
    repeats_ = outside;
  }

  void definition(const Node& node, const Arguments* arguments) {
    if (const auto* function = node.as<FunctionDef>()) assigned_.insert(function->name.id);
    if (const auto* type = node.as<ClassDef>()) assigned_.insert(type->name.id);
    ScopeCheck inner(errors_, repeats_);
    if (arguments) inner.check_parameters(*arguments);
    inner.walk_below(node);
  }

  void check(const Node& node) {
    const auto* result = node.as<Return>();
    if (node.as<Break>() && loops_ == 0) report(node.place, "'break' outside loop");
    if (node.as<Continue>() && loops_ == 0) report(node.place, "'continue' not properly in loop");
    if (node.as<YieldExpr>()) generator_ = true;
    if (const auto* name = node.as<Name>()) used_.insert(name->id);
    if (const auto* global = node.as<Global>()) check_globals(*global);
    if (result && result->value && generator_) report(node.place, "Return value in generator");
  }

  /// The doubled "is" is the reference's.
  void check_globals(const Global& global) {
    for (const Identifier& name : global.names) {
      const bool assigned = assigned_.contains(name.id);
      if (!assigned && !used_.contains(name.id)) continue;
      report(name.place,
             "Name '" + name.id + "' is " +
                 (assigned ? "is assigned to before global declaration"
                           : "is used prior to global declaration"),
             "SyntaxWarning: ");
    }
  }

  void check_parameters(const Arguments& arguments) {
    for (const NodePtr& parameter : arguments.params) check_parameter(*parameter);
    if (arguments.args) check_parameter(*arguments.args);
    if (arguments.kwargs) check_parameter(*arguments.kwargs);
  }

  void check_parameter(const Node& node) {
    if (const auto* arg = node.as<Arg>()) return add_parameter(node.place, arg->name);
    if (const auto* name = node.as<Name>()) return add_parameter(node.place, name->id);
    for_each_child(node, [this](const Node& child) { check_parameter(child); });
  }

  void add_parameter(Place place, const std::string& name) {
    if (parameters_.insert(name).second) return;
    report(place, "Duplicated argument '" + name + "'in function definition");
  }

  void report(Place place, std::string_view message, std::string_view kind = "SyntaxError: ") {
    for (size_t i = 0; i < repeats_; ++i) errors_.error_at(place, kind, message);
  }

  TokenStream& errors_;
  size_t repeats_;
  std::set<std::string, std::less<>> parameters_;
  std::set<std::string, std::less<>> assigned_;
  std::set<std::string, std::less<>> used_;
  int loops_ = 0;
  bool generator_ = false;
};

}  // namespace

void check_scopes(const Module& module, TokenStream& errors) {
  for (int pass = 0; pass < 2; ++pass) ScopeCheck(errors, 1).walk(*module.body);
}

}  // namespace pxq::pxl
