#pragma once

#include <memory>

#include "format/format.h"

namespace pxq {

// One maker for each line of formats.def; it stands in the file that bears the format's name.
#define PXQ_FORMAT(name, alias, extension, form, one_table, lines, default_for, heeds, at_end, \
                   maker, description)                                                         \
  std::unique_ptr<ResultSink> maker(const FormatOptions& options, Output& output);
#include "format/formats.def"
#undef PXQ_FORMAT

}  // namespace pxq
