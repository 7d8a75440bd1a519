#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "local/pxl/ast.h"

namespace pxq::pxl {

/// Writes a tree as PxL that gives the same tree again, but for the places. Every operand stands in
/// parentheses, so that nothing is left to precedence.
class SourceText {
 public:
  std::string of(const Module& module) {
    lines_.clear();
    for (const NodePtr& statement : module.body->as<Suite>()->statements) put(*statement);
    return std::move(lines_);
  }

 private:
  // Expressions.

  static std::string literal(std::string_view text) {
    std::string result = "'";
    for (const char c : text) {
      // A quote at the literal's edge would count as its own.
      const bool plain = c >= ' ' && c <= '~' && c != '\'' && c != '"' && c != '\\';
      result += plain ? std::string(1, c) : fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
    return result + "'";
  }

  static std::string number(const Number& n) {
    if (n.long_digits) return n.long_digits->substr(n.long_digits->find_first_not_of('-')) + "L";
    if (const int64_t* integer = std::get_if<int64_t>(&n.value)) {
      std::string text = fmt::format("{}", *integer);
      return text.starts_with('-') ? text.substr(1) : text;
    }
    const double value = std::abs(std::get<double>(n.value));
    if (std::isinf(value)) return "1e999";
    std::string text = fmt::format("{}", value);
    return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
  }

  static bool is_negative(const Number& n) {
    if (n.long_digits)
      return std::count(n.long_digits->begin(), n.long_digits->end(), '-') % 2 == 1;
    return std::visit([](auto value) { return std::signbit(static_cast<double>(value)); }, n.value);
  }

  /// Each minus before one puts a sign before its imaginary part and turns that of the real one;
  /// parts that an operator has joined lack the `j`, but have a `J`.
  std::string complex(const Complex& n) {
    const size_t signs = std::min(n.imaginary.find_first_not_of('-'), n.imaginary.size());
    std::string digits = n.imaginary.substr(signs);
    const bool has_capital = digits.ends_with('J');
    const std::string end = has_capital ? ")" : "j)";
    if (!n.real) return repeated("-(", signs) + "(" + digits + end + repeated(")", signs);
    const Number& real = *n.real->as<Number>();
    const bool is_behind = has_capital && signs == 0 && !digits.starts_with('+');
    if (digits.ends_with('j') || is_behind) {  // one behind the other
      return repeated("-(", signs) + number(real) + " " + digits + repeated(")", signs);
    }
    if (digits.starts_with('+')) return "(" + number(real) + ") + (" + digits.substr(1) + end;
    size_t turns = signs;
    if (real.long_digits) {
      turns =
          static_cast<size_t>(std::count(real.long_digits->begin(), real.long_digits->end(), '-'));
    } else if (signs > 0 && is_negative(real) != (signs % 2 == 1)) {
      turns = signs - 1;
    }
    return repeated("-(", turns) + "(" + number(real) + (turns == signs ? ") + (" : ") - (") +
           digits + end + repeated(")", turns);
  }

  static std::string repeated(std::string_view text, size_t times) {
    std::string result;
    for (; times > 0; --times) result += text;
    return result;
  }

  /// With parentheses around all that is more than a name and what hangs on one.
  std::string operand(const NodePtr& node) {
    // At the start of a line the word alone is another statement.
    const Name* name = node->as<Name>();
    const bool bare = (name != nullptr && name->id != "print") || node->as<Attribute>() ||
                      node->as<Call>() || node->as<Subscript>() || node->as<Tuple>() ||
                      node->as<Generator>() || node->as<YieldExpr>();
    return bare ? of(node) : "(" + of(node) + ")";
  }

  std::string of(const NodePtr& node) {
    return std::visit([this](const auto& n) { return text(n); }, node->data);
  }

  std::string list(const NodeList& nodes) {
    std::string result;
    for (const NodePtr& node : nodes) result += (result.empty() ? "" : ", ") + operand(node);
    return result;
  }

  static std::string text(const Name& n) { return n.id; }
  std::string text(const Str& n) { return literal(n.value); }
  std::string text(const Number& n) { return number(n); }
  std::string text(const Complex& n) { return complex(n); }
  std::string text(const Attribute& n) { return operand(n.value) + "." + n.name.id; }
  std::string text(const Call& n) { return operand(n.function) + call_arguments(n); }
  std::string call_arguments(const Call& n) {
    std::vector<std::string> parts;
    for (const NodePtr& arg : n.args) parts.push_back(operand(arg));
    for (const Keyword& keyword : n.keywords) {
      parts.push_back(keyword.name.id + "=" + operand(keyword.value));
    }
    if (n.star_args) parts.push_back("*" + operand(n.star_args));
    if (n.star_kwargs) parts.push_back("**" + operand(n.star_kwargs));
    return "(" + fmt::format("{}", fmt::join(parts, ", ")) + ")";
  }
  std::string text(const Subscript& n) { return operand(n.value) + "[" + of(n.slice) + "]"; }
  std::string text(const Index& n) { return operand(n.value); }
  std::string text(const Slice& n) {
    std::string result =
        (n.lower ? operand(n.lower) : "") + ":" + (n.upper ? operand(n.upper) : "");
    if (n.step) result += ":" + (n.step->as<None>() ? "" : operand(n.step));
    return result;
  }
  std::string text(const ExtSlice& n) {
    std::string result;
    for (const NodePtr& dim : n.dims) {
      result += result.empty() ? "" : ", ";
      // Only a second comma, as in a[1,,2], ends a list that another dimension follows.
      const Index* index = dim->as<Index>();
      const Tuple* tuple = index != nullptr ? index->value->as<Tuple>() : nullptr;
      const bool open = tuple != nullptr && &dim != &n.dims.back();
      result += open ? list(tuple->elements) + "," : of(dim);
    }
    return result;
  }
  std::string text(const Ellipsis&) { return "..."; }
  std::string text(const None&) { return ""; }
  std::string text(const BinOp& n) {
    return operand(n.left) + " " + std::string(n.op) + " " + operand(n.right);
  }
  std::string text(const BoolOp& n) {
    std::string result;
    for (const NodePtr& value : n.values) {
      result += (result.empty() ? "" : " " + std::string(n.op) + " ") + operand(value);
    }
    return result;
  }
  std::string text(const UnaryOp& n) { return std::string(n.op) + " " + operand(n.operand); }
  std::string text(const Compare& n) {
    std::string result = operand(n.left);
    for (size_t i = 0; i < n.ops.size(); ++i) {
      std::string op(n.ops[i]);
      if (op == "is-not") op = "is not";
      if (op == "not-in") op = "not in";
      result += " " + op + " " + operand(n.others[i]);
    }
    return result;
  }
  std::string text(const Tuple& n) {
    return "(" + list(n.elements) + (n.elements.size() == 1 ? ",)" : ")");
  }
  std::string text(const List& n) { return "[" + list(n.elements) + "]"; }
  std::string text(const Dict& n) {
    std::string result;
    for (size_t i = 0; i < n.keys.size(); ++i) {
      result += (i == 0 ? "" : ", ") + operand(n.keys[i]) + ": " + operand(n.values[i]);
    }
    return "{" + result + "}";
  }
  std::string text(const Set& n) { return "{" + list(n.elements) + "}"; }
  std::string text(const ListComp& n) {
    return "[" + operand(n.element) + clauses(n.clauses) + "]";
  }
  std::string text(const SetComp& n) { return "{" + operand(n.element) + clauses(n.clauses) + "}"; }
  std::string text(const Generator& n) {
    return "(" + operand(n.element) + clauses(n.clauses) + ")";
  }
  std::string text(const DictComp& n) {
    return "{" + operand(n.key) + ": " + operand(n.value) + clauses(n.clauses) + "}";
  }
  std::string text(const Lambda& n) {
    return "lambda " + parameters(n.arguments) + ": " + operand(n.body);
  }
  std::string text(const IfExpr& n) {
    return operand(n.body) + " if " + operand(n.test) + " else " + operand(n.otherwise);
  }
  std::string text(const Repr& n) { return "`" + operand(n.value) + "`"; }
  std::string text(const YieldExpr& n) {
    return n.value ? "(yield " + operand(n.value) + ")" : "(yield)";
  }
  std::string text(const Arg& n) {
    return n.annotation ? n.name + ": " + operand(n.annotation) : n.name;
  }

  std::string clauses(const std::vector<Comprehension>& all) {
    std::string result;
    for (const Comprehension& one : all) {
      result += " for " + operand(one.target) + " in " + operand(one.iter);
      for (const NodePtr& condition : one.conditions) result += " if " + operand(condition);
    }
    return result;
  }

  std::string parameters(const Arguments& n) {
    std::vector<std::string> parts;
    for (size_t i = 0; i < n.params.size(); ++i) {
      parts.push_back(of(n.params[i]) + (n.defaults[i] ? "=" + operand(n.defaults[i]) : ""));
    }
    if (n.args) parts.push_back("*" + of(n.args));
    if (n.kwargs) parts.push_back("**" + of(n.kwargs));
    return fmt::format("{}", fmt::join(parts, ", "));
  }

  // Statements: a simple one is the text of its line, a compound one writes lines.

  std::string text(const Assign& n) {
    std::string result;
    for (const NodePtr& target : n.targets) result += operand(target) + " = ";
    return result + operand(n.value);
  }
  std::string text(const AugAssign& n) {
    return operand(n.target) + " " + std::string(n.op) + " " + operand(n.value);
  }
  std::string text(const ExpressionStatement& n) { return operand(n.expr); }
  std::string text(const DocString& n) { return literal(n.text); }
  std::string text(const Import& n) { return "import " + aliases(n.names); }
  std::string text(const ImportFrom& n) {
    return "from " + std::string(n.level, '.') + (n.module ? n.module->id : "") + " import " +
           aliases(n.names);
  }
  static std::string aliases(const std::vector<Alias>& names) {
    std::string result;
    for (const Alias& alias : names) {
      result += (result.empty() ? "" : ", ") + alias.name.id;
      if (alias.renamed) result += " as " + alias.renamed->id;
    }
    return result;
  }
  std::string text(const Return& n) { return n.value ? "return " + operand(n.value) : "return"; }
  std::string text(const Delete& n) { return "del " + operand(n.target); }
  static std::string text(const Global& n) {
    std::string result;
    for (const Identifier& name : n.names) result += (result.empty() ? "global " : ", ") + name.id;
    return result;
  }
  std::string text(const Assert& n) {
    return "assert " + operand(n.test) + (n.message ? ", " + operand(n.message) : "");
  }
  std::string text(const Exec& n) {
    return "exec " + operand(n.code) + (n.globals ? " in " + operand(n.globals) : "") +
           (n.locals ? ", " + operand(n.locals) : "");
  }
  std::string text(const Print& n) {
    std::string result = "print";
    if (n.to) result += " >>" + operand(n.to) + (n.values.empty() ? "" : ",");
    if (!n.values.empty()) result += " " + list(n.values);
    return n.newline ? result : result + " ,";
  }
  std::string text(const Raise& n) {
    std::string result = "raise";
    if (n.type) result += " " + operand(n.type);
    if (n.value) result += ", " + operand(n.value);
    if (n.trace) result += ", " + operand(n.trace);
    return result;
  }
  std::string text(const Yield& n) {
    const YieldExpr& expr = *n.expr->as<YieldExpr>();
    return expr.value ? "yield " + operand(expr.value) : "yield";
  }
  static std::string text(const Pass&) { return "pass"; }
  static std::string text(const Break&) { return "break"; }
  static std::string text(const Continue&) { return "continue"; }
  template <typename Compound>
  std::string text(const Compound&) {  // it has lines of its own, and is asked for none
    return {};
  }

  void line(const std::string& words) { lines_ += std::string(indent_, ' ') + words + "\n"; }

  /// `header`, and the body below it or behind it.
  void block(const std::string& header, const NodePtr& body) {
    const Suite* suite = body->as<Suite>();
    if (suite == nullptr) return line(header + " " + of(body));
    const auto* first = suite->statements[0]->as<ExpressionStatement>();
    if (first != nullptr && first->expr->as<Str>()) {
      // Below the header it would be a doc string.
      std::string all;
      for (const NodePtr& one : suite->statements) all += (all.empty() ? "" : "; ") + of(one);
      return line(header + " " + all);
    }
    line(header);
    ++indent_;
    for (const NodePtr& one : suite->statements) put(*one);
    --indent_;
  }

  void put(const Node& node) {
    std::visit([this](const auto& n) { put_kind(n); }, node.data);
  }

  template <typename Simple>
  void put_kind(const Simple& n) {
    line(text(n));
  }
  void put_decorators(const NodeList& decorators) {
    for (const NodePtr& one : decorators) line("@" + decorator(one));
  }
  std::string decorator(const NodePtr& node) {
    if (const Call* call = node->as<Call>())
      return decorator(call->function) + call_arguments(*call);
    if (const Attribute* found = node->as<Attribute>()) {
      return decorator(found->value) + "." + found->name.id;
    }
    return of(node);
  }
  void put_kind(const FunctionDef& n) {
    put_decorators(n.decorators);
    block("def " + n.name.id + "(" + parameters(n.arguments) + "):", n.body);
  }
  void put_kind(const ClassDef& n) {
    put_decorators(n.decorators);
    block("class " + n.name.id + (n.bases ? "(" + operand(n.bases) + ")" : "") + ":", n.body);
  }
  void put_kind(const If& n) { put_if("if ", n); }
  void put_if(const std::string& word, const If& n) {
    block(word + operand(n.test) + ":", n.body);
    if (!n.otherwise) return;
    if (const If* next = n.otherwise->as<If>()) return put_if("elif ", *next);
    block("else:", n.otherwise);
  }
  void put_kind(const While& n) {
    block("while " + operand(n.test) + ":", n.body);
    if (n.otherwise) block("else:", n.otherwise);
  }
  void put_kind(const For& n) {
    block("for " + operand(n.target) + " in " + operand(n.iter) + ":", n.body);
    if (n.otherwise) block("else:", n.otherwise);
  }
  void put_kind(const With& n) {
    std::string header = "with " + item(n);
    const With* last = &n;
    while (const With* next = last->body->as<With>()) {
      header += ", " + item(*next);
      last = next;
    }
    block(header + ":", last->body);
  }
  std::string item(const With& n) {
    return operand(n.context) + (n.as ? " as " + operand(n.as) : "");
  }
  void put_kind(const TryExcept& n) {
    block("try:", n.body);
    for (const Except& handler : n.handlers) {
      block("except" + (handler.type ? " " + operand(handler.type) : "") +
                (handler.name ? " as " + operand(handler.name) : "") + ":",
            handler.body);
    }
    if (n.otherwise) block("else:", n.otherwise);
  }
  void put_kind(const TryFinally& n) {
    if (const TryExcept* body = n.body->as<TryExcept>()) {
      put_kind(*body);
    } else {
      block("try:", n.body);
    }
    block("finally:", n.final_body);
  }

  std::string lines_;
  size_t indent_ = 0;
};

}  // namespace pxq::pxl
