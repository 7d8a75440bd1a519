#include "script/vis.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "text/json_bytes.h"

namespace pxq {
namespace {

using nlohmann::json;

constexpr std::array<std::pair<PxType, std::string_view>, 12> kTypes{{
    {PxType::kUnknown, "PX_UNKNOWN"},
    {PxType::kBoolean, "PX_BOOLEAN"},
    {PxType::kInt64, "PX_INT64"},
    {PxType::kFloat64, "PX_FLOAT64"},
    {PxType::kString, "PX_STRING"},
    {PxType::kService, "PX_SERVICE"},
    {PxType::kPod, "PX_POD"},
    {PxType::kContainer, "PX_CONTAINER"},
    {PxType::kNamespace, "PX_NAMESPACE"},
    {PxType::kNode, "PX_NODE"},
    {PxType::kList, "PX_LIST"},
    {PxType::kStringList, "PX_STRING_LIST"},
}};

// Reads fields by either spelling and remembers the first thing of a wrong shape, so that the
// functions below need not check after each one.
class Reader {
 public:
  explicit Reader(std::string source) : source_(std::move(source)) {}

  const Status& status() const { return status_; }

  const json* field(const json& object, const char* camel, const char* snake) {
    for (const char* key : {camel, snake}) {
      const auto it = object.find(key);
      if (it != object.end() && !it->is_null()) return &*it;
    }
    return nullptr;
  }

  std::string text(const json& object, const char* camel, const char* snake,
                   const std::string& where) {
    return optional_text(object, camel, snake, where).value_or(std::string{});
  }

  std::optional<std::string> optional_text(const json& object, const char* camel, const char* snake,
                                           const std::string& where) {
    const json* value = field(object, camel, snake);
    if (value == nullptr) return std::nullopt;
    return scalar(*value, where + "." + camel);
  }

  // Defaults and values are texts, but hand-written files have bare numbers and booleans.
  std::string scalar(const json& value, const std::string& where) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_number() || value.is_boolean()) return value.dump();
    // Pixie's older files spell protobuf's wrapper out: {"value": "-5m"}.
    const auto wrapped = value.is_object() ? value.find("value") : value.end();
    if (wrapped != value.end() && !wrapped->is_object()) return scalar(*wrapped, where);
    fail(where, "a text");
    return {};
  }

  template <typename Each>
  void list(const json& object, const char* camel, const char* snake, const std::string& where,
            Each each) {
    const json* value = field(object, camel, snake);
    if (value == nullptr) return;
    const std::string path = where.empty() ? camel : where + "." + camel;
    if (!value->is_array()) return fail(path, "a list");
    for (size_t i = 0; i < value->size(); ++i) each((*value)[i], fmt::format("{}[{}]", path, i));
  }

  bool object(const json& value, const std::string& where) {
    if (!value.is_object()) fail(where, "an object");
    return value.is_object();
  }

  void fail(const std::string& where, const char* expected) {
    complain(fmt::format("{} is not {}", where, expected));
  }

  void complain(const std::string& text) {
    if (status_.ok()) status_ = {Code::kUsage, fmt::format("{}: {}", source_, text)};
  }

 private:
  std::string source_;
  Status status_;
};

void read_type(const json& object, Reader& reader, const std::string& where, Variable& variable) {
  const json* value = reader.field(object, "type", "type");
  if (value == nullptr) {
    variable.type_name = px_type_name(PxType::kUnknown);
    return;
  }
  variable.type_name = reader.scalar(*value, where + ".type");
  for (const auto& [type, name] : kTypes) {
    // protobuf's JSON may give a value of an enum by its number.
    const bool by_number =
        value->is_number_integer() && variable.type_name == std::to_string(static_cast<int>(type));
    if (name == variable.type_name || by_number) {
      variable.type = type;
      variable.type_name = name;
    }
  }
}

Variable read_variable(const json& object, Reader& reader, const std::string& where) {
  Variable variable;
  if (!reader.object(object, where)) return variable;
  variable.name = reader.text(object, "name", "name", where);
  if (variable.name.empty()) reader.complain(where + " has no name");
  read_type(object, reader, where, variable);
  variable.default_value = reader.optional_text(object, "defaultValue", "default_value", where);
  variable.description = reader.text(object, "description", "description", where);
  reader.list(object, "validValues", "valid_values", where,
              [&](const json& value, const std::string& path) {
                variable.valid_values.push_back(reader.scalar(value, path));
              });
  return variable;
}

VisFunction read_function(const json& object, Reader& reader, const std::string& where) {
  VisFunction function;
  if (!reader.object(object, where)) return function;
  function.name = reader.text(object, "name", "name", where);
  if (function.name.empty()) reader.complain(where + " has no name");
  reader.list(object, "args", "args", where, [&](const json& value, const std::string& path) {
    if (!reader.object(value, path)) return;
    function.arguments.push_back({reader.text(value, "name", "name", path),
                                  reader.optional_text(value, "value", "value", path),
                                  reader.optional_text(value, "variable", "variable", path)});
  });
  return function;
}

GlobalFunction read_global(const json& object, Reader& reader, const std::string& where) {
  GlobalFunction global;
  if (!reader.object(object, where)) return global;
  global.output_name = reader.text(object, "outputName", "output_name", where);
  if (global.output_name.empty()) reader.complain(where + " has no outputName");
  const json* function = reader.field(object, "func", "func");
  if (function == nullptr) {
    reader.complain(where + " has no func");
  } else {
    global.function = read_function(*function, reader, where + ".func");
  }
  return global;
}

