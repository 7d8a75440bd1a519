#include "output/output_plan.h"

#include "file/compression.h"

namespace pxq {
namespace {

constexpr const OutputKind* kKinds[] = {
#define PXQ_OUTPUT(kind) &kind,
#include "output/outputs.def"
#undef PXQ_OUTPUT
};

bool takes(const OutputKind& kind, std::string_view output, bool is_path) {
  if (kind.takes_paths != is_path) return false;
  if (kind.remote()) return output.starts_with(kind.scheme);
  if (kind.extension.empty()) return true;
  return compression_of(output) == Compression::kNone && output_extension(output) == kind.extension;
}

}  // namespace

std::span<const OutputKind* const> output_kinds() { return kKinds; }

const OutputKind& output_kind(std::string_view output) {
  // `csv` is a word for a format or a kind; rows.csv and dir/rows are files.
  const bool is_path = output.find_first_of("./") != std::string_view::npos;
  for (const OutputKind* kind : kKinds) {
    if (takes(*kind, output, is_path)) return *kind;
  }
  // Not reached while one kind takes every path and another takes whatever is none.
  return *kKinds[0];
}

std::string output_extension(std::string_view path) {
  path = without_compression(path);
  const size_t slash = path.rfind('/');
  const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  const size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string() : std::string(name.substr(dot + 1));
}

std::vector<std::string> OutputPlan::files() const {
  std::vector<std::string> files = {schema};
  if (path && !kind->remote()) files.push_back(path->text());
  return files;
}

std::unique_ptr<ResultSink> OutputPlan::make_sink(const RunIdentity& run, bool header,
                                                  Output& output) const {
  if (own_sink) return own_sink(run, output);
  FormatOptions own = spelling;
  own.header = own.header && header;
  own.begins = header;
  // Of a file with one table it is the file itself that is left out.
  own.skip_empty = own.skip_empty && (!path || !format->lines);
  own.page = run.page;
  return format->make(own, output);
}

Result<std::unique_ptr<Destination>> OutputPlan::open(const RunIdentity& run,
                                                      OutputHost& host) const {
  auto place = kind->prepare(*this, run, host);
  if (!place.ok()) return place.status();
  return (*place)->open(run);
}

Status Destination::keep_state(const RunState& state) {
  return {Code::kInternal, "the state of an export cannot be kept there: " + state.path};
}

}  // namespace pxq
