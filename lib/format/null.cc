#include "format/all_formats.h"

namespace pxq {
namespace {

/// Takes everything and writes nothing.
class Null final : public ResultSink {
 public:
  void begin(const Schema&) override {}
  void rows(const Schema&, const RowBatch&) override {}
  void end(const Summary&) override {}
};

std::unique_ptr<ResultSink> make(const FormatOptions&, Output&) { return std::make_unique<Null>(); }

}  // namespace

const Format kNullFormat = {
    .name = "null", .description = "nothing: for checks and measurements", .make = make};

}  // namespace pxq
