#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pxq::local::parquet {

/// A value of Thrift's compact protocol, whatever it is. What is not there is 0, empty or null.
struct Node {
  std::map<int, Node> fields;
  std::vector<Node> list;
  int64_t number = 0;
  std::string_view bytes;  // of what was read

  const Node* find(int field) const {
    const auto found = fields.find(field);
    return found == fields.end() ? nullptr : &found->second;
  }
  const Node& at(int field) const;
  bool has(int field) const { return fields.contains(field); }
};

/// The struct at the start of `bytes`, and by how much it was shorter; nothing for bytes that are
/// none, or none that anybody would write: too deep, too many.
std::optional<Node> read_struct(std::string_view bytes, size_t& used);

/// Takes a varint off the front; nothing where it does not end.
std::optional<uint64_t> take_varint(std::string_view& bytes);

}  // namespace pxq::local::parquet
