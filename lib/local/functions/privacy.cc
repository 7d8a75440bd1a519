// What may name a person or a machine is taken out of a text. Best effort, as Pixie says of its
// own: by form, and by check digits where there are some.

#include <re2/re2.h>

#include <string>
#include <string_view>
#include <vector>

#include "local/functions/families.h"
#include "local/functions/kernel.h"
#include "local/functions/re2_text.h"

namespace pxq::local {
namespace {

/// Whether digits, blanks and dashes between them, end in the check digit of cards and phones.
bool has_luhn_digit(std::string_view text) {
  int sum = 0;
  bool twice = false;
  for (size_t i = text.size(); i-- > 0;) {
    if (text[i] < '0' || text[i] > '9') continue;
    const int digit = (text[i] - '0') * (twice ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
    twice = !twice;
  }
  return sum % 10 == 0;
}

/// Whether an account number has the remainder that ISO 13616 asks for.
bool has_iban_digits(std::string_view text) {
  std::string plain;
  for (const char c : text) {
    if (c != ' ') plain += c;
  }
  if (plain.size() < 15) return false;
  plain = plain.substr(4) + plain.substr(0, 4);
  int rest = 0;
  for (const char c : plain) {
    const bool letter = c >= 'A' && c <= 'Z';
    const int value = letter ? c - 'A' + 10 : c - '0';
    rest = (rest * (letter ? 100 : 10) + value) % 97;
  }
  return rest == 1;
}

bool always_true(std::string_view) { return true; }

struct Rule {
  const char* pattern;
  std::string_view replacement;
  bool (*holds)(std::string_view text);
};

// The longer forms come first, so that a part of one is not taken for another.
constexpr Rule kRules[] = {
    {R"([A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,})", "<REDACTED_EMAIL>",
     always_true},
    {R"(\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b)", "<REDACTED_IBAN>",
     has_iban_digits},
    {R"(\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b)", "<REDACTED_MAC_ADDR>", always_true},
    {R"(\b(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}\b)", "<REDACTED_IPV6>", always_true},
    {R"((?:\b[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,5})?::[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,5}\b)",
     "<REDACTED_IPV6>", always_true},
    {R"(\b(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\b)",
     "<REDACTED_IPV4>", always_true},
    {R"(\b[0-9]{2}[ -]?[0-9]{6}[ -]?[0-9]{6}[ -]?[0-9]\b)", "<REDACTED_IMEI>", has_luhn_digit},
    {R"(\b[0-9](?:[ -]?[0-9]){12,18}\b)", "<REDACTED_CC_NUMBER>", has_luhn_digit},
};

std::string apply(const RE2& pattern, const Rule& rule, std::string text) {
  std::string result;
  size_t at = 0;
  re2::StringPiece found;
  while (at <= text.size() &&
         pattern.Match(re2_text(text), at, text.size(), RE2::UNANCHORED, &found, 1)) {
    const auto begin = static_cast<size_t>(found.data() - text.data());
    const std::string_view match(found.data(), found.size());
    result.append(text, at, begin - at);
    result.append(rule.holds(match) ? rule.replacement : match);
    at = begin + found.size();
  }
  if (at == 0) return text;
  return result.append(text, at, std::string::npos);
}

constexpr auto kRedact = [](std::string_view text) {
  // For ever, as a query's thread may still be at work when the process ends.
  static const std::vector<RE2*>& kPatterns = *[] {
    auto* const patterns = new std::vector<RE2*>;
    for (const Rule& rule : kRules) patterns->push_back(new RE2(rule.pattern));
    return patterns;
  }();
  std::string result(text);
  for (size_t i = 0; i < kPatterns.size(); ++i) {
    result = apply(*kPatterns[i], kRules[i], std::move(result));
  }
  return result;
};

}  // namespace

std::vector<ScalarFunction> privacy_functions() {
  return {scalar<kRedact, std::string_view>("redact_pii_best_effort")};
}

}  // namespace pxq::local
