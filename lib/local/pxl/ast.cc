#include "local/pxl/ast.h"

#include <type_traits>

namespace pxq::pxl {
namespace {

using Visit = std::function<void(const Node&)>;

/// Hands out the nodes below one node, field by field.
class Children {
 public:
  explicit Children(const Visit& visit) : visit_(visit) {}

  template <typename... Fields>
  void operator()(const Fields&... fields) const {
    (each(fields), ...);
  }

 private:
  void each(const NodePtr& node) const {
    if (node) visit_(*node);
  }
  void each(const Arguments& arguments) const {
    (*this)(arguments.params, arguments.defaults, arguments.args, arguments.kwargs);
  }
  void each(const Comprehension& clause) const {
    (*this)(clause.target, clause.iter, clause.conditions);
  }
  void each(const Except& handler) const { (*this)(handler.type, handler.name, handler.body); }
  void each(const Keyword& keyword) const { each(keyword.value); }
  template <typename Entry>
  void each(const std::vector<Entry>& entries) const {
    for (const Entry& entry : entries) each(entry);
  }

  const Visit& visit_;
};

template <typename... Lambdas>
struct Overloaded : Lambdas... {
  using Lambdas::operator()...;
};
template <typename... Lambdas>
Overloaded(Lambdas...) -> Overloaded<Lambdas...>;

template <typename Kind, typename... Kinds>
concept OneOf = (std::is_same_v<Kind, Kinds> || ...);

}  // namespace

void for_each_child(const Node& node, const Visit& visit) {
  const Children to(visit);
  const Overloaded children{
      [&](const Suite& n) { to(n.statements); },
      [&](const Assign& n) { to(n.targets, n.value); },
      [&](const AugAssign& n) { to(n.target, n.value); },
      [&](const FunctionDef& n) { to(n.decorators, n.arguments, n.body); },
      [&](const ClassDef& n) { to(n.decorators, n.bases, n.body); },
      [&](const While& n) { to(n.test, n.body, n.otherwise); },
      [&](const For& n) { to(n.target, n.iter, n.body, n.otherwise); },
      [&](const With& n) { to(n.context, n.as, n.body); },
      [&](const TryExcept& n) { to(n.body, n.handlers, n.otherwise); },
      [&](const TryFinally& n) { to(n.body, n.final_body); },
      [&](const Delete& n) { to(n.target); },
      [&](const Assert& n) { to(n.test, n.message); },
      [&](const Exec& n) { to(n.code, n.globals, n.locals); },
      [&](const Print& n) { to(n.to, n.values); },
      [&](const Raise& n) { to(n.type, n.value, n.trace); },
      [&](const Complex& n) { to(n.real); },
      [&](const Call& n) { to(n.function, n.args, n.keywords, n.star_args, n.star_kwargs); },
      [&](const Subscript& n) { to(n.value, n.slice); },
      [&](const Slice& n) { to(n.lower, n.upper, n.step); },
      [&](const ExtSlice& n) { to(n.dims); },
      [&](const BinOp& n) { to(n.left, n.right); },
      [&](const BoolOp& n) { to(n.values); },
      [&](const UnaryOp& n) { to(n.operand); },
      [&](const Compare& n) { to(n.left, n.others); },
      [&](const Dict& n) { to(n.keys, n.values); },
      [&](const DictComp& n) { to(n.key, n.value, n.clauses); },
      [&](const Lambda& n) { to(n.arguments, n.body); },
      [&](const Arg& n) { to(n.annotation); },
      [&](const OneOf<If, IfExpr> auto& n) { to(n.test, n.body, n.otherwise); },
      [&](const OneOf<ExpressionStatement, Yield> auto& n) { to(n.expr); },
      [&](const OneOf<Return, Attribute, Index, Repr, YieldExpr> auto& n) { to(n.value); },
      [&](const OneOf<Tuple, List, Set> auto& n) { to(n.elements); },
      [&](const OneOf<ListComp, SetComp, Generator> auto& n) { to(n.element, n.clauses); },
      [](const OneOf<DocString, Import, ImportFrom, Global, Pass, Break, Continue, Name, Str,
                     Number, Ellipsis, None> auto&) {},
  };
  std::visit(children, node.data);
}

std::string_view kind_name(const Node& node) {
  // In the order of AnyNode.
  static constexpr std::string_view kNames[] = {
      "Suite",     "Assign",    "AugAssign",  "ExpressionStatement",
      "DocString", "Import",    "ImportFrom", "FunctionDef",
      "ClassDef",  "Return",    "If",         "While",
      "For",       "With",      "TryExcept",  "TryFinally",
      "Delete",    "Global",    "Assert",     "Exec",
      "Print",     "Raise",     "Yield",      "Pass",
      "Break",     "Continue",  "Name",       "Str",
      "Number",    "Complex",   "Attribute",  "Call",
      "Subscript", "Index",     "Slice",      "ExtSlice",
      "Ellipsis",  "None",      "BinOp",      "BoolOp",
      "UnaryOp",   "Compare",   "Tuple",      "List",
      "Dict",      "Set",       "ListComp",   "SetComp",
      "Generator", "DictComp",  "Lambda",     "IfExpr",
      "Repr",      "YieldExpr", "Arg"};
  static_assert(std::size(kNames) == std::variant_size_v<AnyNode>);
  return kNames[node.data.index()];
}

}  // namespace pxq::pxl
