#include "format/all_formats.h"
#include "format/vertical_layout.h"

namespace pxq {
namespace {

constexpr SectionFrame kFrame{
    .open = "", .separator = "\n", .close = "", .torn = "", .no_section = ""};

std::unique_ptr<Layout> choose(LayoutTable table, const Sample&, std::optional<uint64_t>) {
  return make_vertical_layout(std::move(table));
}

}  // namespace

std::unique_ptr<ResultSink> make_vertical(const FormatOptions& options, Output& output) {
  return make_layout_sink(kFrame, choose, options, output);
}

}  // namespace pxq
