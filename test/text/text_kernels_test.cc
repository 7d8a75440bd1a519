#include "text/text_kernels.h"

#include <catch2/catch.hpp>
#include <memory>
#include <random>
#include <string>

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

void check(const TextKernels& kernels, const std::string& text) {
  INFO(kernels.name << " on " << text.size() << " bytes: " << text);
  const Expected expected(text);
  // A buffer of its own size, so that a sanitizer sees every byte read too many.
  const std::unique_ptr<char[]> in(new char[text.size()]);
  std::copy(text.begin(), text.end(), in.get());
  const size_t size = text.size();

  Room plain(size);
  CHECK(kernels.copy_csv_plain(in.get(), size, plain.start()) == expected.csv_plain);
  CHECK(plain.upto(plain.start() + expected.csv_plain) == text.substr(0, expected.csv_plain));
  Room quoted(2 * size);
  CHECK(quoted.upto(kernels.copy_csv_quoted(in.get(), size, quoted.start())) ==
        expected.csv_quoted);
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
      for (const size_t before : std::initializer_list<size_t>{0, 1, 6, 7, 8, 14, 15, 16, 30, 32}) {
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
