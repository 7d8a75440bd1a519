#include "job/job_identity.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/digest.h"
#include "base/letter_case.h"
#include "file/file_bytes.h"
#include "script/arguments.h"

namespace pxq {
namespace {

constexpr size_t kHashDigits = 16;

// Without `.`, `..` and doubled slashes. Links stay: a release that is put in place by a link is
// the same job.
std::string canonical_path(const std::string& path) {
  std::string text = std::filesystem::path(absolute_path(path)).lexically_normal().string();
  while (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return text;
}

std::string script_identity(const Script& script, bool canonical) {
  if (!script.name.empty()) return script.name;
  if (script.source.starts_with('<')) return "sha256:" + sha256_hex(script.text);
  return canonical ? canonical_path(script.source) : absolute_path(script.source);
}

std::string shown_script(const std::string& identity) {
  return base_name(identity.starts_with("sha256:") ? "inline" : identity);
}

bool is_default(const Argument& argument, const Vis& vis) {
  const Variable* variable = vis.find_variable(argument.name);
  return variable != nullptr && variable->default_value == argument.value;
}

Result<std::vector<std::string>> canonical_arguments(const ScriptOptions& asked,
                                                     const std::vector<std::string>& tokens,
                                                     const Script& script) {
  const Vis vis = script.vis.value_or(Vis{});
  auto arguments = parse_argument_flags(asked.arguments);
  if (!arguments.ok()) return arguments.status();
  auto more = parse_script_tokens(tokens, vis);
  if (!more.ok()) return more.status();
  arguments->insert(arguments->end(), more->arguments.begin(), more->arguments.end());
  std::vector<std::string> texts;
  for (const Argument& argument : *arguments) {
    if (asked.function.empty() && is_default(argument, vis)) continue;
    texts.push_back(fmt::format("{}={}", argument.name, argument.value));
  }
  // In whatever order arguments are given, the job is the same.
  std::ranges::sort(texts);
  return texts;
}

// As the flag has them: kept or dropped.
std::string columns_identity(const Selection& selection) {
  std::string names;
  for (const std::string& name : selection.columns) {
    names +=
        fmt::format("{}{}{}", names.empty() ? "" : ",", selection.drop_columns ? "-" : "", name);
  }
  return names;
}

std::string target_spelling(const Target& target) {
  switch (target.kind) {
    case Target::Kind::kLocal: return "local=" + target.local;
    case Target::Kind::kDirect: return target.endpoint.text();
    case Target::Kind::kCloud: break;
  }
  return fmt::format("{}@{}", target.cluster, target.endpoint.text());
}

}  // namespace

Result<JobIdentity> JobIdentity::of(const OutputPlan& output, const ScriptOptions& asked,
                                    const std::vector<std::string>& script_arguments,
                                    const Script& script, const std::string& path) {
  auto arguments = canonical_arguments(asked, script_arguments, script);
  if (!arguments.ok()) return arguments.status();
  JobIdentity identity;
  identity.script = script_identity(script, true);
  identity.arguments = *std::move(arguments);
  std::vector<std::string> tables = output.selection.tables;
  std::ranges::sort(tables);
  tables.erase(std::unique(tables.begin(), tables.end()), tables.end());
  // Each with its length, so that no two lists look alike.
  // The 2 stands for this way to form a name; former_job_name() has the one before it.
  std::string details = "2\n";
  const auto add = [&](const std::string& text) {
    details += fmt::format("{} {}\n", text.size(), text);
  };
  const auto add_all = [&](const std::vector<std::string>& texts) {
    details += fmt::format("{}\n", texts.size());
    for (const std::string& text : texts) add(text);
  };
  add(identity.script);
  add(asked.function);
  add_all(identity.arguments);
  add_all(tables);
  add(columns_identity(output.selection));
  add(output.kind->remote() ? path : canonical_path(path));
  identity.family = sha256_hex(details).substr(0, kHashDigits);
  return identity;
}

std::string JobIdentity::name_on(const std::string& cluster) const {
  return fmt::format("{} {} {}", shown_script(script), cluster,
                     sha256_hex(family + " " + cluster).substr(0, kHashDigits));
}

std::string former_job_name(const OutputPlan& output, const ScriptOptions& asked,
                            const std::vector<std::string>& script_arguments, const Script& script,
                            const Target& target, const std::string& path) {
  const std::string script_id = script_identity(script, false);
  const std::string details = fmt::format(
      "{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}", script_id, asked.function, fmt::join(asked.arguments, "\n"),
      fmt::join(script_arguments, "\n"), target_spelling(target),
      fmt::join(output.selection.tables, "\n"), columns_identity(output.selection), path);
  return fmt::format("{} {} {}", shown_script(script_id), target_spelling(target),
                     sha256_hex(details).substr(0, kHashDigits));
}

std::string canonical_address(const wire::Endpoint& endpoint) {
  return address_names(endpoint).front();
}

std::vector<std::string> address_names(const wire::Endpoint& endpoint) {
  if (endpoint.kind == wire::Endpoint::Kind::kUnix) {
    return {"unix:" + canonical_path(endpoint.path), endpoint.text()};
  }
  wire::Endpoint other = endpoint;
  other.host = lower_case(other.host);
  std::vector<std::string> names = {other.text(), endpoint.text()};
  constexpr std::string_view kThisMachine[] = {"localhost", "127.0.0.1", "::1"};
  if (std::ranges::find(kThisMachine, other.host) == std::end(kThisMachine)) return names;
  names.clear();
  for (const std::string_view host : kThisMachine) {
    other.host = host;
    names.push_back(other.text());
  }
  names.push_back(endpoint.text());
  return names;
}

}  // namespace pxq
