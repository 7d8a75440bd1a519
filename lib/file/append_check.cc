#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "file/append.h"
#include "text/json_bytes.h"
#include "text/shell_word.h"

namespace pxq {
namespace {

constexpr const char* kTableKey = "_table_";
// Bounds the memory for a file that has no line end at all.
constexpr size_t kLongestFirstRecord = 16 << 20;

/// Follows a file's records from its first byte: where the last whole one ends, and how many there
/// are. In CSV an LF within quotes ends nothing.
class RecordWalk {
 public:
  explicit RecordWalk(LineFormat format) : quoting_(format == LineFormat::kCsv) {}

  void take(std::string_view bytes) {
    for (const char byte : bytes) {
      ++size_;
      if (quoting_ && byte == '"') in_quotes_ = !in_quotes_;
      if (first_.size() < kLongestFirstRecord && records_ == 0) first_ += byte;
      if (byte != '\n' || in_quotes_) continue;
      ++records_;
      whole_ = size_;
    }
  }

  uint64_t size() const { return size_; }
  uint64_t whole() const { return whole_; }
  uint64_t records() const { return records_; }
  const std::string& first() const { return first_; }  // with its LF

 private:
  bool quoting_;
  bool in_quotes_ = false;
  uint64_t size_ = 0;
  uint64_t whole_ = 0;
  uint64_t records_ = 0;
  std::string first_;
};

Status another_schema(const std::string& path, const std::string& difference) {
  return {Code::kOutput, fmt::format("{} holds another schema: {}", path, difference),
          "write to a new file, or move this one away"};
}

using Json = nlohmann::ordered_json;

std::string kind(const Json& value) {
  // JSON knows one kind of number; the library tells signed, unsigned and floating ones apart.
  return value.is_number() ? "number" : std::string(value.type_name());
}

/// Null fits every kind: that is how a missing number is written.
Status compare_keys(const std::string& path, const std::string& there, const AppendSample& ours) {
  Json old_row = Json::parse(there, nullptr, false);
  Json new_row = Json::parse(ours.record, nullptr, false);
  if (!old_row.is_object()) return another_schema(path, "its first line is not a JSON object");
  // A file of several tables tells nothing about those that its first line is not of.
  if (old_row.contains(kTableKey) && old_row[kTableKey] != json_text(ours.table)) return {};
  old_row.erase(kTableKey);
  new_row.erase(kTableKey);
  std::string old_keys;
  std::string new_keys;
  for (const auto& [key, value] : old_row.items()) old_keys += (old_keys.empty() ? "" : ",") + key;
  for (const auto& [key, value] : new_row.items()) new_keys += (new_keys.empty() ? "" : ",") + key;
  if (old_keys != new_keys) {
    return another_schema(path, fmt::format("it has {}, the new rows have {}", old_keys, new_keys));
  }
  for (const auto& [key, value] : new_row.items()) {
    const Json& old_value = old_row[key];
    if (old_value.is_null() || value.is_null() || kind(old_value) == kind(value)) continue;
    return another_schema(
        path, fmt::format("'{}' is a {} there and a {} here", key, kind(old_value), kind(value)));
  }
  return {};
}

std::string without_line_end(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace

Result<bool> check_append(const std::string& path, const AppendSample& sample) {
  RecordWalk walk(sample.format);
  const Compression compression = compression_of(path);
  const Status read = read_unpacked(path, compression, [&](std::string_view bytes) {
    walk.take(bytes);
    return Status();
  });
  if (!read.ok()) return read;
  if (walk.size() == 0) return false;
  if (walk.whole() != walk.size()) {
    return Status(
        Code::kOutput,
        fmt::format("{}: record {} is torn: {} bytes from byte {} on do not end", path,
                    walk.records() + 1, walk.size() - walk.whole(), walk.whole()),
        compression == Compression::kNone
            ? fmt::format("cut it off with: truncate -s {} {}", walk.whole(), shell_word(path))
            : "unpack it, cut that record off and pack it again");
  }
  if (!sample.header.empty() && walk.first() != sample.header) {
    return another_schema(
        path, fmt::format("its header is {}, the new rows have {}", without_line_end(walk.first()),
                          without_line_end(sample.header)));
  }
  if (!sample.record.empty() && sample.format == LineFormat::kJsonLines) {
    auto same = compare_keys(path, walk.first(), sample);
    if (!same.ok()) return same;
  }
  return true;
}

}  // namespace pxq
