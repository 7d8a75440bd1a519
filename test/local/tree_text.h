#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "local/pxl/ast.h"

namespace pxq::pxl {

/// Writes trees as data/pxl-parser.jsonl does: (Kind LINE:COL field ...).
class TreeText {
 public:
  std::string of(const Module& module) { return node("Module", module.place, of(module.body)); }

 private:
  static std::string quoted(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') result += '\\';
      if (c < ' ' || c > '~') {
        result += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
      } else {
        result += c;
      }
    }
    return result + '"';
  }

  template <typename... Fields>
  std::string node(std::string_view kind, Place place, const Fields&... fields) {
    std::string result = fmt::format("({} {}:{}", kind, place.line, place.column);
    ((result += ' ', result += fields), ...);
    return result + ')';
  }

  template <typename Item>
  std::string of(const std::vector<Item>& items) {
    std::string result = "[";
    for (const Item& item : items) {
      if (result.size() > 1) result += ' ';
      result += of(item);
    }
    return result + ']';
  }
  std::string of(std::string_view word) { return std::string(word); }
  std::string of(const Identifier& name) { return node("Name", name.place, name.id); }
  std::string of(const std::optional<Identifier>& name) { return name ? of(*name) : "nil"; }
  std::string of(const Alias& alias) {
    return node("Alias", alias.place, of(alias.name), of(alias.renamed));
  }
  std::string of(const Keyword& keyword) {
    return node("Keyword", keyword.place, of(keyword.name), of(keyword.value));
  }
  std::string of(const Arguments& n) {
    return node("Arguments", n.place, of(n.params), of(n.defaults), of(n.args), of(n.kwargs));
  }
  std::string of(const Comprehension& n) {
    return node("Comprehension", n.place, of(n.target), of(n.iter), of(n.conditions));
  }
  std::string of(const Except& n) {
    return node("Except", n.place, of(n.type), of(n.name), of(n.body));
  }
  std::string names(const std::vector<Alias>& names) {
    if (names.size() == 1) return of(names[0]);
    return node("Tuple", names[0].place, of(names));
  }
  std::string of(const NodePtr& node_ptr) {
    if (!node_ptr) return "nil";
    node_ = node_ptr.get();
    return std::visit([this](const auto& n) { return fields(n); }, node_ptr->data);
  }

  template <typename... Fields>
  std::string put(const Fields&... parts) {
    const Node& here = *node_;
    return node(kind_name(here), here.place, of(parts)...);
  }

  std::string fields(const Suite& n) { return put(n.statements); }
  std::string fields(const Assign& n) { return put(n.targets, n.value); }
  std::string fields(const AugAssign& n) { return put(n.op, n.target, n.value); }
  std::string fields(const ExpressionStatement& n) { return put(n.expr); }
  std::string fields(const DocString& n) { return put(quoted(n.text)); }
  std::string fields(const Import& n) {
    const Node& here = *node_;
    return node("Import", here.place, names(n.names));
  }
  std::string fields(const ImportFrom& n) {
    const Node& here = *node_;
    return node("ImportFrom", here.place, std::to_string(n.level), of(n.module), names(n.names));
  }
  std::string fields(const FunctionDef& n) {
    return put(n.decorators, n.name, n.arguments, n.body);
  }
  std::string fields(const ClassDef& n) { return put(n.decorators, n.name, n.bases, n.body); }
  std::string fields(const Return& n) { return put(n.value); }
  std::string fields(const If& n) { return put(n.test, n.body, n.otherwise); }
  std::string fields(const While& n) { return put(n.test, n.body, n.otherwise); }
  std::string fields(const For& n) { return put(n.target, n.iter, n.body, n.otherwise); }
  std::string fields(const With& n) { return put(n.context, n.as, n.body); }
  std::string fields(const TryExcept& n) { return put(n.body, n.handlers, n.otherwise); }
  std::string fields(const TryFinally& n) { return put(n.body, n.final_body); }
  std::string fields(const Delete& n) { return put(n.target); }
  std::string fields(const Global& n) { return put(n.names); }
  std::string fields(const Assert& n) { return put(n.test, n.message); }
  std::string fields(const Exec& n) { return put(n.code, n.globals, n.locals); }
  std::string fields(const Print& n) {
    return put(n.to, n.newline ? "newline" : "nonewline", n.values);
  }
  std::string fields(const Raise& n) { return put(n.type, n.value, n.trace); }
  std::string fields(const Yield& n) { return put(n.expr); }
  std::string fields(const Pass&) { return put(); }
  std::string fields(const Break&) { return put(); }
  std::string fields(const Continue&) { return put(); }
  std::string fields(const Name& n) { return put(n.id); }
  std::string fields(const Str& n) { return put(quoted(n.value)); }
  std::string fields(const Number& n) {
    if (n.long_digits) return put("long", quoted(*n.long_digits));
    if (const int64_t* integer = std::get_if<int64_t>(&n.value)) {
      return put("int", std::to_string(*integer));
    }
    const double value = std::get<double>(n.value);
    return put("float", fmt::format("{:.17g}", value).size() < 6 ? fmt::format("{:g}", value)
                                                                 : fmt::format("{}", value));
  }
  std::string fields(const Complex& n) { return put(n.real, quoted(n.imaginary)); }
  std::string fields(const Attribute& n) { return put(n.value, n.name); }
  std::string fields(const Call& n) {
    return put(n.function, n.args, n.keywords, n.star_args, n.star_kwargs);
  }
  std::string fields(const Subscript& n) { return put(n.value, n.slice); }
  std::string fields(const Index& n) { return put(n.value); }
  std::string fields(const Slice& n) { return put(n.lower, n.upper, n.step); }
  std::string fields(const ExtSlice& n) { return put(n.dims); }
  std::string fields(const Ellipsis&) { return put(); }
  std::string fields(const None&) { return put(); }
  std::string fields(const BinOp& n) { return put(n.op, n.left, n.right); }
  std::string fields(const BoolOp& n) { return put(n.op, n.values); }
  std::string fields(const UnaryOp& n) { return put(n.op, n.operand); }
  std::string fields(const Compare& n) { return put(n.left, n.ops, n.others); }
  std::string fields(const Tuple& n) { return put(n.elements); }
  std::string fields(const List& n) { return put(n.elements); }
  std::string fields(const Dict& n) { return put(n.keys, n.values); }
  std::string fields(const Set& n) { return put(n.elements); }
  std::string fields(const ListComp& n) { return put(n.element, n.clauses); }
  std::string fields(const SetComp& n) { return put(n.element, n.clauses); }
  std::string fields(const Generator& n) { return put(n.element, n.clauses); }
  std::string fields(const DictComp& n) { return put(n.key, n.value, n.clauses); }
  std::string fields(const Lambda& n) { return put(n.arguments, n.body); }
  std::string fields(const IfExpr& n) { return put(n.test, n.body, n.otherwise); }
  std::string fields(const Repr& n) { return put(n.value); }
  std::string fields(const YieldExpr& n) { return put(n.value); }
  std::string fields(const Arg& n) { return put(n.name, n.annotation); }

  const Node* node_ = nullptr;  // the one whose fields are being written
};

}  // namespace pxq::pxl
