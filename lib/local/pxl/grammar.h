#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "local/pxl/ast.h"
#include "local/pxl/token_stream.h"

namespace pxq::pxl {

/// The productions of the grammar over one text. Each returns null (or false) where its construct
/// does not stand at the current token, and then has set the tokens back; it has reported an error
/// if it went far enough to know. A caller may well try something else after that: which errors
/// appear, and in which order, is part of what the reference defines.
class Grammar {
 public:
  explicit Grammar(std::string_view text) : tokens_(text) {}

  /// The whole text; null where errors say why.
  std::unique_ptr<Module> module();
  std::vector<SyntaxError> take_errors() { return tokens_.take_errors(); }

 private:
  /// One level of nesting; beyond the limit it stops the parse.
  class Level;
  using Production = NodePtr (Grammar::*)();

  // Nodes.
  NodePtr make(Place place, AnyNode data);
  NodePtr fail(std::string_view message);
  bool accept(TokenKind kind) { return tokens_.accept(kind); }
  bool is(TokenKind kind) const { return tokens_.is(kind); }
  /// The token or an error with `message`.
  bool require(TokenKind kind, std::string_view message);
  /// The construct or an error with `message`.
  NodePtr require(Production production, std::string_view message);
  std::optional<Identifier> identifier();
  NodePtr name();

  // Expressions, from loose to tight.
  NodePtr test();
  NodePtr conditional(NodePtr body);
  NodePtr old_test();
  NodePtr lambda(Production body);
  NodePtr or_test();
  NodePtr and_test();
  NodePtr logical(TokenKind op, Production operand);
  NodePtr not_test();
  NodePtr comparison();
  std::optional<std::string_view> comparison_operator();
  NodePtr expression();
  NodePtr binary(size_t level);
  NodePtr factor();
  NodePtr power();
  NodePtr trailer(NodePtr& target);
  NodePtr call(NodePtr& target);
  NodePtr subscript(NodePtr& target);
  NodePtr attribute(NodePtr& target);

  // Atoms.
  NodePtr atom();
  NodePtr parenthesized();
  NodePtr parentheses_content();
  NodePtr list();
  NodePtr list_content();
  NodePtr braces();
  NodePtr braces_content();
  NodePtr dict_content(NodePtr key);
  NodePtr set_content(NodePtr first);
  NodePtr repr();
  NodePtr number();
  NodePtr integer();
  NodePtr complex_behind(NodePtr& real);
  NodePtr strings();
  NodePtr slices();
  NodePtr slice();
  NodePtr slice_step();
  std::vector<Comprehension> clauses(Production iter);
  bool clause(Production iter, Comprehension& clause);

  // Lists of expressions, each with its own idea of a trailing comma.
  NodePtr tuple_from(NodePtr first, Place place);
  NodePtr test_list();
  NodePtr inner_test_list();
  NodePtr loose_list(Production element);
  NodePtr iterated_list();
  NodePtr target_list();
  NodePtr yield_expression();

  // Arguments and parameters.
  bool call_arguments(Call& call);
  bool leading_arguments(Call& call);
  bool star_arguments(Call& call);
  bool late_keywords(Call& call);
  using Argument = std::variant<std::monostate, NodePtr, Keyword>;
  Argument argument();
  Argument keyword_argument(NodePtr name);
  bool parameters(Arguments& arguments);
  bool parameter_list(Arguments& arguments, Production parameter);
  bool defaulted_parameters(Arguments& arguments, Production parameter);
  NodePtr typed_parameter();
  NodePtr lambda_parameter();
  NodePtr lambda_parameter_list();

  // Statements on a line.
  bool statement(NodeList& statements);
  static void mark_doc_string(NodeList& statements);
  NodePtr simple_statement();
  NodePtr small_statement();
  NodePtr print();
  NodePtr expression_statement();
  NodePtr assignment(NodePtr target);
  NodePtr augmented_assignment(NodePtr target, TokenKind op);
  NodePtr assigned_value(std::string_view message);
  bool check_target(const Node& target);
  NodePtr keyword_statement();
  NodePtr del();
  NodePtr raise();
  NodePtr global();
  NodePtr exec();
  NodePtr assertion();
  NodePtr return_statement();

  // Imports.
  NodePtr import();
  NodePtr import_from();
  std::optional<Identifier> dotted_name();
  std::optional<Alias> alias(std::optional<Identifier> (Grammar::*production)());
  std::vector<Alias> module_aliases();
  std::vector<Alias> imported_names();
  std::vector<Alias> name_aliases();
  bool enable_features(std::span<const Alias> names);

  // Statements with a body.
  NodePtr compound_statement();
  NodePtr suite();
  NodePtr block();
  bool end_block();
  bool else_suite(NodePtr& body, std::string_view no_colon);
  NodePtr if_statement();
  bool else_statement(NodePtr& otherwise);
  NodePtr elif_statement();
  NodePtr while_statement();
  NodePtr for_statement();
  NodePtr try_statement();
  bool handlers(TryExcept& node);
  bool except_header(Except& handler);
  NodePtr try_finally(Place place, TryExcept node);
  NodePtr with_statement();
  NodePtr with_item();
  NodePtr function(NodeList decorators);
  NodePtr class_definition(NodeList decorators);
  NodePtr decorated();
  NodePtr decorator();
  NodePtr decorator_name();

  TokenStream tokens_;
  size_t depth_ = 0;
  size_t nodes_ = 0;
  bool print_function_ = false;
  bool unicode_literals_ = false;
};

class Grammar::Level {
 public:
  explicit Level(Grammar& grammar);
  ~Level() { --grammar_.depth_; }
  Level(const Level&) = delete;
  Level& operator=(const Level&) = delete;

 private:
  Grammar& grammar_;
};

}  // namespace pxq::pxl
