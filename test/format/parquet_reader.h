#pragma once

#include <zstd.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace pxq {

/// A reader of Parquet files of REQUIRED columns, written from the format's own documents and from
/// nothing of the writer. It throws at whatever it does not understand.
class ParquetReader {
 public:
  /// A value of Thrift's compact protocol, whatever it is.
  struct Node {
    std::map<int, Node> fields;
    std::vector<Node> list;
    int64_t number = 0;
    std::string bytes;

    const Node& at(int field) const { return fields.at(field); }
    bool has(int field) const { return fields.contains(field); }
  };

  explicit ParquetReader(std::string file) : file_(std::move(file)) {
    if (file_.size() < 12 || file_.substr(0, 4) != "PAR1" || !file_.ends_with("PAR1")) {
      throw std::runtime_error("no Parquet file");
    }
    uint32_t size = 0;
    std::memcpy(&size, file_.data() + file_.size() - 8, 4);
    size_t at = file_.size() - 8 - size;
    footer_ = read_struct(at);
    if (at != file_.size() - 8) throw std::runtime_error("the footer has another length");
  }

  const Node& footer() const { return footer_; }
  int64_t rows() const { return footer_.at(3).number; }
  size_t groups() const { return footer_.at(4).list.size(); }
  /// Of a column; the root of the schema stands before them.
  const Node& schema(size_t column) const { return footer_.at(2).list.at(column + 1); }

  std::map<std::string, std::string> metadata() const {
    std::map<std::string, std::string> pairs;
    for (const Node& pair : footer_.at(5).list) pairs[pair.at(1).bytes] = pair.at(2).bytes;
    return pairs;
  }

  /// The cells of a column in the plain encoding, without the lengths of texts.
  std::vector<std::string> column(size_t index) const {
    std::vector<std::string> cells;
    for (const Node& group : footer_.at(4).list) {
      read_chunk(group.at(1).list.at(index).at(3), schema(index), cells);
    }
    return cells;
  }

  /// The statistics of a column in one row group.
  const Node& statistics(size_t group, size_t column) const {
    return footer_.at(4).list.at(group).at(1).list.at(column).at(3).at(12);
  }

 private:
  uint8_t byte(size_t& at) const { return static_cast<uint8_t>(file_.at(at++)); }

  static uint64_t varint(std::string_view bytes, size_t& at) {
    uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      const auto next = static_cast<uint8_t>(bytes.at(at++));
      value |= uint64_t{next & 0x7fU} << shift;
      if (next < 0x80) return value;
    }
  }

  int64_t zigzag(size_t& at) const {
    const uint64_t value = varint(file_, at);
    return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
  }

  Node read_value(uint8_t type, size_t& at) const {
    Node node;
    switch (type) {
      case 1:
      case 2: node.number = type == 1; return node;
      case 4:
      case 5:
      case 6: node.number = zigzag(at); return node;
      case 8: {
        const uint64_t size = varint(file_, at);
        node.bytes = file_.substr(at, size);
        at += size;
        return node;
      }
      case 9: {
        const uint8_t head = byte(at);
        const uint64_t count = head >> 4 == 15 ? varint(file_, at) : head >> 4;
        for (uint64_t i = 0; i < count; ++i) node.list.push_back(read_value(head & 15, at));
        return node;
      }
      case 12: return read_struct(at);
      default: throw std::runtime_error("a type of Thrift that is not known");
    }
  }

  Node read_struct(size_t& at) const {
    Node node;
    int field = 0;
    while (const uint8_t head = byte(at)) {
      field = head >> 4 == 0 ? static_cast<int>(zigzag(at)) : field + (head >> 4);
      node.fields[field] = read_value(head & 15, at);
    }
    return node;
  }

  void read_chunk(const Node& meta, const Node& schema, std::vector<std::string>& cells) const {
    auto at = static_cast<size_t>((meta.has(11) ? meta.at(11) : meta.at(9)).number);
    const size_t start = at;
    int64_t left = meta.at(5).number;
    std::vector<std::string> dictionary;
    while (left > 0) {
      const Node header = read_struct(at);
      const std::string page = unpack(at, header);
      at += static_cast<size_t>(header.at(3).number);
      if (header.at(1).number == 2) {
        read_plain(page, header.at(7).at(1).number, schema, dictionary);
        continue;
      }
      const Node& data = header.at(5);
      left -= data.at(1).number;
      if (data.at(2).number == 0) {
        read_plain(page, data.at(1).number, schema, cells);
      } else {
        for (const uint64_t index : read_indices(page, data.at(1).number)) {
          cells.push_back(dictionary.at(index));
        }
      }
    }
    if (at - start != static_cast<size_t>(meta.at(7).number)) {
      throw std::runtime_error("a column has another size than its metadata says");
    }
  }

  std::string unpack(size_t at, const Node& header) const {
    std::string page(static_cast<size_t>(header.at(2).number), '\0');
    const size_t size = ZSTD_decompress(page.data(), page.size(), file_.data() + at,
                                        static_cast<size_t>(header.at(3).number));
    if (size != page.size()) throw std::runtime_error("a page has another size");
    return page;
  }

  static void read_plain(const std::string& page, int64_t count, const Node& schema,
                         std::vector<std::string>& cells) {
    size_t at = 0;
    for (int64_t i = 0; i < count; ++i) {
      size_t size = 8;
      if (schema.at(1).number == 0) {  // BOOLEAN
        const auto bits = static_cast<uint8_t>(page.at(static_cast<size_t>(i / 8)));
        cells.push_back((bits >> (i % 8) & 1) != 0 ? "1" : "0");
        continue;
      }
      if (schema.at(1).number == 7) size = static_cast<size_t>(schema.at(2).number);
      if (schema.at(1).number == 6) {
        uint32_t length = 0;
        std::memcpy(&length, page.data() + at, 4);
        at += 4;
        size = length;
      }
      if (at + size > page.size()) throw std::runtime_error("a value ends behind its page");
      cells.push_back(page.substr(at, size));
      at += size;
    }
    if (schema.at(1).number != 0 && at != page.size()) throw std::runtime_error("bytes are left");
  }

  static std::vector<uint64_t> read_indices(const std::string& page, int64_t count) {
    const auto bits = static_cast<uint8_t>(page.at(0));
    std::vector<uint64_t> indices;
    size_t at = 1;
    while (static_cast<int64_t>(indices.size()) < count) {
      const uint64_t head = varint(page, at);
      if ((head & 1) == 0) {
        uint64_t value = 0;
        for (size_t i = 0; i < (bits + 7U) / 8; ++i) {
          value |= uint64_t{static_cast<uint8_t>(page.at(at++))} << 8 * i;
        }
        indices.insert(indices.end(), head >> 1, value);
        continue;
      }
      for (size_t bit = 0; bit < (head >> 1) * 8 * bits; bit += bits) {
        uint64_t value = 0;
        for (size_t i = 0; i < bits; ++i) {
          const auto byte = static_cast<uint8_t>(page.at(at + (bit + i) / 8));
          value |= uint64_t{byte >> (bit + i) % 8 & 1U} << i;
        }
        indices.push_back(value);
      }
      at += (head >> 1) * bits;
    }
    indices.resize(static_cast<size_t>(count));
    if (at != page.size()) throw std::runtime_error("bytes are left behind the indices");
    return indices;
  }

  std::string file_;
  Node footer_;
};

}  // namespace pxq
