#include "options/talk_options.h"

#include <CLI/App.hpp>
#include <CLI/Option.hpp>
#include <CLI/Validators.hpp>

namespace pxq {

void TalkOptions::declare(CLI::App& app) {
  app.add_flag("-q,--quiet", quiet, "errors only on stderr")->group("Talk");
  app.add_flag("-v,--verbose", verbosity, "say more; twice: still more")->group("Talk");
  app.add_flag("--stats", stats, "the footer also where stderr is no terminal")->group("Talk");
  app.add_option("--errors", errors, "how errors are written: text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->type_name("FORM")
      ->group("Talk");
  app.add_option("--color", color, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->type_name("WHEN")
      ->group("Talk");
  app.add_flag("--no-pager", no_pager, "long output on a terminal is not shown in a pager")
      ->group("Talk");
}

ColorChoice TalkOptions::color_choice() const {
  if (color == "always") return ColorChoice::kAlways;
  return color == "never" ? ColorChoice::kNever : ColorChoice::kAuto;
}

void TalkOptions::apply(Context& context) const {
  context.no_pager = no_pager;
  context.console.configure(
      {.quiet = quiet,
       .verbosity = verbosity,
       .errors = errors == "json" ? Console::Errors::kJson : Console::Errors::kText,
       .color = use_color(color_choice(), context.err)});
}

}  // namespace pxq
