#include "local/plan/compiler.h"

#include "local/plan/combine_maps.h"
#include "local/plan/count_rows.h"
#include "local/plan/execute_functions.h"
#include "local/plan/graph_builder.h"
#include "local/plan/operator_types.h"
#include "local/plan/order_joins.h"
#include "local/plan/placement.h"
#include "local/plan/prune_columns.h"
#include "local/plan/push_filters.h"
#include "local/plan/push_limits.h"
#include "local/plan/remove_idle_filters.h"
#include "local/plan/session.h"
#include "local/plan/split_operators.h"
#include "local/plan/walker.h"

namespace pxq::local {
namespace {

void refuse(CompileResult& result, std::string message, uint32_t line = 0) {
  result.status_message = message;
  result.errors.push_back(
      {line, line == 0 ? 0U : 1U, std::move(message), false, Cause::kScript, {}});
}

/// Pixie joins the bare texts of a parser's complaints without anything between.
void add_syntax_errors(const std::vector<pxl::SyntaxError>& errors, CompileResult& result) {
  for (const pxl::SyntaxError& error : errors) {
    const size_t colon = error.message.find(": ");
    result.status_message += error.message.substr(colon == std::string::npos ? 0 : colon + 2);
    result.errors.push_back({error.line, error.column, error.message, true, Cause::kScript, {}});
  }
}

void add_error(const CompileError& error, CompileResult& result) {
  if (!error.has_position) result.status_message = error.message;
  result.errors.push_back(error);
}

/// Pixie's optimizer and splitter, in its order: what they make possible is not refused, and what
/// they move gives its rows from where they move it to.
bool rewrite(PlanGraph& graph, FirstError& errors) {
  prune_columns(graph);
  remove_idle_filters(graph);
  split_operators(graph);
  push_limits(graph);
  push_filters(graph);
  return check_placement(graph, errors) && order_joins(graph, errors);
}

void resolve(Session& session, const TableSet& tables, CompileResult& result) {
  combine_maps(session.draft());
  OperatorTypes types(session.draft(), tables, session.vocabulary(), session.errors());
  if (!types.resolve()) return;
  if (session.draft().sinks.empty() && !session.has_export()) {
    session.errors().fail_nowhere(
        "query does not output a result, please add a px.display() statement");
    return;
  }
  PlanGraph graph;
  build_graph(session.draft(), types, result.flags, graph);
  if (!rewrite(graph, session.errors())) return;
  // Our own, once it is known that Pixie would run the script.
  count_rows(graph);
  prune_columns(graph);
  result.plan = graph.plan();
}

void walk(const pxl::Module& module, const CompileRequest& request, const TableSet& tables,
          CompileResult& result) {
  Session session(request);
  session.probe_tables.insert(request.probe_tables.begin(), request.probe_tables.end());
  for (const FunctionCall& function : request.functions) {
    session.reserved_names.insert(function.output_prefix);
  }
  Walker walker(session);
  if (walker.run(module) && execute_functions(session, walker, request.functions)) {
    resolve(session, tables, result);
  }
  result.mutation = session.mutation;
  result.unchecked = session.errors().passed_over();
  if (session.errors().error()) add_error(*session.errors().error(), result);
}

}  // namespace

CompileResult compile(const CompileRequest& request, const TableSet& tables) {
  CompileResult result;
  if (auto refusal = parse_flags(request.text, result.flags)) {
    refuse(result, std::move(refusal->message), refusal->line);
    result.flags_refused = true;
    return result;
  }
  if (request.text.empty()) {
    refuse(result, "Query should not be empty.");
    return result;
  }
  const pxl::ParseResult own =
      request.parsed == nullptr ? pxl::parse(request.text) : pxl::ParseResult();
  const pxl::ParseResult& parsed = request.parsed == nullptr ? own : *request.parsed;
  if (parsed.module == nullptr) {
    add_syntax_errors(parsed.errors, result);
    return result;
  }
  walk(*parsed.module, request, tables, result);
  return result;
}

}  // namespace pxq::local
