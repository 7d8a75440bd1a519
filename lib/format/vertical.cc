#include "format/all_formats.h"
#include "format/vertical_layout.h"

namespace pxq {
namespace {

constexpr SectionFrame kFrame{
    .open = "", .separator = "\n", .close = "", .torn = "", .no_section = ""};

std::unique_ptr<Layout> choose(LayoutTable table, const Sample&, std::optional<uint64_t>) {
  return make_vertical_layout(std::move(table));
}

std::unique_ptr<ResultSink> make(const FormatOptions& options, Output& output) {
  return make_layout_sink(kFrame, choose, options, output);
}

}  // namespace

// Tables for people have units already: --human asks for what they do.
const Format kVerticalFormat = {.name = "vertical",
                                .description = "one field a line for people, values whole",
                                .heeds = {.expanded = true,
                                          .header = true,
                                          .human = true,
                                          .skip_empty = true,
                                          .no_empty_file = true},
                                .make = make};

}  // namespace pxq
