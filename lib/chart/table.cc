#include "chart/columns.h"
#include "chart/display.h"

namespace pxq::chart {
namespace {

class TableDisplay final : public Chart {
 public:
  explicit TableDisplay(std::optional<size_t> gutter) : gutter_(gutter) {}

  void rows(const RowBatch&) override {}
  Drawing finish() override { return Rows{.gutter = gutter_}; }

 private:
  std::optional<size_t> gutter_;
};

}  // namespace

// A gutter that is not there is no reason to show no table.
Result<std::unique_ptr<Chart>> make_table_display(const Spec& spec, const Schema& schema) {
  return std::unique_ptr<Chart>(
      std::make_unique<TableDisplay>(find_column(schema, spec.column("gutterColumn"))));
}

}  // namespace pxq::chart
