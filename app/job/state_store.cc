#include "job/state_store.h"

#include "output/sqlite.h"

namespace pxq {

Result<std::optional<ExportState>> StateStore::load(int64_t now_ns) {
  if (!job_.database()) return job_.load({}, {}, now_ns);
  std::optional<std::string> first;
  for (const std::string& name : {job_.name, job_.former_name}) {
    if (name.empty()) continue;
    auto text = SqliteSink::read_state(database_, name);
    if (!text.ok()) return text.status();
    if (!first) first = *text;
    found_[name] = *std::move(text);
  }
  return job_.load(database_, first, now_ns);
}

Status StateStore::keep(Destination& rows, const ExportState& state) const {
  return rows.keep_state(
      {.job = job_.name, .path = job_.state, .text = state_text(state), .found = found_});
}

}  // namespace pxq
