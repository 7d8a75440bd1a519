#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pxq::pxl {

/// Where the reference parser stood when it made a node: 1-based line, 1-based byte column. A tab
/// inside a line counts 8. Often not the first byte of the construct (a Call is at its `(`).
struct Place {
  uint32_t line = 0;
  uint32_t column = 0;

  bool operator==(const Place&) const = default;
};

struct Node;
/// Null where the grammar makes a part optional (said at each field).
using NodePtr = std::unique_ptr<Node>;
using NodeList = std::vector<NodePtr>;

// Parts that stand in one place only and so are no Node of their own.

/// A name that cannot be any other expression: `f` in `def f`, `b` in `a.b`, `k` in `g(k=1)`.
struct Identifier {
  Place place;
  std::string id;
};

/// `name` or `name as renamed` of an import; a dotted module is one name, `*` is the name "*".
struct Alias {
  Place place;
  Identifier name;
  std::optional<Identifier> renamed;
};

/// One `name=value` of a call.
struct Keyword {
  Place place;
  Identifier name;
  NodePtr value;
};

/// A parameter list. `params` are Arg nodes, or Name and Tuple nodes where it is a lambda's;
/// `defaults` has one entry per parameter, null where there is none.
struct Arguments {
  Place place;
  NodeList params;
  NodeList defaults;
  NodePtr args;    // the Arg or Name behind `*`, or null
  NodePtr kwargs;  // the Arg or Name behind `**`, or null
};

/// `for target in iter if a if b` of a comprehension.
struct Comprehension {
  Place place;
  NodePtr target;
  NodePtr iter;
  NodeList conditions;
};

/// `except type as name:`; both may be null.
struct Except {
  Place place;
  NodePtr type;
  NodePtr name;
  NodePtr body;
};

// Statements. A body is a Suite, or the bare statement where just one follows `:` on its line.

struct Suite {
  NodeList statements;
};
struct Assign {
  NodeList targets;
  NodePtr value;
};
struct AugAssign {
  std::string_view op;  // with its `=`, such as "+="
  NodePtr target;
  NodePtr value;
};
struct ExpressionStatement {
  NodePtr expr;
};
struct DocString {
  std::string text;
};
struct Import {
  std::vector<Alias> names;  // never empty
};
struct ImportFrom {
  uint64_t level = 0;  // leading dots
  std::optional<Identifier> module;
  std::vector<Alias> names;  // never empty
};
struct FunctionDef {
  NodeList decorators;
  Identifier name;
  Arguments arguments;
  NodePtr body;
};
struct ClassDef {
  NodeList decorators;
  Identifier name;
  NodePtr bases;  // or null
  NodePtr body;
};
struct Return {
  NodePtr value;  // or null
};
struct If {
  NodePtr test;
  NodePtr body;
  NodePtr otherwise;  // or null; an If for `elif`
};
struct While {
  NodePtr test;
  NodePtr body;
  NodePtr otherwise;  // or null
};
struct For {
  NodePtr target;
  NodePtr iter;
  NodePtr body;
  NodePtr otherwise;  // or null
};
struct With {
  NodePtr context;
  NodePtr as;  // or null
  NodePtr body;
};
struct TryExcept {
  NodePtr body;
  std::vector<Except> handlers;
  NodePtr otherwise;  // or null
};
struct TryFinally {
  NodePtr body;
  NodePtr final_body;
};
struct Delete {
  NodePtr target;
};
struct Global {
  std::vector<Identifier> names;
};
struct Assert {
  NodePtr test;
  NodePtr message;  // or null
};
struct Exec {
  NodePtr code;
  NodePtr globals;  // or null
  NodePtr locals;   // or null
};
struct Print {
  NodePtr to;  // or null
  bool newline = true;
  NodeList values;
};
struct Raise {
  NodePtr type;   // or null
  NodePtr value;  // or null
  NodePtr trace;  // or null
};
struct Yield {
  NodePtr expr;  // a YieldExpr
};
struct Pass {};
struct Break {};
struct Continue {};

// Expressions.

