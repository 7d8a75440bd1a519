#include "local/data/stored/parquet/compact_reader.h"

namespace pxq::local::parquet {
namespace {

constexpr int kDeepest = 24;

// https://github.com/apache/thrift, doc/specs/thrift-compact-protocol.md
enum Type : uint8_t {
  kTrue = 1,
  kFalse = 2,
  kByte = 3,
  kI16 = 4,
  kI32 = 5,
  kI64 = 6,
  kFloat64 = 7,
  kBinary = 8,
  kList = 9,
  kSet = 10,
  kStruct = 12
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : left_(bytes) {}

  bool structure(Node& node, int depth) {
    if (depth > kDeepest) return false;
    int field = 0;
    while (true) {
      uint8_t head = 0;
      if (!byte(head)) return false;
      if (head == 0) return true;
      if (head >> 4 != 0) {
        field += head >> 4;
      } else {
        int64_t number = 0;
        if (!zigzag(number)) return false;
        field = static_cast<int>(number);
      }
      if (!value(head & 15, node.fields[field], depth + 1)) return false;
    }
  }

  size_t left() const { return left_.size(); }

 private:
  bool byte(uint8_t& value) {
    if (left_.empty()) return false;
    value = static_cast<uint8_t>(left_.front());
    left_.remove_prefix(1);
    return true;
  }

  bool zigzag(int64_t& value) {
    const auto raw = take_varint(left_);
    if (!raw) return false;
    value = static_cast<int64_t>(*raw >> 1) ^ -static_cast<int64_t>(*raw & 1);
    return true;
  }

  bool take(size_t count, std::string_view& bytes) {
    if (left_.size() < count) return false;
    bytes = left_.substr(0, count);
    left_.remove_prefix(count);
    return true;
  }

  bool list(Node& node, int depth) {
    uint8_t head = 0;
    if (!byte(head)) return false;
    uint64_t count = head >> 4;
    if (count == 15) {
      const auto longer = take_varint(left_);
      if (!longer) return false;
      count = *longer;
    }
    if (count > left_.size()) return false;  // each takes a byte at least
    for (uint64_t i = 0; i < count; ++i) {
      const uint8_t type = head & 15;
      Node& element = node.list.emplace_back();
      if (type == kTrue || type == kFalse) {
        uint8_t flag = 0;
        if (!byte(flag)) return false;
        element.number = flag == kTrue;
      } else if (!value(type, element, depth)) {
        return false;
      }
    }
    return true;
  }

  bool value(uint8_t type, Node& node, int depth) {
    if (depth > kDeepest) return false;
    switch (type) {
      case kTrue:
      case kFalse: node.number = type == kTrue; return true;
      case kByte: return take(1, node.bytes);
      case kI16:
      case kI32:
      case kI64: return zigzag(node.number);
      case kFloat64: return take(8, node.bytes);
      case kBinary: {
        const auto size = take_varint(left_);
        return size && take(*size, node.bytes);
      }
      case kList:
      case kSet: return list(node, depth + 1);
      case kStruct: return structure(node, depth + 1);
      default: return false;
    }
  }

  std::string_view left_;
};

}  // namespace

const Node& Node::at(int field) const {
  static const Node kNothing;
  const Node* const found = find(field);
  return found == nullptr ? kNothing : *found;
}

std::optional<uint64_t> take_varint(std::string_view& bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < bytes.size() && i < 10; ++i) {
    const auto next = static_cast<uint8_t>(bytes[i]);
    value |= uint64_t{next & 0x7fU} << (7 * i);
    if (next >= 0x80) continue;
    bytes.remove_prefix(i + 1);
    return value;
  }
  return std::nullopt;
}

std::optional<Node> read_struct(std::string_view bytes, size_t& used) {
  Reader reader(bytes);
  Node node;
  if (!reader.structure(node, 0)) return std::nullopt;
  used = bytes.size() - reader.left();
  return node;
}

}  // namespace pxq::local::parquet
