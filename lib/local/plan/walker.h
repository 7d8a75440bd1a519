#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "local/plan/object.h"
#include "local/plan/scope.h"
#include "local/plan/session.h"
#include "local/pxl/ast.h"

namespace pxq::local {

/// Runs a script as Pixie's compiler does: statement by statement, functions anew at each call.
/// The tree must outlive the walker, the walker all objects that it made.
class Walker final {
 public:
  explicit Walker(Session& session);
  Walker(const Walker&) = delete;
  Walker& operator=(const Walker&) = delete;

  /// Runs the module. False after an error.
  bool run(const pxl::Module& module);

  /// A variable of the module; null where there is none.
  ObjectPtr find(const std::string& name) const { return globals_.find(name); }

  /// The value of a module that is one expression, with px at hand.
  ObjectPtr evaluate_single(const pxl::Module& module);

 private:
  /// The dataframes that df['x'] may name while a column is assigned.
  using Frames = std::vector<std::string>;

  // Statements: false or null after an error.
  ObjectPtr run_suite(pxl::Place place, const pxl::NodeList& statements, Scope& scope,
                      bool in_function);
  bool run_statement(const pxl::Node& node, Scope& scope);
  bool run_import(const pxl::Node& node, const pxl::Import& import, Scope& scope);
  bool run_import_from(const pxl::Node& node, const pxl::ImportFrom& import, Scope& scope);
  bool check_module(pxl::Place place, const std::string& name);
  /// Null, with nothing reported, where the module has no such name.
  ObjectPtr find_in_module(pxl::Place place, const std::string& module, const std::string& name);
  ObjectPtr find_in_views(pxl::Place place, const std::string& name);
  bool run_assign(const pxl::Node& node, const pxl::Assign& assign, Scope& scope);
  bool assign_subscript(const pxl::Node& node, const pxl::Subscript& target, const pxl::Node& value,
                        Scope& scope);
  bool assign_attribute(const pxl::Node& node, const pxl::Attribute& target, const pxl::Node& value,
                        Scope& scope);
  bool give_attribute(pxl::Place place, const ObjectPtr& object, const std::string& name,
                      const pxl::Node& value, Scope& scope);
  bool assign_frame_column(const pxl::Node& target, const Object& frame, const Object& column,
                           const pxl::Node& value, Scope& scope);

  // Functions.
  bool define(const pxl::Node& node, const pxl::FunctionDef& definition, Scope& scope);
  ObjectPtr decorated(const pxl::NodeList& decorators, ObjectPtr function, Scope& scope);
  bool define_parameters(const pxl::Arguments& arguments, Scope& scope, Function& function);
  ObjectPtr run_function(const Function& function, const pxl::Node& body, const Scope& defined_in,
                         const BoundCall& call);

  // Expressions: null after an error. `frames` is null where no column is assigned.
  ObjectPtr evaluate(const pxl::Node& node, Scope& scope, const Frames* frames);
  ObjectPtr evaluate_node(const pxl::Node& node, Scope& scope, const Frames* frames);
  DraftExpressionPtr operand(const pxl::Node& node, Scope& scope, const Frames* frames,
                             std::string_view role);
  ObjectPtr evaluate_binary(const pxl::Node& node, const pxl::BinOp& op, Scope& scope,
                            const Frames* frames);
  ObjectPtr evaluate_bool(const pxl::Node& node, const pxl::BoolOp& op, Scope& scope,
                          const Frames* frames);
  ObjectPtr evaluate_compare(const pxl::Node& node, const pxl::Compare& op, Scope& scope,
                             const Frames* frames);
  ObjectPtr evaluate_unary(const pxl::Node& node, const pxl::UnaryOp& op, Scope& scope,
                           const Frames* frames);
  ObjectPtr evaluate_call(const pxl::Node& node, const pxl::Call& call, Scope& scope,
                          const Frames* frames);
  ObjectPtr evaluate_subscript(const pxl::Node& node, const pxl::Subscript& subscript, Scope& scope,
                               const Frames* frames);
  ObjectPtr evaluate_dict(const pxl::Node& node, const pxl::Dict& dict, Scope& scope,
                          const Frames* frames);
  ObjectPtr evaluate_collection(pxl::Place place, bool tuple, const pxl::NodeList& elements,
                                Scope& scope, const Frames* frames);
  bool check_frame_name(const pxl::Node& node, const Frames* frames);
  ObjectPtr attribute(const Object& object, pxl::Place place, const std::string& name);
  ObjectPtr callable(const Object& object, pxl::Place place);

  Session& session_;
  Scope globals_;
  std::unique_ptr<Walker> views_;  // where pxviews runs, once the script imports it
  std::deque<Scope> calls_;        // kept: functions defined in them may live on
};

/// Whether a value may be passed for a parameter with this annotation; reports when not.
bool check_annotation(Session& session, const Object& value, const Object& annotation);

}  // namespace pxq::local
