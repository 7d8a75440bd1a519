#include "local/plan/compiler.h"

#include <set>

#include <fmt/format.h>

#include "local/plan/execute_functions.h"
#include "local/plan/operator_types.h"
#include "local/plan/placement.h"
#include "local/plan/session.h"
#include "local/plan/walker.h"
#include "local/pxl/parser.h"

namespace pxq::local {
namespace {

void refuse(CompileResult& result, std::string message, uint32_t line = 0) {
  result.status_message = message;
  result.errors.push_back({line, line == 0 ? 0U : 1U, std::move(message), false, Cause::kScript});
}

/// Pixie joins the bare texts of a parser's complaints without anything between.
void add_syntax_errors(const std::vector<pxl::SyntaxError>& errors, CompileResult& result) {
  for (const pxl::SyntaxError& error : errors) {
    const size_t colon = error.message.find(": ");
    result.status_message += error.message.substr(colon == std::string::npos ? 0 : colon + 2);
    result.errors.push_back({error.line, error.column, error.message, true, Cause::kScript});
  }
}

void add_error(const CompileError& error, CompileResult& result) {
  if (!error.has_position) result.status_message = error.message;
  result.errors.push_back(error);
}

std::string unique_name(const std::string& name, std::set<std::string>& taken) {
  std::string unique = name;
  for (int i = 1; !taken.insert(unique).second; ++i) unique = fmt::format("{}_{}", name, i);
  return unique;
}

/// The rows that may leave: a larger head() just before is lowered, as Pixie does.
OperatorPtr limited(const OperatorPtr& input, int64_t max_rows) {
  if (max_rows <= 0) return input;
  const auto* limit = std::get_if<Operator::Limit>(&input->node);
  if (limit != nullptr && limit->rows <= max_rows) return input;
  Operator op;
  op.relation = input->relation;
  op.node = Operator::Limit{max_rows};
  op.inputs = limit == nullptr ? std::vector<OperatorPtr>{input} : input->inputs;
  return std::make_shared<const Operator>(std::move(op));
}

Plan make_plan(const Draft& draft, const OperatorTypes& types, const QueryFlags& flags) {
  Plan plan;
  std::set<std::string> taken;
  for (const Draft::Sink& sink : draft.sinks) {
    plan.sinks.push_back({unique_name(sink.name, taken),
                          limited(types.at(*sink.input), flags.max_output_rows_per_table)});
  }
  return plan;
}

void resolve(Session& session, const TableSet& tables, CompileResult& result) {
  OperatorTypes types(session.draft(), tables, session.vocabulary(), session.errors());
  if (!types.resolve()) return;
  if (session.draft().sinks.empty() && !session.has_export()) {
    session.errors().fail_nowhere(
        "query does not output a result, please add a px.display() statement");
    return;
  }
  if (!check_placement(session.draft(), types, session.errors())) return;
  result.plan = make_plan(session.draft(), types, result.flags);
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
  const pxl::ParseResult parsed = pxl::parse(request.text);
  if (parsed.module == nullptr) {
    add_syntax_errors(parsed.errors, result);
    return result;
  }
  walk(*parsed.module, request, tables, result);
  return result;
}

}  // namespace pxq::local