struct Name {
  std::string id;
};
struct Str {
  std::string value;  // escapes processed, adjacent literals joined; any bytes
};
/// An integer as int64_t, or a float. A `long` (`3L`) keeps its digits; its number stays 0.
struct Number {
  std::variant<int64_t, double> value;
  std::optional<std::string> long_digits;
};
struct Complex {
  NodePtr real;  // or null
  std::string imaginary;
};
struct Attribute {
  NodePtr value;
  Identifier name;
};
struct Call {
  NodePtr function;
  NodeList args;
  std::vector<Keyword> keywords;  // in the order written
  NodePtr star_args;              // or null
  NodePtr star_kwargs;            // or null
};
struct Subscript {
  NodePtr value;
  NodePtr slice;  // an Index, Slice, ExtSlice or Ellipsis
};
struct Index {
  NodePtr value;
};
struct Slice {
  NodePtr lower;  // or null
  NodePtr upper;  // or null
  NodePtr step;   // or null; a None node where a second `:` has nothing behind it
};
struct ExtSlice {
  NodeList dims;
};
struct Ellipsis {};
struct None {};
/// op is one of + - * / % // ** << >> & ^ |
struct BinOp {
  std::string_view op;
  NodePtr left;
  NodePtr right;
};
/// op is "and" or "or"; `a and b and c` is one node with three values.
struct BoolOp {
  std::string_view op;
  NodeList values;
};
/// op is one of - + ~ not
struct UnaryOp {
  std::string_view op;
  NodePtr operand;
};
/// ops are of == != < <= > >= in not-in is is-not (`<>` is read as `!=`), one per entry of others.
struct Compare {
  NodePtr left;
  std::vector<std::string_view> ops;
  NodeList others;
};
struct Tuple {
  NodeList elements;
};
struct List {
  NodeList elements;
};
struct Dict {
  NodeList keys;
  NodeList values;
};
struct Set {
  NodeList elements;
};
struct ListComp {
  NodePtr element;
  std::vector<Comprehension> clauses;
};
struct SetComp {
  NodePtr element;
  std::vector<Comprehension> clauses;
};
struct Generator {
  NodePtr element;
  std::vector<Comprehension> clauses;
};
struct DictComp {
  NodePtr key;
  NodePtr value;
  std::vector<Comprehension> clauses;
};
struct Lambda {
  Arguments arguments;
  NodePtr body;
};
struct IfExpr {
  NodePtr test;
  NodePtr body;
  NodePtr otherwise;
};
struct Repr {
  NodePtr value;
};
struct YieldExpr {
  NodePtr value;  // or null
};
/// One parameter of a `def`; only ever inside Arguments.
struct Arg {
  std::string name;
  NodePtr annotation;  // or null
};

using AnyNode =
    std::variant<Suite, Assign, AugAssign, ExpressionStatement, DocString, Import, ImportFrom,
                 FunctionDef, ClassDef, Return, If, While, For, With, TryExcept, TryFinally, Delete,
                 Global, Assert, Exec, Print, Raise, Yield, Pass, Break, Continue, Name, Str,
                 Number, Complex, Attribute, Call, Subscript, Index, Slice, ExtSlice, Ellipsis,
                 None, BinOp, BoolOp, UnaryOp, Compare, Tuple, List, Dict, Set, ListComp, SetComp,
                 Generator, DictComp, Lambda, IfExpr, Repr, YieldExpr, Arg>;

/// One node of the tree, owning all below it. Visit it with std::visit(..., node.data), or ask for
/// one kind with node.as<Call>(). Trees are never higher than kMaxHeight, so recursion is safe.
struct Node {
  static constexpr uint32_t kMaxHeight = 1000;

  Place place;
  uint32_t height = 1;  // nodes on the longest way down, this one included
  AnyNode data;

  template <typename Kind>
  const Kind* as() const {
    return std::get_if<Kind>(&data);
  }
  template <typename Kind>
  Kind* as() {
    return std::get_if<Kind>(&data);
  }
};

/// Calls `visit` for each node directly below `node`, in the order of the fields.
void for_each_child(const Node& node, const std::function<void(const Node&)>& visit);

/// A whole script. `body` is always a Suite.
struct Module {
  Place place;
  NodePtr body;
};

/// How the reference spells the node's kind: "If", "BinOp", as in "Can't parse expression of type
/// If".
std::string_view kind_name(const Node& node);

}  // namespace pxq::pxl
