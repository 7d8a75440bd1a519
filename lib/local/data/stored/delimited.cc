#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "local/data/stored/row_text.h"
#include "text/byte_order_mark.h"

namespace pxq::local {
namespace {

constexpr size_t kLongestRecord = size_t{256} << 20;

/// Takes a file apart into records of fields, in pieces as they come.
class Records {
 public:
  using Take = std::function<Status(std::vector<TextCell>& cells, uint64_t line)>;

  Records(char separator, bool quotes, Take take)
      : separator_(separator), quotes_(quotes), take_(std::move(take)) {}

  Status piece(std::string_view bytes) {
    if (at_start_) bytes = without_byte_order_mark(bytes);
    at_start_ = at_start_ && bytes.empty();
    for (const char byte : bytes) {
      const Status status = quotes_ ? csv(byte) : tsv(byte);
      if (!status.ok()) return status;
    }
    if (record_.size() <= kLongestRecord) return {};
    return {Code::kLimit, fmt::format("a row from line {} on is longer than {} MiB", start_line_,
                                      kLongestRecord >> 20)};
  }

  /// Whether it ended with the end of a record.
  bool is_whole() const { return record_.empty() && ends_.empty() && !begun_; }

 private:
  // Of a quote inside a quoted field nobody knows whether it ends it before the next byte.
  Status csv(char byte) {
    begun_ = true;
    if (in_quotes_) {
      if (byte == '\n') ++line_;
      if (byte == '"') {
        in_quotes_ = false;
        after_quote_ = true;
      } else {
        record_ += byte;
      }
      return {};
    }
    const bool was_quote = std::exchange(after_quote_, false);
    if (byte == '"' && was_quote) {
      record_ += '"';
      in_quotes_ = true;
    } else if (byte == '"' && record_.size() == field_start()) {
      in_quotes_ = true;
    } else if (byte == separator_) {
      ends_.push_back(record_.size());
    } else if (byte == '\n') {
      if (!was_quote && record_.size() > field_start() && record_.back() == '\r') {
        record_.pop_back();
      }
      return end();
    } else if (byte == '\r' && was_quote) {
      after_quote_ = true;  // the end of a line that ends with CR LF
    } else {
      record_ += byte;
    }
    return {};
  }

  Status tsv(char byte) {
    begun_ = true;
    if (std::exchange(escaped_, false)) {
      switch (byte) {
        case 't': record_ += '\t'; break;
        case 'n': record_ += '\n'; break;
        case 'r': record_ += '\r'; break;
        case '\\': record_ += '\\'; break;
        default: (record_ += '\\') += byte;
      }
    } else if (byte == '\\') {
      escaped_ = true;
    } else if (byte == separator_) {
      ends_.push_back(record_.size());
    } else if (byte == '\n') {
      return end();
    } else {
      record_ += byte;
    }
    return {};
  }

  size_t field_start() const { return ends_.empty() ? 0 : ends_.back(); }

  Status end() {
    ends_.push_back(record_.size());
    cells_.clear();
    size_t start = 0;
    for (const size_t end : ends_) {
      cells_.push_back({std::string_view(record_).substr(start, end - start)});
      start = end;
    }
    const Status status = take_(cells_, start_line_);
    record_.clear();
    ends_.clear();
    begun_ = false;
    start_line_ = ++line_;
    return status;
  }

  const char separator_;
  const bool quotes_;
  const Take take_;
  std::string record_;        // its fields' bytes
  std::vector<size_t> ends_;  // of the fields
  std::vector<TextCell> cells_;
  bool at_start_ = true;
  bool begun_ = false;
  bool in_quotes_ = false;
  bool after_quote_ = false;
  bool escaped_ = false;
  uint64_t line_ = 1;
  uint64_t start_line_ = 1;
};

class DelimitedFile {
 public:
  DelimitedFile(const RowFile& file, StoredTables& tables, char separator, bool quotes)
      : file_(file), tables_(tables), separator_(separator), quotes_(quotes) {}

  Status read() {
    if (Status status = pass(); !status.ok()) return status;
    if (!table_) {
      return {Code::kUsage, fmt::format("{} is empty: it has not even a header", file_.path),
              "pxq writes one also for no rows"};
    }
    if (table_->is_guessing()) {
      table_->settle();
      if (Status status = pass(); !status.ok()) return status;
    }
    return table_->finish();
  }

 private:
  Status pass() {
    bool header = true;
    Records records(separator_, quotes_, [&](std::vector<TextCell>& cells, uint64_t line) {
      if (std::exchange(header, false)) return begin(cells);
      return row(cells, line);
    });
    const Status read =
        read_whole(file_.path, [&](std::string_view bytes) { return records.piece(bytes); });
    if (!read.ok()) return read;
    return records.is_whole() ? Status() : cut_line(file_.path);
  }

  Status begin(const std::vector<TextCell>& cells) {
    if (table_) return {};
    std::vector<std::string> names;
    for (const TextCell& cell : cells) names.emplace_back(cell.text);
    Result<std::optional<Schema>> schema = schema_of(file_, file_.table, names);
    if (!schema.ok()) {
      return Status(schema.status())
          .with_hint("its first line must be the header with the columns' names");
    }
    if (*schema) {
      table_ = std::make_unique<TextTable>(file_, tables_, **std::move(schema));
    } else {
      table_ = std::make_unique<TextTable>(file_, tables_, file_.table, names);
    }
    return {};
  }

  Status row(const std::vector<TextCell>& cells, uint64_t line) {
    if (cells.size() == table_->columns()) return table_->row(cells, line);
    return {Code::kUsage,
            fmt::format("{}, line {}: {}, and the header has {}", file_.path, line,
                        counted(cells.size(), "field"), table_->columns()),
            "is it of another kind than its name says?"};
  }

  const RowFile& file_;
  StoredTables& tables_;
  const char separator_;
  const bool quotes_;
  std::unique_ptr<TextTable> table_;
};

}  // namespace

Status add_csv(const RowFile& file, StoredTables& tables) {
  return DelimitedFile(file, tables, ',', true).read();
}

Status add_tsv(const RowFile& file, StoredTables& tables) {
  return DelimitedFile(file, tables, '\t', false).read();
}

}  // namespace pxq::local
