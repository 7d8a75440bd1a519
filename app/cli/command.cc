#include "cli/command.h"

#include "process/paged_output.h"

namespace pxq {

Status Command::help(Context& context, const std::string& flags) {
  return print_pages(flags, context);
}

std::string Command::instead_of(const std::string& /*flag*/, Context& /*context*/) { return {}; }

std::span<const CommandEntry> commands() {
  static constexpr CommandEntry kCommands[] = {
#define PXQ_COMMAND(name, summary) {#name, summary, make_##name##_command},
#include "cli/commands.def"
#undef PXQ_COMMAND
  };
  return kCommands;
}

}  // namespace pxq
