#include "local/plan/dataframe.h"

#include <set>

#include <fmt/format.h>

#include "local/plan/builtin.h"
#include "local/plan/dataframe_methods.h"
#include "local/plan/time_argument.h"

namespace pxq::local {
namespace {

ObjectPtr construct(Session& session, const DraftOperator*, const BoundCall& call) {
  DraftOperator::Source source;
  const std::string* table = string_argument(session, *call.values[0], "table");
  if (table == nullptr) return nullptr;
  source.table = *table;
  // What columns a probe's table has is known to a cluster only.
  source.open = session.probe_tables.contains(*table);
  const auto select = strings_argument(session, *call.values[1], "select");
  if (!select) return nullptr;
  source.select = texts(*select);
  if (!are_distinct(session, call.place, source.select, "select")) return nullptr;
  if (!time_argument(session, *call.values[2], "start_time", source.start_ns)) return nullptr;
  if (!source.start_ns) source.start_ns = session.default_start_ns();
  if (!time_argument(session, *call.values[3], "end_time", source.end_ns)) return nullptr;
  return session.add_operator(call.place, {}, std::move(source));
}

const Builtin& constructor() {
  static const Builtin kConstructor = {"DataFrame",
                                       {{"table", nullptr},
                                        {"select", make_list({}, {})},
                                        {"start_time", make_object({}, Object::None())},
                                        {"end_time", make_object({}, Object::None())}},
                                       construct};
  return kConstructor;
}

ObjectPtr keep(Session& session, const DraftOperator& op, pxl::Place place, const Object& key) {
  const auto columns = strings_argument(session, key, "key");
  if (!columns) return nullptr;
  DraftOperator::Map map_node;
  std::set<std::string_view> seen;
  for (const PlacedString& column : *columns) {
    if (!seen.insert(column.text).second) {
      return session.fail(column.place,
                          fmt::format("cannot specify the same column name more than once when "
                                      "filtering by cols. '{}' specified more than once",
                                      column.text));
    }
    map_node.columns.emplace_back(column.text, make_column(place, column.text));
  }
  return session.add_operator(place, {&op}, std::move(map_node));
}

}  // namespace

ObjectPtr dataframe_constructor(Session& session, pxl::Place place) {
  return make_builtin(session, place, constructor(), nullptr);
}

ObjectPtr dataframe_attribute(Session& session, const DraftOperator& op, pxl::Place place,
                              std::string_view name) {
  // A method hides a column of its name, which df['NAME'] still means.
  if (const Builtin* method = find_dataframe_method(name)) {
    return make_builtin(session, place, *method, &op);
  }
  if (name == "ctx") return make_object(place, Object::Context());
  return make_expression(make_column(place, std::string(name)));
}

ObjectPtr dataframe_subscript(Session& session, const DraftOperator& op, pxl::Place place,
                              const Object& key) {
  if (key.as<Object::Collection>() != nullptr) return keep(session, op, place, key);
  const auto* expression = key.as<DraftExpressionPtr>();
  if (expression == nullptr) {
    return session.fail(key.place,
                        fmt::format("subscript argument must have a list of strings or expression. "
                                    "'{}' not allowed",
                                    object_name(key)));
  }
  const Value* literal = literal_of(key);
  if (const auto* text = literal == nullptr ? nullptr : std::get_if<std::string>(literal)) {
    return make_expression(make_column(key.place, *text));
  }
  return session.add_operator(place, {&op}, DraftOperator::Filter{*expression});
}

ObjectPtr assign_column(Session& session, const DraftOperator& op, pxl::Place place,
                        std::string column, DraftExpressionPtr value) {
  DraftOperator::Map map_node;
  map_node.keeps_input = true;
  map_node.columns.emplace_back(std::move(column), std::move(value));
  return session.add_operator(place, {&op}, std::move(map_node));
}

DraftExpressionPtr make_column(pxl::Place place, std::string name) {
  DraftExpression column;
  column.place = place;
  column.node = DraftExpression::Column{std::move(name)};
  return std::make_shared<const DraftExpression>(std::move(column));
}

bool are_distinct(Session& session, pxl::Place place, const std::vector<std::string>& columns,
                  std::string_view where) {
  std::set<std::string_view> seen;
  for (const std::string& column : columns) {
    if (seen.insert(column).second) continue;
    session.fail(place, fmt::format("Column '{}' is named more than once in {}.", column, where));
    return false;
  }
  return true;
}

}  // namespace pxq::local