// "types.px.dev/px.vispb.TimeseriesChart" is a TimeseriesChart.
void read_display(const json& object, Reader& reader, Widget& widget) {
  const json* spec = reader.field(object, "displaySpec", "display_spec");
  if (spec == nullptr || !spec->is_object()) return;
  widget.spec = spec->dump(-1, ' ', true, json::error_handler_t::replace);
  const auto type = spec->find("@type");
  if (type == spec->end() || !type->is_string()) return;
  const std::string name = type->get<std::string>();
  widget.display = name.substr(name.find_last_of("./") + 1);
}

// A place that no page could have counts as none.
chart::Grid read_grid(const json& object, Reader& reader) {
  constexpr int kColumns = 12;
  constexpr int kMost = 1000;
  const json* position = reader.field(object, "position", "position");
  if (position == nullptr || !position->is_object()) return {};
  const auto number = [&](const char* name) -> int {
    const json* value = reader.field(*position, name, name);
    if (value == nullptr) return 0;
    return whole_number<uint16_t>(*value).value_or(kMost + 1);
  };
  const int x = number("x"), y = number("y"), width = number("w"), height = number("h");
  if (width < 1 || height < 1 || x + width > kColumns || y > kMost || height > kMost) return {};
  return {.x = x, .y = y, .width = width, .height = height};
}

Widget read_widget(const json& object, Reader& reader, const std::string& where) {
  Widget widget;
  if (!reader.object(object, where)) return widget;
  widget.name = reader.text(object, "name", "name", where);
  if (const json* function = reader.field(object, "func", "func")) {
    widget.function = read_function(*function, reader, where + ".func");
  }
  widget.global_output =
      reader.text(object, "globalFuncOutputName", "global_func_output_name", where);
  read_display(object, reader, widget);
  widget.grid = read_grid(object, reader);
  return widget;
}

void check_names(const Vis& vis, Reader& reader) {
  for (size_t i = 0; i < vis.variables.size(); ++i) {
    if (vis.find_variable(vis.variables[i].name) != &vis.variables[i]) {
      reader.complain(fmt::format("variable '{}' is there twice", vis.variables[i].name));
    }
  }
}

bool blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace

std::string_view px_type_name(PxType type) {
  for (const auto& [known, name] : kTypes) {
    if (known == type) return name;
  }
  return kTypes.front().second;
}

const Variable* Vis::find_variable(std::string_view name) const {
  const auto it = std::find_if(variables.begin(), variables.end(),
                               [&](const Variable& variable) { return variable.name == name; });
  return it == variables.end() ? nullptr : &*it;
}

Result<Vis> parse_vis(std::string_view json_text, const std::string& source) {
  if (blank(json_text)) return Vis{};
  json root;
  try {
    root = json::parse(json_text);
  } catch (const json::exception& error) {
    return Status{Code::kUsage, fmt::format("{}: not valid JSON: {}", source, error.what())};
  }
  if (!root.is_object()) return Status{Code::kUsage, source + ": not a JSON object"};
  Reader reader(source);
  Vis vis;
  reader.list(root, "variables", "variables", "", [&](const json& value, const std::string& path) {
    vis.variables.push_back(read_variable(value, reader, path));
  });
  reader.list(root, "globalFuncs", "global_funcs", "",
              [&](const json& value, const std::string& path) {
                vis.global_functions.push_back(read_global(value, reader, path));
              });
  reader.list(root, "widgets", "widgets", "", [&](const json& value, const std::string& path) {
    vis.widgets.push_back(read_widget(value, reader, path));
  });
  check_names(vis, reader);
  if (!reader.status().ok()) return reader.status();
  return vis;
}

std::string widget_table(const Vis& vis, size_t index) {
  const Widget& widget = vis.widgets[index];
  if (!widget.function && !widget.global_output.empty()) return widget.global_output;
  return widget.name.empty() ? fmt::format("widget_{}", index) : widget.name;
}

std::vector<chart::WidgetPlan> widget_plans(const Vis& vis) {
  std::vector<chart::WidgetPlan> plans;
  for (size_t i = 0; i < vis.widgets.size(); ++i) {
    const Widget& widget = vis.widgets[i];
    plans.push_back({.title = widget.name,
                     .table = widget_table(vis, i),
                     .kind = widget.display,
                     .spec = widget.spec,
                     .grid = widget.grid});
  }
  return plans;
}

std::vector<VisTable> vis_tables(const Vis& vis) {
  std::vector<VisTable> tables;
  for (const GlobalFunction& global : vis.global_functions) {
    tables.push_back({global.output_name, global.function.name, {}, {}});
  }
  for (size_t i = 0; i < vis.widgets.size(); ++i) {
    const Widget& widget = vis.widgets[i];
    const std::string name = widget_table(vis, i);
    auto table = std::find_if(tables.begin(), tables.end(),
                              [&](const VisTable& each) { return each.name == name; });
    if (widget.function) {
      table = tables.insert(tables.end(), {name, widget.function->name, {}, {}});
    } else if (table == tables.end()) {
      continue;  // shows an output that nothing makes
    }
    table->widgets.push_back(widget.name);
    table->displays.push_back(widget.display);
  }
  return tables;
}

}  // namespace pxq
