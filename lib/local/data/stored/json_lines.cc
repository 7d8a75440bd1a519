#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "format/names.h"
#include "local/data/stored/row_text.h"
#include "text/json.h"
#include "text/visible.h"

namespace pxq::local {
namespace {

using nlohmann::json;

constexpr size_t kLongestLine = size_t{256} << 20;

/// The members of one flat object, values as text.
class FlatObject final : public nlohmann::json_sax<json> {
 public:
  struct Member {
    std::string key;
    std::string text;
    TextCell::Kind kind = TextCell::Kind::kPlain;
  };

  void clear() {
    count_ = depth_ = 0;
    is_flat_ = true;
    too_large_.clear();
  }
  std::span<const Member> members() const { return std::span(members_).first(count_); }
  bool is_flat() const { return is_flat_; }
  /// The number that no double holds, of the last member; empty where there is none.
  const std::string& too_large() const { return too_large_; }
  const std::string& last_key() const { return members_[count_].key; }

  bool null() override { return put({}, TextCell::Kind::kNothing); }
  bool boolean(bool value) override { return put(value ? "true" : "false"); }
  // Only what begins with a minus comes here: a zero is the double -0.
  bool number_integer(number_integer_t value) override {
    return put(value == 0 ? std::string("-0") : fmt::format("{}", value));
  }
  bool number_unsigned(number_unsigned_t value) override { return put(fmt::format("{}", value)); }
  // The text as it stands, so that no digit is lost.
  bool number_float(number_float_t /*value*/, const string_t& text) override { return put(text); }
  bool string(string_t& value) override {
    return put(original_bytes(value), TextCell::Kind::kText);
  }
  bool binary(binary_t& /*value*/) override { return false; }
  bool start_object(std::size_t /*elements*/) override {
    is_flat_ = is_flat_ && depth_ == 0;
    ++depth_;
    return is_flat_;
  }
  bool key(string_t& value) override {
    if (members_.size() == count_) members_.emplace_back();
    members_[count_].key = original_bytes(value);
    return true;
  }
  bool end_object() override { return true; }
  bool start_array(std::size_t /*elements*/) override { return is_flat_ = false; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t /*position*/, const std::string& token,
                   const json::exception& error) override {
    constexpr int kOutOfRange = 406;  // of the library's numbers of errors
    if (error.id == kOutOfRange && depth_ != 0) too_large_ = token;
    return false;
  }

 private:
  bool put(std::string text, TextCell::Kind kind = TextCell::Kind::kPlain) {
    if (depth_ == 0) return is_flat_ = false;
    members_[count_].text = std::move(text);
    members_[count_].kind = kind;
    ++count_;
    return true;
  }

  std::vector<Member> members_;  // reused from line to line
  size_t count_ = 0;
  size_t depth_ = 0;
  bool is_flat_ = true;
  std::string too_large_;
};

class LinesFile {
 public:
  LinesFile(const RowFile& file, StoredTables& tables) : file_(file), tables_(tables) {}

  Status read() {
    if (Status status = pass(); !status.ok()) return status;
    if (rows_.empty()) return no_rows();
    bool guessing = false;
    for (auto& [name, table] : rows_) {
      if (table->is_guessing()) {
        guessing = true;
        table->settle();
      } else {
        settled_.push_back(table.get());
      }
    }
    if (guessing) {
      if (Status status = pass(); !status.ok()) return status;
    }
    for (auto& [name, table] : rows_) {
      if (Status status = table->finish(); !status.ok()) return status;
    }
    return {};
  }

 private:
  // Without a row only a schema tells which tables there are.
  Status no_rows() {
    if (file_.schemas.empty()) {
      return {Code::kUsage, fmt::format("{} is empty, and no schema tells its columns", file_.path),
              "`--schema FILE` of pxq run and pxq export writes one"};
    }
    for (const Schema& schema : file_.schemas) {
      const Result<size_t> made = tables_.table(schema, file_.path);
      if (!made.ok()) return made.status();
    }
    return {};
  }

