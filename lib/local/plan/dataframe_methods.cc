#include "local/plan/dataframe_methods.h"
#include "local/plan/names.h"

#include <optional>

#include <fmt/format.h>

#include "local/plan/dataframe.h"

namespace pxq::local {
namespace {

const DraftOperator* frame_argument(Session& session, const Object& object) {
  if (const auto* frame = object.as<Object::Frame>()) return frame->op;
  return session.fail(object.place,
                      fmt::format("Expected 'DataFrame', got {}", object_name(object)));
}

ObjectPtr drop(Session& session, const DraftOperator* self, const BoundCall& call) {
  const auto columns = strings_argument(session, *call.values[0], "columns");
  if (!columns) return nullptr;
  return session.add_operator(call.place, {self}, DraftOperator::Drop{texts(*columns)});
}

ObjectPtr filter(Session& session, const DraftOperator* self, const BoundCall& call) {
  return dataframe_subscript(session, *self, call.place, *call.values[0]);
}

ObjectPtr head(Session& session, const DraftOperator* self, const BoundCall& call) {
  const int64_t* rows = int_argument(session, *call.values[0], "n");
  if (rows == nullptr) return nullptr;
  const int64_t* pem_only = int_argument(session, *call.values[1], "_pem_only");
  if (pem_only == nullptr) return nullptr;
  if (*rows < 0) return session.fail(call.values[0]->place, "head() needs a count of 0 or more.");
  return session.add_operator(call.place, {self}, DraftOperator::Limit{*rows, *pem_only > 0});
}

ObjectPtr groupby(Session& session, const DraftOperator* self, const BoundCall& call) {
  const auto columns = strings_argument(session, *call.values[0], "by");
  if (!columns) return nullptr;
  std::vector<std::string> names = texts(*columns);
  if (!are_distinct(session, call.place, names, "groupby()")) return nullptr;
  return session.add_operator(call.place, {self}, DraftOperator::GroupBy{std::move(names)});
}

/// The name of the aggregate that the last element of a tuple stands for.
std::optional<std::string> aggregate_name(Session& session, pxl::Place place, const Object& last) {
  const auto* function = last.as<FunctionPtr>();
  if (function == nullptr) {
    session.fail(last.place,
                 fmt::format("Expected second tuple argument to be type Func, received {}",
                             object_name(last)));
    return std::nullopt;
  }
  // An aggregate such as px.mean is not called by the script, so it is called here to learn its
  // name.
  const ObjectPtr called = call(session, **function, place, {});
  if (called == nullptr) return std::nullopt;
  const DraftExpressionPtr expression =
      expression_argument(session, *called, "last tuple argument");
  if (expression == nullptr) return std::nullopt;
  const auto* aggregate = expression->as<DraftExpression::Call>();
  if (aggregate == nullptr) {
    session.fail(expression->place,
                 fmt::format("Expected arg 'last tuple argument' as type 'Func', received '{}'",
                             expression_kind(*expression)));
    return std::nullopt;
  }
  if (!aggregate->arguments.empty()) {
    session.fail(expression->place, "Unexpected aggregate function");
    return std::nullopt;
  }
  return aggregate->function;
}

bool add_item(Session& session, pxl::Place place, const std::string& name, const Object& value,
              DraftOperator::Aggregate& aggregate) {
  const auto* tuple = value.as<Object::Collection>();
  if (tuple == nullptr || !tuple->tuple) {
    session.fail(value.place,
                 fmt::format("Expected tuple for {} but received {}", name, object_name(value)));
    return false;
  }
  if (tuple->items.size() < 2) {
    session.fail(value.place,
                 fmt::format("Expected a column and a function in the tuple for {}", name));
    return false;
  }
  DraftOperator::Aggregate::Item item;
  item.name = name;
  for (size_t i = 0; i + 1 < tuple->items.size(); ++i) {
    const Value* literal = literal_of(*tuple->items[i]);
    const auto* column = literal == nullptr ? nullptr : std::get_if<std::string>(literal);
    if (column == nullptr) {
      session.fail(tuple->items[i]->place,
                   "All elements of the agg tuple must be column names, except the last which "
                   "should be a function");
      return false;
    }
    item.columns.push_back(make_column(tuple->items[i]->place, *column));
  }
  std::optional<std::string> function = aggregate_name(session, place, *tuple->items.back());
  if (!function) return false;
  item.function = *std::move(function);
  aggregate.items.push_back(std::move(item));
  return true;
}

ObjectPtr agg(Session& session, const DraftOperator* self, const BoundCall& call) {
  DraftOperator::Aggregate aggregate;
  for (const auto& [name, value] : call.keywords) {
    if (!add_item(session, call.place, name, *value, aggregate)) return nullptr;
  }
  return session.add_operator(call.place, {self}, std::move(aggregate));
}

bool parse_how(const std::string& text, Operator::Join::How& how) {
  using How = Operator::Join::How;
  if (text == "inner") return how = How::kInner, true;
  if (text == "left") return how = How::kLeft, true;
  if (text == "outer") return how = How::kOuter, true;
  if (text == "right") return how = How::kRight, true;
  return false;
}

bool set_suffixes(Session& session, const Object& suffixes, DraftOperator::Join& join) {
  if (suffixes.as<Object::Collection>() == nullptr) {
    session.fail(suffixes.place,
                 fmt::format("'suffixes' must be a list with 2 strings for the left and right "
                             "suffixes. Received {}",
                             object_name(suffixes)));
    return false;
  }
  const auto strings = strings_argument(session, suffixes, "suffixes");
  if (!strings) return false;
  if (strings->size() != 2) {
    session.fail(suffixes.place, fmt::format("'suffixes' must be a list with 2 elements. Received "
                                             "{}",
                                             strings->size()));
    return false;
  }
  join.left_suffix = (*strings)[0].text;
  join.right_suffix = (*strings)[1].text;
  return true;
}

ObjectPtr merge(Session& session, const DraftOperator* self, const BoundCall& call) {
  const DraftOperator* right = frame_argument(session, *call.values[0]);
  if (right == nullptr) return nullptr;
  const std::string* how = string_argument(session, *call.values[1], "how");
  if (how == nullptr) return nullptr;
  const auto left_on = strings_argument(session, *call.values[2], "left_on");
  if (!left_on) return nullptr;
  const auto right_on = strings_argument(session, *call.values[3], "right_on");
  if (!right_on) return nullptr;
  DraftOperator::Join join;
  if (!set_suffixes(session, *call.values[4], join)) return nullptr;
  if (left_on->size() != right_on->size()) {
    return session.fail(call.place,
                        "'left_on' and 'right_on' must contain the same number of elements.");
  }
  if (!parse_how(*how, join.how)) {
    return session.fail(call.place, fmt::format("'{}' join type not supported. Only "
                                                "{{inner,left,outer,right}} are available.",
                                                *how));
  }
  join.left_keys = texts(*left_on);
  join.right_keys = texts(*right_on);
  return session.add_operator(call.place, {self, right}, std::move(join));
}

ObjectPtr append(Session& session, const DraftOperator* self, const BoundCall& call) {
  std::vector<const DraftOperator*> inputs = {self};
  const auto* collection = call.values[0]->as<Object::Collection>();
  const std::vector<ObjectPtr> single = {call.values[0]};
  for (const ObjectPtr& item : collection == nullptr ? single : collection->items) {
    const DraftOperator* input = frame_argument(session, *item);
    if (input == nullptr) return nullptr;
    inputs.push_back(input);
  }
  return session.add_operator(call.place, std::move(inputs), DraftOperator::Union{});
}

ObjectPtr map(Session& session, const DraftOperator*, const BoundCall& call) {
  // Pixie knows the method only to refuse it.
  return session.fail(call.place,
                      "Map assign not callable. use the attribute assignment syntax instead.");
}

ObjectPtr stream(Session& session, const DraftOperator* self, const BoundCall& call) {
  return session.add_operator(call.place, {self}, DraftOperator::Stream{});
}

ObjectPtr rolling(Session& session, const DraftOperator*, const BoundCall& call) {
  if (session.vocabulary() == Vocabulary::kLocal) {
    return session.fail_absent(call.place, "df.rolling() is not available in the local Vizier.");
  }
  session.pass_over(call.place, "df.rolling(), which Pixie reads but cannot run");
  // What follows is checked against a table of which nothing is known.
  DraftOperator::Source unknown;
  unknown.table = "rolling";
  unknown.open = true;
  return session.add_operator(call.place, {}, std::move(unknown));
}

}  // namespace

namespace {

const std::vector<Builtin>& methods() {
  static const std::vector<Builtin> kMethods = {
      {"merge",
       {{"right", nullptr},
        {"how", nullptr},
        {"left_on", nullptr},
        {"right_on", nullptr},
        {"suffixes", make_list({}, {make_literal({}, "_x"), make_literal({}, "_y")})}},
       merge},
      {"agg", {}, agg, true},
      {"map", {{"column_name", nullptr}, {"expr", nullptr}}, map},
      {"drop", {{"columns", nullptr}}, drop},
      {"head",
       {{"n", make_literal({}, int64_t{5})}, {"_pem_only", make_literal({}, int64_t{0})}},
       head},
      {"filter", {{"key", nullptr}}, filter},
      {"groupby", {{"by", nullptr}}, groupby},
      {"append", {{"objs", nullptr}}, append},
      {"rolling", {{"window", nullptr}, {"on", make_literal({}, "time_")}}, rolling},
      {"stream", {}, stream},
  };
  return kMethods;
}

}  // namespace

std::vector<std::string> dataframe_method_names(Vocabulary vocabulary) {
  std::vector<std::string> names;
  for (const Builtin& method : methods()) {
    const bool of_clusters = method.handler == rolling;
    if (vocabulary == Vocabulary::kCluster || !of_clusters) names.emplace_back(method.name);
  }
  return names;
}

const Builtin* find_dataframe_method(std::string_view name) {
  for (const Builtin& method : methods()) {
    if (method.name == name) return &method;
  }
  return nullptr;
}

}  // namespace pxq::local
