#include "text/spreadsheet.h"

#include <algorithm>
#include <array>

#include "text/byte_order_mark.h"

namespace pxq {
namespace {

// A double has room for 15 decimal digits, and a spreadsheet has no other number.
constexpr size_t kDigitsKept = 15;

// Full-width forms: spreadsheets of Japanese and Chinese locales take them as the others.
constexpr std::array<std::string_view, 4> kWideSigns = {"\xef\xbc\x9d", "\xef\xbc\x8b",
                                                        "\xef\xbc\x8d", "\xef\xbc\xa0"};

bool is_sign(char byte) {
  return std::string_view("=+-@\t\r\n").find(byte) != std::string_view::npos;
}

// What import filters may take away before they look at a cell.
std::string_view without_lead(std::string_view text) {
  while (!text.empty()) {
    if (text.starts_with(kByteOrderMark)) {
      text.remove_prefix(kByteOrderMark.size());
    } else if (text.front() == '"' || text.front() == ' ') {
      text.remove_prefix(1);
    } else {
      break;
    }
  }
  return text;
}

}  // namespace

bool runs_as_formula(std::string_view text) {
  text = without_lead(text);
  if (text.empty()) return false;
  return is_sign(text.front()) || std::ranges::any_of(kWideSigns, [text](std::string_view sign) {
           return text.starts_with(sign);
         });
}

bool loses_digits(std::string_view text) {
  const bool many = text.size() > kDigitsKept;
  const bool zeros = text.size() > 1 && text.front() == '0';
  if (!many && !zeros) return false;
  return std::ranges::all_of(text, [](char byte) { return byte >= '0' && byte <= '9'; });
}

}  // namespace pxq
