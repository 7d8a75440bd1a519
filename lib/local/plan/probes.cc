// The modules that change agents: pxtrace installs probes, pxconfig sets options. Their calls are
// checked as Pixie checks them; what a probe does inside a kernel or a process is not.

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "local/plan/arguments.h"
#include "local/plan/builtin.h"
#include "local/plan/modules.h"
#include "local/plan/names.h"
#include "local/plan/time_text.h"

namespace pxq::local {
namespace {

bool is_upid(const Object& object) {
  const Value* value = literal_of(object);
  return value != nullptr && std::holds_alternative<Uint128>(*value);
}

/// Whether all values are strings; `names` are those of the parameters.
bool all_strings(Session& session, const BoundCall& call,
                 std::initializer_list<std::string_view> names) {
  size_t i = 0;
  for (const std::string_view name : names) {
    if (string_argument(session, *call.values[i++], name) == nullptr) return false;
  }
  return true;
}

// What stands in a decorated function.

ObjectPtr variable(Session& session, const BoundCall& call) {
  if (session.in_probe) return make_object(call.place, Object::TracingVariable());
  return session.fail(call.place,
                      "Not inside a probe: call this in a function that @pxtrace.probe decorates");
}

ObjectPtr expression(Session& session, const DraftOperator*, const BoundCall& call) {
  const ObjectPtr result = variable(session, call);
  if (result == nullptr || !all_strings(session, call, {"expr"})) return nullptr;
  return result;
}

ObjectPtr latency(Session& session, const DraftOperator*, const BoundCall& call) {
  return variable(session, call);
}

bool check_output_column(Session& session, const Object& item) {
  const auto* columns = item.as<Object::Dict>();
  if (columns == nullptr) {
    session.fail(item.place, fmt::format("Expected Dict, got {}", object_name(item)));
    return false;
  }
  for (size_t i = 0; i < columns->keys.size(); ++i) {
    if (string_argument(session, *columns->keys[i], "key") == nullptr) return false;
    const Object& value = *columns->values[i];
    if (value.as<Object::TracingVariable>() != nullptr) continue;
    session.fail(value.place, fmt::format("Expected TracingVariable, got {}", object_name(value)));
    return false;
  }
  return true;
}

bool check_output(Session& session, const Object& output) {
  if (output.as<Object::None>() != nullptr) {
    session.fail(output.place,
                 "Improper probe definition: missing output spec of probe, add a return statement");
    return false;
  }
  const auto* columns = output.as<Object::Collection>();
  if (columns == nullptr) {
    session.fail(output.place,
                 fmt::format("Unable to parse probe output definition. Expected Collection, "
                             "received {}",
                             object_name(output)));
    return false;
  }
  for (const ObjectPtr& item : columns->items) {
    if (!check_output_column(session, *item)) return false;
  }
  return true;
}

ObjectPtr run_probe(Session& session, const Function& function, const BoundCall& call) {
  if (session.in_probe) {
    return session.fail(call.place,
                        "Already have a current probe. Are you calling this in a another trace "
                        "definition.");
  }
  session.in_probe = true;
  const ObjectPtr output = local::call(session, function, call.place, {});
  session.in_probe = false;
  if (output == nullptr || !check_output(session, *output)) return nullptr;
  return make_object(call.place, Object::Probe());
}

/// What stands for a decorated function: the probe is described when UpsertTracepoint asks for it.
ObjectPtr decorate(Session& session, const DraftOperator*, const BoundCall& call) {
  const auto* function = call.values[0]->as<FunctionPtr>();
  if (function == nullptr) {
    return session.fail(call.place,
                        fmt::format("'{}' object is not callable", object_name(*call.values[0])));
  }
  Function wrapper;
  wrapper.name = "wrapper";
  wrapper.body = [&session, wrapped = *function](const BoundCall& inner) {
    return run_probe(session, *wrapped, inner);
  };
  return make_function(call.place, std::move(wrapper));
}

ObjectPtr probe(Session& session, const DraftOperator*, const BoundCall& call) {
  static const Builtin kDecorator = {"probe", {{"fn", nullptr}}, decorate};
  if (!all_strings(session, call, {"fn_name"})) return nullptr;
  return make_builtin(session, call.place, kDecorator, nullptr);
}

// Targets.

ObjectPtr kernel(Session&, const DraftOperator*, const BoundCall& call) {
  return make_object(call.place, Object::ProbeTarget());
}

ObjectPtr shared_object(Session& session, const DraftOperator*, const BoundCall& call) {
  if (!all_strings(session, call, {"name"})) return nullptr;
  if (is_upid(*call.values[1])) return make_object(call.place, Object::ProbeTarget());
  return session.fail(call.values[1]->place,
                      fmt::format("Expected arg 'upid' as type 'UInt128', received '{}'",
                                  object_name(*call.values[1])));
}

ObjectPtr pod_process(Session& session, const DraftOperator*, const BoundCall& call) {
  if (!all_strings(session, call, {"pod_name", "container_name", "process_name"})) return nullptr;
  return make_object(call.place, Object::ProbeTarget());
}

ObjectPtr label_selector(Session& session, const DraftOperator*, const BoundCall& call) {
  const auto* labels = call.values[0]->as<Object::Dict>();
  if (labels == nullptr) {
    return session.fail(call.values[0]->place,
                        fmt::format("Expected labels to be a dictionary, received {}",
                                    object_name(*call.values[0])));
  }
  for (size_t i = 0; i < labels->keys.size(); ++i) {
    if (string_argument(session, *labels->keys[i], "label_key") == nullptr) return nullptr;
    if (string_argument(session, *labels->values[i], "label_value") == nullptr) return nullptr;
  }
  constexpr std::string_view kNames[] = {"labels", "namespace", "container_name", "process_name"};
  for (size_t i = 1; i < call.values.size(); ++i) {
    if (string_argument(session, *call.values[i], kNames[i]) == nullptr) return nullptr;
  }
  return make_object(call.place, Object::ProbeTarget());
}

ObjectPtr trace_program(Session& session, const DraftOperator*, const BoundCall& call) {
  if (!all_strings(session, call, {"program"})) return nullptr;
  for (const auto& [name, value] : call.keywords) {
    if (string_argument(session, *value, name) == nullptr) return nullptr;
  }
  return make_object(call.place, Object::TraceProgram());
}

// Installing.

bool check_target(Session& session, const BoundCall& call, const Object& target) {
  if (target.as<Object::ProbeTarget>() != nullptr || is_upid(target)) return true;
  session.fail(call.place,
               fmt::format("Unexpected type '{}' for arg 'target'", object_name(target)));
  return false;
}

bool check_programs(Session& session, const Object& program) {
  if (program.as<Object::TraceProgram>() != nullptr) return true;
  const auto* several = program.as<Object::Collection>();
  if (several == nullptr) return string_argument(session, program, "probe_fn") != nullptr;
  for (const ObjectPtr& item : several->items) {
    if (item->as<Object::TraceProgram>() != nullptr) continue;
    session.fail(item->place, fmt::format("Expected TraceProgram, got {}", object_name(*item)));
    return false;
  }
  return true;
}

bool check_probe(Session& session, const BoundCall& call, const Object& probe_function) {
  const auto* function = probe_function.as<FunctionPtr>();
  if (function == nullptr) return check_programs(session, probe_function);
  const ObjectPtr described = local::call(session, **function, call.place, {});
  if (described == nullptr) return false;
  if (described->as<Object::Probe>() != nullptr) return true;
  session.fail(probe_function.place,
               "The function of a probe needs the decorator @pxtrace.probe('name')");
  return false;
}

ObjectPtr upsert(Session& session, const DraftOperator*, const BoundCall& call) {
  if (string_argument(session, *call.values[0], "name") == nullptr) return nullptr;
  const std::string* table = string_argument(session, *call.values[1], "table_name");
  if (table == nullptr) return nullptr;
  const std::string* ttl = string_argument(session, *call.values[4], "ttl");
  if (ttl == nullptr) return nullptr;
  if (!parse_duration(*ttl)) return session.fail(call.place, std::string(kBadDuration));
  if (!check_target(session, call, *call.values[3])) return nullptr;
  if (!check_probe(session, call, *call.values[2])) return nullptr;
  session.probe_tables.insert(*table);
  session.pass_over(call.place,
                    fmt::format("the probe itself, and the columns of its table '{}'", *table));
  return make_object(call.place, Object::None());
}

ObjectPtr remove(Session& session, const DraftOperator*, const BoundCall& call) {
  if (!all_strings(session, call, {"name"})) return nullptr;
  return make_object(call.place, Object::None());
}

ObjectPtr set_config(Session& session, const DraftOperator*, const BoundCall& call) {
  if (!all_strings(session, call, {"agent_pod_name", "key", "value"})) return nullptr;
  return make_object(call.place, Object::None());
}

const std::vector<Builtin>& members() {
  static const ObjectPtr kEmpty = make_literal({}, std::string());
  static const std::vector<Builtin> kMembers = {
      {"probe", {{"fn_name", nullptr}}, probe},
      {"ArgExpr", {{"expr", nullptr}}, expression},
      {"RetExpr", {{"expr", nullptr}}, expression},
      {"FunctionLatency", {}, latency},
      {"UpsertTracepoint",
       {{"name", nullptr},
        {"table_name", nullptr},
        {"probe_fn", nullptr},
        {"target", nullptr},
        {"ttl", nullptr}},
       upsert},
      {"TraceProgram", {{"program", nullptr}}, trace_program, true},
      {"SharedObject", {{"name", nullptr}, {"upid", nullptr}}, shared_object},
      {"kprobe", {}, kernel},
      {"DeleteTracepoint", {{"name", nullptr}}, remove},
      {"PodProcess",
       {{"pod_name", nullptr}, {"container_name", kEmpty}, {"process_name", kEmpty}},
       pod_process},
      {"LabelSelector",
       {{"labels", nullptr},
        {"namespace", nullptr},
        {"container_name", kEmpty},
        {"process_name", kEmpty}},
       label_selector},
  };
  return kMembers;
}

}  // namespace

bool is_importable(std::string_view module) {
  return module == "px" || module == "pxviews" || module == "pxtrace" || module == "pxconfig";
}

std::vector<std::string> pxtrace_names() {
  std::vector<std::string> names;
  for (const Builtin& member : members()) names.emplace_back(member.name);
  return names;
}

ObjectPtr find_in_pxtrace(Session& session, pxl::Place place, std::string_view name) {
  for (const Builtin& member : members()) {
    if (member.name == name) return make_builtin(session, place, member, nullptr);
  }
  return nullptr;
}

ObjectPtr find_in_pxconfig(Session& session, pxl::Place place, std::string_view name) {
  static const Builtin kSet = {"set_agent_config",
                               {{"agent_pod_name", nullptr}, {"key", nullptr}, {"value", nullptr}},
                               set_config};
  return name == kSet.name ? make_builtin(session, place, kSet, nullptr) : nullptr;
}

}  // namespace pxq::local
