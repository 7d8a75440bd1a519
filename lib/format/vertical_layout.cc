#include "format/vertical_layout.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "text/number.h"
#include "text/visible.h"
#include "text/width.h"

namespace pxq {
namespace {

// A name longer than this moves only its own value, not all others.
constexpr size_t kMostPadding = 40;

void trim_blanks(size_t start, TextBuffer& text) {
  while (text.size() > start && text.view().back() == ' ') text.truncate(text.size() - 1);
}

class VerticalLayout final : public Layout {
 public:
  explicit VerticalLayout(LayoutTable table)
      : table_(std::move(table)), paint_(table_.options.color) {
    prepare_labels();
  }

  void open(std::optional<uint64_t> rows, Output& out) override {
    counted_ = rows.has_value();
    if (table_.options.header) append_title(table_, rows, out.text());
    out.commit();
  }

  void bind(const RowBatch& batch) override {
    for (size_t i = 0; i < table_.cells.size(); ++i) table_.cells[i]->bind(batch.columns[i]);
  }

  void row(size_t row, uint64_t number, Output& out) override {
    TextBuffer& text = out.text();
    paint_.begin(Role::kFaint, text);
    text.append("── row ");
    text.advance_to(write_grouped(text.reserve(kGroupedSize), number));
    text.append(" ──");
    paint_.end(Role::kFaint, text);
    text.push_back('\n');
    for (size_t i = 0; i < table_.cells.size(); ++i) {
      text.append(labels_[i]);
      const Role role = table_.cells[i]->role(row);
      paint_.begin(role, text);
      const size_t start = text.size();
      table_.cells[i]->write(row, text);
      // Blanks that align units below one another have nothing to align here.
      if (is_right_aligned(table_.schema.columns[i])) trim_blanks(start, text);
      paint_.end(role, text);
      text.push_back('\n');
    }
    out.commit();
  }

  void gap(uint64_t, Output& out) override {
    paint_.append(Role::kFaint, "⋮", out.text());
    out.text().push_back('\n');
    out.commit();
  }

  void close(const LayoutEnd& end, Output& out) override {
    if (!end.whole || (end.rows_hidden == 0 && (counted_ || !table_.options.header))) return;
    TextBuffer& text = out.text();
    paint_.begin(Role::kFaint, text);
    if (end.rows_hidden != 0) {
      append_count(end.rows_hidden, "row", text);
      text.append(" of ");
      text.advance_to(write_grouped(text.reserve(kGroupedSize), end.rows));
      text.append(" hidden; --wide shows all");
    } else {
      append_count(end.rows, "row", text);
    }
    paint_.end(Role::kFaint, text);
    text.push_back('\n');
    out.commit();
  }

 private:
  // Names made visible and padded; the zone beside times, as there is no line of units.
  void prepare_labels() {
    std::vector<std::pair<std::string, size_t>> names;
    size_t widest = 0;
    for (const ColumnInfo& column : table_.schema.columns) {
      std::string name = visible(column.name);
      const bool is_time =
          column.type == DataType::kTime64Ns || column.semantic == SemanticType::kTimeNs;
      if (is_time) name.append(" (").append(table_.zone.name()).append(")");
      const size_t width = display_width(name);
      if (width <= kMostPadding) widest = std::max(widest, width);
      names.emplace_back(std::move(name), width);
    }
    for (const auto& [name, width] : names) {
      TextBuffer label;
      paint_.append(Role::kHeader, name, label);
      label.append(widest - std::min(widest, width) + 2, ' ');
      labels_.emplace_back(label.view());
    }
  }

  LayoutTable table_;
  Paint paint_;
  std::vector<std::string> labels_;
  bool counted_ = false;  // the title said how many rows there are
};

}  // namespace

std::unique_ptr<Layout> make_vertical_layout(LayoutTable table) {
  return std::make_unique<VerticalLayout>(std::move(table));
}

}  // namespace pxq
