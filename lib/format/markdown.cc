#include <string>
#include <utility>
#include <vector>

#include "format/all_formats.h"
#include "format/layout.h"
#include "text/visible.h"

namespace pxq {
namespace {

constexpr SectionFrame kFrame{
    .open = "", .separator = "\n", .close = "", .torn = "", .no_section = ""};

bool is_word_byte(char byte) {
  return ('0' <= byte && byte <= '9') || ('A' <= byte && byte <= 'Z') ||
         ('a' <= byte && byte <= 'z');
}

// A backslash before all that Markdown would take for its own; an underscore inside a word or at
// its end begins no emphasis and is left alone.
void append_escaped(std::string_view text, TextBuffer& out) {
  for (size_t i = 0; i < text.size(); ++i) {
    const bool opens = text[i] == '_' && (i == 0 || !is_word_byte(text[i - 1]));
    const bool special = std::string_view("\\`*[]<>|~&#$").find(text[i]) != std::string_view::npos;
    if (opens || special) out.push_back('\\');
    out.push_back(text[i]);
  }
}

void append_name(std::string_view name, TextBuffer& out) { append_escaped(visible(name), out); }

/// A heading and a table as GitHub's Markdown has it.
class MarkdownLayout final : public Layout {
 public:
  explicit MarkdownLayout(LayoutTable table) : table_(std::move(table)) {}

  void open(std::optional<uint64_t>, Output& out) override {
    TextBuffer& text = out.text();
    text.append("### ");
    append_name(table_.name, text);
    text.append("\n\n");
    if (table_.cells.empty()) text.append("No columns.\n");
    if (!table_.cells.empty()) write_head(text);
    out.commit();
  }

  void bind(const RowBatch& batch) override {
    for (size_t i = 0; i < table_.cells.size(); ++i) table_.cells[i]->bind(batch.columns[i]);
  }

  void row(size_t row, uint64_t, Output& out) override {
    if (table_.cells.empty()) return;
    TextBuffer& text = out.text();
    for (const auto& cells : table_.cells) {
      scratch_.clear();
      cells->write(row, scratch_);
      text.append("| ");
      append_escaped(scratch_.view(), text);
      text.push_back(' ');
    }
    text.append("|\n");
    out.commit();
  }

  void gap(uint64_t, Output&) override {}
  void close(const LayoutEnd&, Output&) override {}

 private:
  void write_head(TextBuffer& text) {
    for (const ColumnInfo& column : table_.schema.columns) {
      text.append("| ");
      append_name(column.name, text);
      const bool is_time =
          column.type == DataType::kTime64Ns || column.semantic == SemanticType::kTimeNs;
      if (is_time) {
        text.append(" (");
        append_name(table_.zone.name(), text);
        text.push_back(')');
      }
      text.push_back(' ');
    }
    text.append("|\n");
    for (const ColumnInfo& column : table_.schema.columns) {
      text.append(is_right_aligned(column) ? "| --: " : "| :-- ");
    }
    text.append("|\n");
  }

  LayoutTable table_;
  TextBuffer scratch_;
};

std::unique_ptr<Layout> choose(LayoutTable table, const Sample&, std::optional<uint64_t>) {
  return std::make_unique<MarkdownLayout>(std::move(table));
}

std::unique_ptr<ResultSink> make(const FormatOptions& options, Output& output) {
  FormatOptions whole = options;
  whole.width = 0;  // for documents: nothing is hidden, whatever the terminal
  whole.max_rows = 0;
  return make_layout_sink(kFrame, choose, whole, output);
}

}  // namespace

const Format kMarkdownFormat = {.name = "markdown",
                                .extension = "md",
                                .description = "a table for documents and chats",
                                .heeds = {.human = true, .skip_empty = true, .no_empty_file = true},
                                .make = make};

}  // namespace pxq