  Status pass() {
    std::string rest;
    uint64_t number = 0;
    const Status read = read_whole(file_.path, [&](std::string_view bytes) -> Status {
      while (true) {
        const size_t end = bytes.find('\n');
        if (end == std::string_view::npos) break;
        std::string_view text = bytes.substr(0, end);
        if (!rest.empty()) text = rest.append(text);
        if (Status status = line(text, ++number); !status.ok()) return status;
        rest.clear();
        bytes.remove_prefix(end + 1);
      }
      rest.append(bytes);
      if (rest.size() <= kLongestLine) return {};
      return {Code::kLimit, fmt::format("{}, line {}: longer than {} MiB", file_.path, number + 1,
                                        kLongestLine >> 20)};
    });
    if (!read.ok()) return read;
    return rest.empty() ? Status() : cut_line(file_.path);
  }

  Status wrong(uint64_t number, std::string_view why) const {
    return {Code::kUsage, fmt::format("{}, line {}: {}", file_.path, number, why),
            "JSON lines have one flat object a line"};
  }

  Status too_large(uint64_t number) const {
    constexpr size_t kShown = 40;
    return {
        Code::kUsage,
        fmt::format("{}, line {}: {} in column '{}' is a number that no FLOAT64 holds", file_.path,
                    number, object_.too_large().substr(0, kShown), visible(object_.last_key())),
        "numbers lie between -1.8e308 and 1.8e308; in quotes it is a text"};
  }

  Status line(std::string_view text, uint64_t number) {
    if (text.ends_with('\r')) text.remove_suffix(1);
    object_.clear();
    if (!json::sax_parse(text, &object_)) {
      if (!object_.too_large().empty()) return too_large(number);
      return wrong(number,
                   object_.is_flat() ? "it is no JSON" : "a value is an object or an array");
    }
    std::string_view name = file_.table;
    std::span<const FlatObject::Member> members = object_.members();
    if (!members.empty() && members.front().key == kTableKey) {
      name = members.front().text;
      members = members.subspan(1);
    }
    const Result<TextTable*> table = table_of(name, members);
    if (!table.ok()) return table.status();
    if (std::ranges::find(settled_, *table) != settled_.end()) return {};
    return row(**table, members, number);
  }

  Result<TextTable*> table_of(std::string_view name, std::span<const FlatObject::Member> members) {
    const auto known = rows_.find(name);
    if (known != rows_.end()) return known->second.get();
    std::vector<std::string> columns;
    for (const FlatObject::Member& member : members) columns.push_back(member.key);
    Result<std::optional<Schema>> schema = schema_of(file_, name, columns);
    if (!schema.ok()) return schema.status();
    auto made = *schema ? std::make_unique<TextTable>(file_, tables_, **std::move(schema))
                        : std::make_unique<TextTable>(file_, tables_, std::string(name), columns);
    return rows_.emplace(name, std::move(made)).first->second.get();
  }

  /// Members in whatever order, each once.
  Status row(TextTable& table, std::span<const FlatObject::Member> members, uint64_t number) {
    if (members.size() != table.columns()) {
      return wrong(number, fmt::format("{}, and the first row has {}",
                                       counted(members.size(), "member"), table.columns()));
    }
    cells_.resize(members.size());
    for (size_t i = 0; i < members.size(); ++i) {
      const FlatObject::Member* member = &members[i];
      if (member->key != table.column(i)) {
        const auto found = std::ranges::find(members, table.column(i), &FlatObject::Member::key);
        if (found == members.end()) {
          return wrong(number, fmt::format("it has no '{}'", visible(table.column(i))));
        }
        member = &*found;
      }
      cells_[i] = {member->text, member->kind};
    }
    return table.row(cells_, number);
  }

  const RowFile& file_;
  StoredTables& tables_;
  FlatObject object_;
  std::vector<TextCell> cells_;
  std::map<std::string, std::unique_ptr<TextTable>, std::less<>> rows_;
  std::vector<const TextTable*> settled_;  // of which the first reading had all
};

}  // namespace

Status add_json_lines(const RowFile& file, StoredTables& tables) {
  return LinesFile(file, tables).read();
}

}  // namespace pxq::local
