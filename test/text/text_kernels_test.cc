#include "text/text_kernels.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <iterator>
#include <memory>
#include <random>
#include <string>

#include "text/utf8.h"

namespace pxq {
namespace {

bool quoted_by_csv(char c) { return c == ',' || c == '"' || c == '\n' || c == '\r'; }
bool printable(char c) { return c >= 0x20 && c < 0x7f; }

// What the loops must do, a byte at a time.
struct Expected {
  size_t csv_plain = 0;
  std::string csv_quoted;
  size_t json_taken = 0;
  std::string json;
  size_t printable_bytes = 0;

  explicit Expected(const std::string& in) {
    while (csv_plain < in.size() && !quoted_by_csv(in[csv_plain])) ++csv_plain;
    while (printable_bytes < in.size() && printable(in[printable_bytes])) ++printable_bytes;
    for (const char c : in) csv_quoted.append(c == '"' ? 2 : 1, c);
    for (; json_taken < in.size(); ++json_taken) {
      const char c = in[json_taken];
      const size_t escape = std::string_view("\"\\\n\r\t").find(c);
      if (escape != std::string_view::npos) {
        json += {'\\', "\"\\nrt"[escape]};
      } else if (printable(c) || c == 0x7f) {
        json += c;
      } else {
        break;
      }
    }
  }
};

/// Output room of exactly the promised size with a canary behind it.
class Room {
 public:
  explicit Room(size_t size) : bytes_(size + TextKernels::kSlack + 8, '\x5a') {}
  char* start() { return bytes_.data(); }
  std::string upto(const char* end) const { return {bytes_.data(), end}; }
  bool canary_lives() const { return bytes_.ends_with("\x5a\x5a\x5a\x5a\x5a\x5a\x5a\x5a"); }

