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

}  // namespace

std::unique_ptr<ResultSink> make_null(const FormatOptions&, Output&) {
  return std::make_unique<Null>();
}

}  // namespace pxq
