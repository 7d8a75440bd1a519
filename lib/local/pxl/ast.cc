#include "local/pxl/ast.h"

namespace pxq::pxl {

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
