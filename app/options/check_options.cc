#include "options/check_options.h"

#include <CLI/App.hpp>
#include <CLI/Option.hpp>
#include <utility>

namespace pxq {

void CheckOptions::declare(CLI::App& app) {
  app.add_flag("--fail-on-empty", fail_on_empty, "exit 12 when no row came")->group("Run");
  app.add_option("--fail-if", fail_if,
                 "exit 12 when true: TABLE.COLUMN OP VALUE, rows OP N, rows(TABLE) OP N "
                 "(repeatable)")
      ->type_name("EXPR")
      ->allow_extra_args(false)
      ->group("Run");
}

Result<std::vector<Assertion>> CheckOptions::assertions() const {
  std::vector<Assertion> all;
  for (const std::string& text : fail_if) {
    Result<Assertion> assertion = Assertion::parse(text);
    if (!assertion.ok()) return assertion.status();
    all.push_back(*std::move(assertion));
  }
  if (fail_on_empty) all.push_back(Assertion::no_rows());
  return all;
}

}  // namespace pxq
