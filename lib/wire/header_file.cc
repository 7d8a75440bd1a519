#include "wire/header_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "base/letter_case.h"
#include "base/trim.h"
#include "text/byte_order_mark.h"
#include "wire/credentials.h"

namespace pxq::wire {
namespace {

constexpr std::string_view kBlank = " \t\r";

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

// Why gRPC would not carry it; nullptr where it does.
const char* fault_of(std::string_view name, std::string_view value) {
  if (name.empty() || !std::all_of(name.begin(), name.end(), is_name_character)) {
    return "the name is not one of letters, digits, '-', '_' and '.'";
  }
  if (name.starts_with("grpc-")) return "gRPC keeps names with grpc- for itself";
  if (name.ends_with("-bin")) return "a name with -bin stands for bytes, which a file cannot hold";
  if (value.empty()) return "there is no value";
  const auto printable = [](char c) { return c >= ' ' && c <= '~'; };
  if (!std::all_of(value.begin(), value.end(), printable)) {
    return "the value is not all printable ASCII";
  }
  return nullptr;
}

// Adds the header of a line, if it has one; why it cannot be, or nullptr.
const char* add_line(std::string_view line, Headers& headers) {
  line = trimmed(line, kBlank);
  if (line.empty() || line.front() == '#') return nullptr;
  const size_t at = line.find_first_of(":=");
  if (at == std::string_view::npos) return "this is neither 'Name: value' nor 'name=value'";
  std::string name = lower_case(trimmed(line.substr(0, at), kBlank));
  const std::string_view value = trimmed(line.substr(at + 1), kBlank);
  if (const char* fault = fault_of(name, value); fault != nullptr) return fault;
  const auto same = [&](const auto& header) { return header.first == name; };
  if (std::any_of(headers.begin(), headers.end(), same)) return "the name was there before";
  headers.emplace_back(std::move(name), value);
  return nullptr;
}

}  // namespace

Result<Headers> read_header_file(const std::string& path) {
  Result<std::string> content = read_private_file(path);
  if (!content.ok()) {
    return Status(Code::kUsage, fmt::format("the header file: {}", content.status().message()),
                  content.status().hint());
  }
  const Secret secret(*std::move(content));
  std::string_view rest = without_byte_order_mark(secret.reveal());
  Headers headers;
  for (size_t number = 1; !rest.empty(); ++number) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    if (const char* fault = add_line(rest.substr(0, end), headers); fault != nullptr) {
      return Status(Code::kUsage, fmt::format("{}:{}: {}", path, number, fault),
                    "a line is 'Name: value' or 'name=value', or a # comment");
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return headers;
}

}  // namespace pxq::wire
