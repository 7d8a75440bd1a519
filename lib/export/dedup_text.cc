#include "export/dedup_text.h"

#include <cstddef>
#include <iterator>

#include "text/base64.h"

namespace pxq {
namespace {

// Seven bits a byte, the lowest first; the highest bit says that more follow.
void put_number(std::string& bytes, uint64_t value) {
  for (; value > 0x7f; value >>= 7) bytes.push_back(static_cast<char>(0x80 | (value & 0x7f)));
  bytes.push_back(static_cast<char>(value));
}

std::optional<uint64_t> take_number(std::string_view& bytes) {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (bytes.empty()) return std::nullopt;
    const auto byte = static_cast<uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

}  // namespace

std::string dedup_text(const DedupWindow& window, int64_t from_ns) {
  std::string bytes;
  auto before = static_cast<uint64_t>(from_ns);
  for (const auto& [row, count] : window) {
    // The distance wraps around, so that any two times have one.
    const auto time = static_cast<uint64_t>(row.time_ns);
    put_number(bytes, time - before);
    before = time;
    for (const uint8_t byte : row.hash) bytes.push_back(static_cast<char>(byte));
    put_number(bytes, count);
  }
  TextBuffer text;
  append_base64(bytes, text);
  return std::string(text.view());
}

std::optional<DedupWindow> parse_dedup_window(std::string_view text, int64_t from_ns) {
  const auto decoded = decode_base64(text);
  if (!decoded) return std::nullopt;
  DedupWindow window;
  auto time = static_cast<uint64_t>(from_ns);
  for (std::string_view bytes = *decoded; !bytes.empty();) {
    DedupRow row;
    const auto distance = take_number(bytes);
    if (!distance || bytes.size() < row.hash.size()) return std::nullopt;
    time += *distance;
    row.time_ns = static_cast<int64_t>(time);
    for (uint8_t& byte : row.hash) {
      byte = static_cast<uint8_t>(bytes.front());
      bytes.remove_prefix(1);
    }
    const auto count = take_number(bytes);
    if (!count) return std::nullopt;
    window.emplace_hint(window.end(), row, *count);
  }
  return window;
}

void bound_dedup_window(TableState& table, size_t most) {
  bound_dedup_window(table.dedup_window, table.dedup_from_ns, most);
}

void bound_dedup_window(DedupWindow& window, int64_t& from_ns, size_t most) {
  if (window.size() <= most) return;
  const auto surplus = static_cast<std::ptrdiff_t>(window.size() - most);
  from_ns = std::prev(std::next(window.begin(), surplus))->first.time_ns + 1;
  window.erase(window.begin(), window.lower_bound({from_ns, {}}));
}

}  // namespace pxq