 private:
  std::string bytes_;
};

bool is_ascii(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

// Never said of other bytes that were taken, and always said where there are no others at all.
void check_ascii(bool said, const std::string& taken, const std::string& all) {
  if (said) CHECK(is_ascii(taken));
  if (is_ascii(all)) CHECK(said);
}

void check(const TextKernels& kernels, const std::string& text) {
  INFO(kernels.name << " on " << text.size() << " bytes: " << text);
  const Expected expected(text);
  // A buffer of its own size, so that a sanitizer sees every byte read too many.
  const std::unique_ptr<char[]> in(new char[text.size()]);
  std::copy(text.begin(), text.end(), in.get());
  const size_t size = text.size();

  Room plain(size);
  const CsvCopied field = kernels.copy_csv_plain(in.get(), size, plain.start());
  CHECK(plain.upto(field.out) == text.substr(0, expected.csv_plain));
  CHECK(field.special == (expected.csv_plain != size));
  check_ascii(field.plain, text.substr(0, expected.csv_plain), text);
  Room quoted(2 * size);
  const CsvCopied inside = kernels.copy_csv_quoted(in.get(), size, quoted.start());
  CHECK(quoted.upto(inside.out) == expected.csv_quoted);
  CHECK(inside.special == (field.special && kernels.quoted_tells_special));
  check_ascii(inside.plain, text, text);
  Room json(2 * size);
  const Copied copied = kernels.copy_json(in.get(), size, json.start());
  CHECK(copied.taken == expected.json_taken);
  CHECK(json.upto(copied.out) == expected.json);
  Room shown(size);
  CHECK(kernels.copy_printable(in.get(), size, shown.start()) == expected.printable_bytes);
  CHECK(shown.upto(shown.start() + expected.printable_bytes) ==
        text.substr(0, expected.printable_bytes));
  CHECK((plain.canary_lives() && quoted.canary_lives() && json.canary_lives() &&
         shown.canary_lives()));
}

TEST_CASE("every byte value is treated the same by all kernels, at every place of a block") {
  for (const TextKernels* kernels : all_text_kernels()) {
    for (int byte = 0; byte < 256; ++byte) {
      for (const size_t before :
           std::initializer_list<size_t>{0, 1, 6, 7, 8, 14, 15, 16, 30, 32, 47, 64}) {
        check(*kernels, std::string(before, 'x') + static_cast<char>(byte));
        check(*kernels, std::string(before, 'x') + static_cast<char>(byte) + "yyyyyyyyyyyyyyyyyy");
      }
    }
  }
}

TEST_CASE("random texts of every short length come out the same by all kernels") {
  constexpr std::string_view alphabets[] = {"abc", "ab\"", "\"", "\"\\\n\r\t,a",
                                            "a\"\x01\x7f\xc3,"};
  std::mt19937 random(4711);
  for (const TextKernels* kernels : all_text_kernels()) {
    for (const std::string_view alphabet : alphabets) {
      for (size_t size = 0; size < 70; ++size) {
        std::string text(size, ' ');
        for (char& c : text) c = alphabet[random() % alphabet.size()];
        check(*kernels, text);
      }
    }
  }
}

TEST_CASE("long texts with few special bytes come out the same by all kernels") {
  std::mt19937 random(4712);
  for (const TextKernels* kernels : all_text_kernels()) {
    for (size_t size = 70; size < 400; size += 3) {
      std::string text(size, 'x');
      check(*kernels, text);
      for (const char special : {'"', '\n', '\x01', '\xc3'}) {
        text[random() % size] = special;
        check(*kernels, text);
      }
    }
  }
}

// Digits by value, and what decoding must give for a text of whole groups.
constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string decoded_slowly(const std::string& text) {
  std::string bytes;
  for (size_t at = 0; at + 4 <= text.size(); at += 4) {
    size_t bits = 0;
    for (size_t i = 0; i < 4; ++i) bits = bits << 6 | kDigits.find(text[at + i]);
    bytes += {static_cast<char>(bits >> 16), static_cast<char>(bits >> 8), static_cast<char>(bits)};
  }
  return bytes;
}

// The room ends where the kernel's promise ends, so that a sanitizer sees a byte too many.
size_t check_base64url(const TextKernels& kernels, const std::string& text) {
  const std::unique_ptr<char[]> in(new char[text.size()]);
  std::copy(text.begin(), text.end(), in.get());
  const std::unique_ptr<char[]> out(new char[text.size() / 4 * 3]);
  const size_t taken = kernels.decode_base64url(in.get(), text.size(), out.get());
  INFO(kernels.name << ": " << text);
  CHECK(taken % 4 == 0);
  REQUIRE(taken <= text.size());
  CHECK(std::string(out.get(), taken / 4 * 3) == decoded_slowly(text.substr(0, taken)));
  return taken;
}

// The rule itself, a sequence at a time.
bool is_well_formed(std::string_view text) {
  while (!text.empty()) {
    const size_t length = utf8_sequence(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool found_well_formed(const TextKernels& kernels, std::string_view text) {
  const std::unique_ptr<char[]> in(new char[text.size()]);
  std::copy(text.begin(), text.end(), in.get());
  return kernels.is_utf8(in.get(), text.size());
}

TEST_CASE("all pairs of bytes, and what may follow them, are judged the same by all kernels") {
  constexpr std::string_view rests[] = {"", "a", "\x80", "\xbf\xbf", "\x80\x80x", "\xc3\xbc"};
  for (const TextKernels* kernels : all_text_kernels()) {
    for (const size_t before : std::initializer_list<size_t>{0, 13, 29, 30, 31, 61, 62}) {
      size_t different = 0;
      for (int pair = 0; pair < 0x10000; ++pair) {
        for (const std::string_view rest : rests) {
          std::string text(before, 'x');
          text += {static_cast<char>(pair >> 8), static_cast<char>(pair)};
          text += rest;
          if (found_well_formed(*kernels, text) != is_well_formed(text)) ++different;
        }
      }
      INFO(kernels->name << " behind " << before << " bytes");
      CHECK(different == 0);
    }
  }
}

TEST_CASE("texts of sequences, some of them cut or broken, are judged the same by all kernels") {
  constexpr std::string_view parts[] = {
      "a", "\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x99\x82", "word ", "\xf4\x8f\xbf\xbf"};
  std::mt19937 random(4714);
  for (const TextKernels* kernels : all_text_kernels()) {
    for (int round = 0; round < 20000; ++round) {
      std::string text;
      for (size_t left = random() % 40; left != 0; --left)
        text += parts[random() % std::size(parts)];
      const unsigned change = random() % 4;
      if (change == 1) text.resize(random() % (text.size() + 1));
      if (change == 2 && !text.empty()) text[random() % text.size()] = static_cast<char>(random());
      INFO(kernels->name << " on " << text.size() << " bytes: " << text);
      REQUIRE(found_well_formed(*kernels, text) == is_well_formed(text));
    }
  }
}

TEST_CASE("base64url is decoded the same by all kernels, and none takes what is no digit") {
  std::mt19937 random(4713);
  for (const TextKernels* kernels : all_text_kernels()) {
    for (size_t size = 0; size < 300; size += 4) {
      std::string text(size, 'A');
      for (char& c : text) c = kDigits[random() % kDigits.size()];
      check_base64url(*kernels, text);
    }
    for (int byte = 0; byte < 256; ++byte) {
      std::string text(128, 'z');
      const size_t place = random() % text.size();
      text[place] = static_cast<char>(byte);
      const size_t taken = check_base64url(*kernels, text);
      if (kDigits.find(static_cast<char>(byte)) == std::string_view::npos) CHECK(taken <= place);
    }
  }
}

TEST_CASE("the portable kernels are there and the best ones are among all") {
  const auto all = all_text_kernels();
  CHECK(all.front()->name == "portable");
  CHECK(text_kernels().name == all.back()->name);
  for (const TextKernels* kernels : all) CHECK(&text_kernels_up_to(kernels->name) == kernels);
  CHECK(text_kernels_up_to("none of them").name == all.back()->name);
}

}  // namespace
}  // namespace pxq
