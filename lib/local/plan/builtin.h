#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "local/plan/arguments.h"
#include "local/plan/object.h"
#include "local/plan/session.h"

namespace pxq::local {

/// A function that Pixie itself offers: of px, or of a dataframe, which then is `self`.
struct Builtin {
  struct Parameter {
    std::string_view name;
    ObjectPtr fallback;  // null: required
  };
  using Handler = ObjectPtr (*)(Session& session, const DraftOperator* self, const BoundCall& call);

  std::string_view name;
  std::vector<Parameter> parameters;
  Handler handler;
  bool takes_keywords = false;
};

/// The built-in function as an object of the script; `self` may be null.
inline ObjectPtr make_builtin(Session& session, pxl::Place place, const Builtin& builtin,
                              const DraftOperator* self) {
  Function function;
  function.name = builtin.name;
  for (const auto& [name, fallback] : builtin.parameters) {
    function.parameters.push_back({std::string(name), fallback, nullptr});
  }
  function.takes_keywords = builtin.takes_keywords;
  function.body = [&session, self, handler = builtin.handler](const BoundCall& call) {
    return handler(session, self, call);
  };
  return make_function(place, std::move(function));
}

/// A function that Pixie has and the local Vizier refuses, saying why.
inline ObjectPtr make_refused(Session& session, pxl::Place place, std::string_view name,
                              std::string message) {
  Function function;
  function.name = name;
  function.takes_rest = true;
  function.takes_keywords = true;
  function.body = [&session, message = std::move(message)](const BoundCall& call) -> ObjectPtr {
    return session.fail_absent(call.place, message);
  };
  return make_function(place, std::move(function));
}

}  // namespace pxq::local
