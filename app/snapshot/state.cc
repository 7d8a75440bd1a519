#include "snapshot/state.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "snapshot/answer.h"
#include "snapshot/state_builder.h"
#include "snapshot/state_script.h"

namespace pxq {
namespace {

constexpr std::string_view kAskAgents =
    "import px\n"
    "df = px.GetAgentStatus()\n"
    "df.now = px.now()\n"
    "px.display(df, 'agents')\n"
    "px.display(px.GetAgentStatus(include_kelvin=False), 'collectors')\n";

/// All that a cluster says when it refuses a script.
std::string refusal_text(const Status& status) {
  std::string text = status.message();
  for (const Diagnostic& diagnostic : status.diagnostics()) text += '\n' + diagnostic.message;
  return text;
}

/// The functions that a refusal names.
std::vector<std::string> named_in(const std::string& message) {
  std::vector<std::string> named;
  for (const std::string& function : state_functions()) {
    if (message.find('\'' + function + '\'') != std::string::npos) named.push_back(function);
  }
  return named;
}

bool is_refusal(const Status& status) { return status.code() == Code::kScript; }

/// Asks a question, without what the cluster refuses to answer.
Result<std::vector<AnswerRow>> answer_to(const Connection& connection,
                                         const StateQuestion& question, const Slice& window,
                                         std::vector<std::string>& unanswered) {
  for (;;) {
    Result<Answer> answer = ask(connection, state_script(question, window, unanswered));
    if (answer.ok()) return std::move((*answer)["state"]);
    if (!is_refusal(answer.status())) return answer.status();
    const std::vector<std::string> named = named_in(refusal_text(answer.status()));
    const size_t before = unanswered.size();
    for (const std::string& name : named) {
      if (std::ranges::find(unanswered, name) == unanswered.end()) unanswered.push_back(name);
    }
    if (unanswered.size() > before) continue;
    unanswered.push_back(question.table.empty()
                             ? std::string("the cluster itself")
                             : fmt::format("{} by {}", question.table, question.key));
    return std::vector<AnswerRow>();
  }
}

}  // namespace

Result<Agents> ask_agents(const Connection& connection) {
  Result<Answer> answer = ask(connection, std::string(kAskAgents));
  if (!answer.ok()) return answer.status();
  Agents agents;
  std::vector<std::string> collectors;
  for (const AnswerRow& row : (*answer)["collectors"]) collectors.push_back(cell(row, "agent_id"));
  for (const AnswerRow& row : (*answer)["agents"]) {
    local::Node node;
    node.agent_id = id_cell(row, "agent_id");
    node.asid = static_cast<uint32_t>(number_cell(row, "asid"));
    node.name = cell(row, "hostname");
    node.ip = cell(row, "ip_address");
    node.agent_state = cell(row, "agent_state");
    node.life.start_ns = number_cell(row, "create_time");
    node.has_kernel_headers = cell(row, "kernel_headers_installed") == "1";
    node.is_kelvin = std::ranges::find(collectors, cell(row, "agent_id")) == collectors.end();
    agents.now_ns = number_cell(row, "now");
    agents.nodes.push_back(std::move(node));
  }
  if (agents.now_ns > 0) return agents;
  return Status(Code::kServer, "the cluster does not say what time it is, or has no agents");
}

Result<local::ClusterParts> ask_state(const Connection& connection,
                                      const std::vector<CatalogueTable>& tables,
                                      const Slice& window, std::vector<local::Node> agents,
                                      std::vector<std::string>& unanswered) {
  StateBuilder builder(std::move(agents));
  for (const StateQuestion& question : state_questions(tables)) {
    const Result<std::vector<AnswerRow>> rows = answer_to(connection, question, window, unanswered);
    if (!rows.ok()) return rows.status();
    for (const AnswerRow& row : *rows) builder.add(row);
  }
  return std::move(builder).finish();
}

}  // namespace pxq
