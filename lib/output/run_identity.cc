#include "output/run_identity.h"

#include <fmt/format.h>
#include <unistd.h>

#include "file/file_bytes.h"

namespace pxq {
namespace {

// Of px/http_data itself; of a file its name alone; of <stdin> the word.
std::string script_name(const std::string& script) {
  if (script.starts_with('<') && script.ends_with('>')) return script.substr(1, script.size() - 2);
  if (!script.ends_with(".pxl")) return script;
  const std::string name = base_name(script);
  return name.substr(0, name.size() - 4);
}

}  // namespace

PathValues RunIdentity::path_values() const {
  return {.table = {},
          .cluster = cluster,
          .script = script_name(script),
          .run = fmt::format("{}-{}", started_ns, ::getpid()),
          .start_ns = window ? window->start_ns : started_ns,
          .end_ns = window ? window->end_ns : started_ns};
}

}  // namespace pxq
