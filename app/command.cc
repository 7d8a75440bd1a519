#include "command.h"

namespace pxq {

std::span<const CommandEntry> commands() {
  static constexpr CommandEntry kCommands[] = {
#define PXQ_COMMAND(name, summary) {#name, summary, make_##name##_command},
#include "commands.def"
#undef PXQ_COMMAND
  };
  return kCommands;
}

}  // namespace pxq
