#include "export/seam_text.h"

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

std::string seam_text(const Seam& seam, int64_t from_ns) {
  std::string bytes;
  auto before = static_cast<uint64_t>(from_ns);
  for (const auto& [row, count] : seam) {
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

std::optional<Seam> parse_seam(std::string_view text, int64_t from_ns) {
  const auto decoded = decode_base64(text);
  if (!decoded) return std::nullopt;
  Seam seam;
  auto time = static_cast<uint64_t>(from_ns);
  for (std::string_view bytes = *decoded; !bytes.empty();) {
    SeamRow row;
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
    seam.emplace_hint(seam.end(), row, *count);
  }
  return seam;
}

void bound_seam(TableState& table, size_t most) {
  bound_seam(table.seam, table.seam_from_ns, most);
}

void bound_seam(Seam& seam, int64_t& from_ns, size_t most) {
  if (seam.size() <= most) return;
  const auto surplus = static_cast<std::ptrdiff_t>(seam.size() - most);
  from_ns = std::prev(std::next(seam.begin(), surplus))->first.time_ns + 1;
  seam.erase(seam.begin(), seam.lower_bound({from_ns, {}}));
}

}  // namespace pxq
