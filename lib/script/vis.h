#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "chart/page_plan.h"

namespace pxq {

/// Types of a script's arguments; the numbers are those of px.vispb.PXType. Names that are not
/// listed here are kUnknown and checked by nobody but the server.
enum class PxType : int32_t {
  kUnknown = 0,
  kBoolean = 1,
  kInt64 = 2,
  kFloat64 = 3,
  kString = 4,
  kService = 1000,
  kPod = 1001,
  kContainer = 1002,
  kNamespace = 1003,
  kNode = 1004,
  kList = 2000,
  kStringList = 2001,
};

/// PX_STRING ...; PX_UNKNOWN for numbers not listed.
std::string_view px_type_name(PxType type);

/// An argument of the script. Without a default it is required; an empty default means optional.
struct Variable {
  std::string name;
  PxType type = PxType::kUnknown;
  std::string type_name;  // as vis.json spells it, also where the type is unknown
  std::optional<std::string> default_value;
  std::string description;
  std::vector<std::string> valid_values;  // empty: any

  bool required() const { return !default_value.has_value(); }
};

/// An argument of a function call: a literal value, or the value of a variable of the script.
struct VisArgument {
  std::string name;
  std::optional<std::string> value;
  std::optional<std::string> variable;
};

/// A function of the script with what it is called with.
struct VisFunction {
  std::string name;
  std::vector<VisArgument> arguments;
};

/// A call whose tables several widgets may show.
struct GlobalFunction {
  std::string output_name;
  VisFunction function;
};

/// One part of a script's page: shows a call of its own, or the output of a global one.
struct Widget {
  std::string name;  // may be empty
  std::optional<VisFunction> function;
  std::string global_output;
  std::string display;  // Table, TimeseriesChart, ...; empty where vis.json names none
  std::string spec;     // the displaySpec as JSON; empty where there is none
  chart::Grid grid;
};

/// A script's vis.json: which arguments it has, which functions run, and how it is shown.
struct Vis {
  std::vector<Variable> variables;
  std::vector<GlobalFunction> global_functions;
  std::vector<Widget> widgets;

  const Variable* find_variable(std::string_view name) const;
};

/// Reads vis.json. Unknown fields are skipped, names are taken in camelCase and snake_case, an
/// empty text is an empty Vis. kUsage for what is not JSON or has another shape; `source` names it.
Result<Vis> parse_vis(std::string_view json, const std::string& source);

/// The name of the table that widget `index` shows.
std::string widget_table(const Vis& vis, size_t index);

/// A table that the script makes: by which function, shown by which widgets and how.
struct VisTable {
  std::string name;
  std::string function;
  std::vector<std::string> widgets;
  std::vector<std::string> displays;
};

/// How the script wants its tables shown, in the order of vis.json.
std::vector<chart::WidgetPlan> widget_plans(const Vis& vis);

/// The script's tables in the order in which they are asked for.
std::vector<VisTable> vis_tables(const Vis& vis);

}  // namespace pxq
