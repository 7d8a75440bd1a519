#include "settings/config.h"

#include <cstdlib>

#include "fuzz/files.h"
#include "fuzz/target.h"

namespace pxq::fuzz {

void fuzz_config(std::string_view input) {
  const MemoryFile file(input);
  ::setenv("PXQ_CONFIG", file.path().c_str(), 1);
  const Result<Config> config = read_config();
  ::unsetenv("PXQ_CONFIG");
  if (!config.ok()) return;
  for (const auto& [name, value] : config->defaults) {
    expect(find_setting(name) != nullptr, "only settings that exist are taken");
  }
}

}  // namespace pxq::fuzz
