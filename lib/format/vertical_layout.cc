#include "format/vertical_layout.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <variant>
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

constexpr size_t kShortJson = 60;  // fits on a line of its own

/// JSON set in lines, with the bytes of its values as they are. Blanks between them are ours.
class JsonLines final {
 public:
  JsonLines(std::string_view indent, TextBuffer& out) : indent_(indent), out_(out) {}

  void write(std::string_view json) {
    for (size_t i = 0; i < json.size();) i += piece(json.substr(i));
  }

 private:
  size_t piece(std::string_view rest) {
    const char first = rest.front();
    if (first == '"') return text(rest);
    if (first == '{' || first == '[') return open(rest);
    if (first == '}' || first == ']') {
      --depth_;
      line();
    }
    if (std::string_view(" \t\r\n").find(first) == std::string_view::npos) out_.push_back(first);
    if (first == ',') line();
    if (first == ':') out_.push_back(' ');
    return 1;
  }

  // An empty object or array stays on its line.
  size_t open(std::string_view rest) {
    out_.push_back(rest.front());
    const size_t next = rest.find_first_not_of(" \t\r\n", 1);
    if (next != std::string_view::npos && (rest[next] == '}' || rest[next] == ']')) {
      out_.push_back(rest[next]);
      return next + 1;
    }
    ++depth_;
    line();
    return 1;
  }

  size_t text(std::string_view rest) {
    size_t end = 1;
    while (end < rest.size() && rest[end] != '"') end += rest[end] == '\\' ? size_t{2} : 1;
    end = std::min(end + 1, rest.size());
    append_visible(rest.substr(0, end), out_);
    return end;
  }

  void line() {
    out_.push_back('\n');
    out_.append(indent_);
    out_.append(2 * depth_, ' ');
  }

  const std::string_view indent_;
  TextBuffer& out_;
  size_t depth_ = 0;
};

bool is_long_json(std::string_view text) {
  if (text.size() <= kShortJson || (text.front() != '{' && text.front() != '[')) return false;
  return nlohmann::json::accept(text.begin(), text.end());
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
    batch_ = &batch;
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
      write_cell(i, row, text);
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
  void write_cell(size_t column, size_t row, TextBuffer& text) {
    const auto* texts = std::get_if<StringColumn>(&batch_->columns[column]);
    const SemanticType meaning = table_.schema.columns[column].semantic;
    const bool plain = meaning == SemanticType::kNone || meaning == SemanticType::kUnspecified;
    if (texts == nullptr || !plain || !is_long_json((*texts)[row])) {
      table_.cells[column]->write(row, text);
      return;
    }
    JsonLines(indent_, text).write((*texts)[row]);
  }

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
    indent_.assign(widest + 2, ' ');
  }

  LayoutTable table_;
  Paint paint_;
  std::vector<std::string> labels_;
  std::string indent_;               // below a label
  const RowBatch* batch_ = nullptr;  // that is bound
  bool counted_ = false;             // the title said how many rows there are
};

}  // namespace

std::unique_ptr<Layout> make_vertical_layout(LayoutTable table) {
  return std::make_unique<VerticalLayout>(std::move(table));
}

}  // namespace pxq
