#include "script/script_text.h"

#include <fmt/format.h>

#include <cstdint>

#include "text/byte_order_mark.h"
#include "text/utf8.h"

namespace pxq {
namespace {

bool has_statement(std::string_view text) {
  text = without_byte_order_mark(text);
  while (!text.empty()) {
    const size_t end = text.find_first_of("\r\n");
    const std::string_view line = text.substr(0, end);
    const size_t first = line.find_first_not_of(" \t\f\v");
    if (first != std::string_view::npos && line[first] != '#') return true;
    if (end == std::string_view::npos) return false;
    text.remove_prefix(end + 1);
  }
  return false;
}

bool looks_like_utf16(std::string_view text) {
  return text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
}

Status check_script_text(std::string_view text, const std::string& source) {
  if (text.size() > kMaxRequestBytes) {
    return {Code::kUsage,
            fmt::format("{}: {} bytes are more than a Vizier takes (4 MiB)", source, text.size())};
  }
  if (looks_like_utf16(text)) {
    return {Code::kUsage, fmt::format("{}: byte 0: the script is UTF-16, not UTF-8", source),
            "save it as UTF-8"};
  }
  if (const size_t nul = text.find('\0'); nul != std::string_view::npos) {
    return {Code::kUsage, fmt::format("{}: byte {} is NUL; a script is text", source, nul)};
  }
  if (const auto bad = find_invalid_utf8(text)) {
    return {Code::kUsage,
            fmt::format("{}: byte {} (0x{:02x}) is not UTF-8", source, *bad,
                        static_cast<uint8_t>(text[*bad])),
            "save the script as UTF-8"};
  }
  if (text.empty()) return {Code::kUsage, source + ": the script is empty"};
  if (!has_statement(text)) {
    return {Code::kUsage, source + ": nothing to run: only blanks and comments"};
  }
  return {};
}

}  // namespace

std::optional<size_t> find_invalid_utf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const size_t length = utf8_sequence(text.substr(i));
    if (length == 0) return i;
    i += length;
  }
  return std::nullopt;
}

Result<std::string> script_text(std::string bytes, const std::string& source) {
  if (Status usable = check_script_text(bytes, source); !usable.ok()) return usable;
  bytes.erase(0, bytes.size() - without_byte_order_mark(bytes).size());
  return bytes;
}

}  // namespace pxq
