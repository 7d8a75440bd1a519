#include "local/functions/json_member.h"

#include <limits>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "local/functions/hidden_bytes.h"
#include "local/functions/json_text.h"
#include "text/utf8.h"

namespace pxq::local {
namespace {

using Json = nlohmann::json;

// Follows the parser's events. Depth 1 is inside the outermost container; `wanted()` says which of
// the values there is captured, and `writer` collects it.
class Finder : public nlohmann::json_sax<Json> {
 public:
  explicit Finder(std::string_view key) : key_(key), wants_object_(true) {}
  explicit Finder(size_t index) : index_(index) {}

  std::optional<JsonMember> take() && { return std::move(found_); }

  bool null() override {
    if (!begin_value()) return true;
    if (depth_ == 1) return end_capture();
    text_.append("null");
    return true;
  }
  bool boolean(bool value) override { return literal(value ? "true" : "false"); }
  bool number_integer(int64_t value) override { return integer(value); }
  bool number_unsigned(uint64_t value) override {
    if (value <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
      return integer(static_cast<int64_t>(value));
    }
    return literal(std::to_string(value));
  }
  bool number_float(double value, const std::string&) override {
    if (!begin_value()) return true;
    if (depth_ == 1) return capture(value);
    append_json_number(text_, value);
    return true;
  }
  bool string(std::string& value) override {
    if (!begin_value()) return true;
    if (depth_ == 1) return capture(std::move(value));
    append_json_string(text_, value);
    return true;
  }
  bool binary(Json::binary_t&) override { return true; }

  bool start_object(size_t) override { return open('{', true); }
  bool start_array(size_t) override { return open('[', false); }
  bool end_object() override { return close('}'); }
  bool end_array() override { return close(']'); }

  bool key(std::string& name) override {
    if (depth_ == 1) {
      at_key_ = wants_object_ && in_wanted_kind_ && !done_ && name == key_;
      return true;
    }
    if (!capturing_) return true;
    if (needs_comma_) text_ += ',';
    append_json_string(text_, name);
    text_ += ':';
    needs_comma_ = false;
    return true;
  }

  bool parse_error(size_t, const std::string&, const nlohmann::detail::exception&) override {
    found_.reset();
    return false;
  }

 private:
  // Whether the value that begins here belongs to the one that is wanted.
  bool begin_value() {
    if (depth_ == 1) {
      if (!in_wanted_kind_ || done_) return false;
      if (!wants_object_) at_key_ = position_++ == index_;
      if (!std::exchange(at_key_, false)) return false;
      capturing_ = true;
      return true;
    }
    if (!capturing_) return false;
    if (needs_comma_) text_ += ',';
    needs_comma_ = true;
    return true;
  }

  bool integer(int64_t value) {
    if (!begin_value()) return true;
    if (depth_ == 1) return capture(value);
    text_.append(std::to_string(value));
    return true;
  }

  bool literal(std::string_view text) {
    if (!begin_value()) return true;
    if (depth_ == 1) return capture(JsonText{std::string(text)});
    text_.append(text);
    return true;
  }

  bool open(char bracket, bool object) {
    if (depth_ == 0) {
      in_wanted_kind_ = object == wants_object_;
    } else if (begin_value()) {
      text_ += bracket;
      needs_comma_ = false;
    }
    ++depth_;
    return true;
  }

  bool close(char bracket) {
    --depth_;
    if (!capturing_ || depth_ == 0) return true;
    text_ += bracket;
    needs_comma_ = true;
    return depth_ == 1 ? capture(JsonText{std::move(text_)}) : true;
  }

  template <typename Value>
  bool capture(Value&& value) {
    found_ = JsonMember(std::forward<Value>(value));
    return end_capture();
  }

  // The rest is read for its syntax alone.
  bool end_capture() {
    capturing_ = false;
    done_ = true;
    return true;
  }

  std::string_view key_;
  size_t index_ = 0;
  bool wants_object_ = false;
  bool in_wanted_kind_ = false;
  bool at_key_ = false;
  bool capturing_ = false;
  bool needs_comma_ = false;
  bool done_ = false;
  size_t depth_ = 0;
  size_t position_ = 0;
  std::string text_;
  std::optional<JsonMember> found_;
};

// Looks for one string among an array's strings.
class Contains : public nlohmann::json_sax<Json> {
 public:
  explicit Contains(std::string_view text) : text_(text) {}

  bool is_array() const { return is_array_; }
  bool found() const { return found_; }

  bool null() override { return other(); }
  bool boolean(bool) override { return other(); }
  bool number_integer(int64_t) override { return other(); }
  bool number_unsigned(uint64_t) override { return other(); }
  bool number_float(double, const std::string&) override { return other(); }
  bool string(std::string& value) override {
    if (depth_ == 1 && !decided_ && value == text_) found_ = decided_ = true;
    return true;
  }
  bool binary(Json::binary_t&) override { return true; }
  bool start_object(size_t) override { return open(); }
  bool start_array(size_t) override {
    if (depth_ == 0) is_array_ = true;
    return open();
  }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(std::string&) override { return true; }
  bool parse_error(size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

 private:
  bool other() {
    if (depth_ == 1) decided_ = true;
    return true;
  }
  bool open() {
    if (depth_++ == 1) decided_ = true;
    return true;
  }
  bool close() {
    --depth_;
    return true;
  }

  std::string_view text_;
  size_t depth_ = 0;
  bool is_array_ = false;
  bool decided_ = false;
  bool found_ = false;
};

std::optional<JsonMember> find(std::string_view json, Finder finder) {
  if (!Json::sax_parse(json, &finder)) return std::nullopt;
  return std::move(finder).take();
}

std::optional<JsonMember> with_bytes(std::optional<JsonMember> member) {
  if (!member) return member;
  if (auto* text = std::get_if<std::string>(&*member)) *text = show_bytes(*text);
  if (auto* json = std::get_if<JsonText>(&*member)) json->text = show_bytes(json->text);
  return member;
}

}  // namespace

std::optional<JsonMember> json_member(std::string_view json, std::string_view key) {
  auto member = find(json, Finder(key));
  // Rarely does text hold bytes that are not UTF-8, so that is asked only where parsing failed.
  if (member || is_utf8(json)) return member;
  const std::string hidden_key = hide_bytes(key);
  return with_bytes(find(hide_bytes(json), Finder(std::string_view(hidden_key))));
}

std::optional<JsonMember> json_element(std::string_view json, size_t index) {
  auto member = find(json, Finder(index));
  if (member || is_utf8(json)) return member;
  return with_bytes(find(hide_bytes(json), Finder(index)));
}

std::string to_text(JsonMember&& member) {
  if (auto* text = std::get_if<std::string>(&member)) return std::move(*text);
  if (auto* json = std::get_if<JsonText>(&member)) return std::move(json->text);
  if (const auto* integer = std::get_if<int64_t>(&member)) return std::to_string(*integer);
  std::string text;
  append_json_number(text, std::get<double>(member));
  return text;
}

std::optional<bool> json_array_contains(std::string_view json, std::string_view text) {
  Contains search(text);
  if (Json::sax_parse(json, &search)) {
    return search.is_array() ? std::optional(search.found()) : std::nullopt;
  }
  if (is_utf8(json)) return std::nullopt;
  const std::string hidden = hide_bytes(text);
  Contains again(hidden);
  if (!Json::sax_parse(hide_bytes(json), &again) || !again.is_array()) return std::nullopt;
  return again.found();
}

}  // namespace pxq::local
