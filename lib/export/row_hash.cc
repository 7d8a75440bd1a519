#include "export/row_hash.h"

#include <algorithm>
#include <bit>
#include <nlohmann/json.hpp>
#include <string_view>
#include <variant>

#include "base/digest.h"

namespace pxq {
namespace {

void put(std::string& bytes, uint64_t value) {
  // Byte by byte, so that a state means the same on every machine.
  for (int shift = 0; shift < 64; shift += 8) bytes.push_back(static_cast<char>(value >> shift));
}

void put(std::string& bytes, uint8_t value) { bytes.push_back(static_cast<char>(value)); }
void put(std::string& bytes, int64_t value) { put(bytes, static_cast<uint64_t>(value)); }
void put(std::string& bytes, Uint128 value) {
  put(bytes, value.high);
  put(bytes, value.low);
}
void put(std::string& bytes, double value) { put(bytes, std::bit_cast<uint64_t>(value)); }
void put(std::string& bytes, std::string_view value) {
  // The length comes first, so that two cells are never taken for two others that only join to the
  // same text.
  put(bytes, static_cast<uint64_t>(value.size()));
  bytes.append(value);
}
void put(std::string& bytes, Time64 value) { put(bytes, value.ns); }

void put(std::string& bytes, const Column& column, size_t row) {
  bytes.push_back(static_cast<char>(column.index()));
  std::visit([&](const auto& values) { put(bytes, values[row]); }, column);
}

RowHash digest(const std::string& bytes) {
  const auto sum = sha256(bytes);
  RowHash hash;
  std::copy_n(sum.begin(), hash.size(), hash.begin());
  return hash;
}

// What a script reference shows; of a cell that is none, all of it.
std::string label(std::string_view cell) {
  const auto link = nlohmann::json::parse(cell, nullptr, false);
  if (!link.is_object() || !link.contains("label")) return std::string(cell);
  return link["label"].dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

bool is_upid(const ColumnInfo& column) {
  return column.type == DataType::kUint128 && column.semantic == SemanticType::kUpid;
}

// Pixie finds these by the upid when it is asked. cmdline has no semantic type of its own.
bool is_name_of_upid(const ColumnInfo& column) {
  if (column.type != DataType::kString) return false;
  switch (column.semantic) {
    case SemanticType::kServiceName:
    case SemanticType::kPodName:
    case SemanticType::kPodPhase:
    case SemanticType::kPodStatus:
    case SemanticType::kNodeName:
    case SemanticType::kContainerName:
    case SemanticType::kContainerState:
    case SemanticType::kContainerStatus:
    case SemanticType::kNamespaceName: return true;
    default: return column.name == "cmdline" || column.name == "container";
  }
}

// FNV-1a, folded; 0 stands for no origin.
Origin folded(std::string_view bytes) {
  uint64_t sum = 0xcbf29ce484222325u;
  for (const char byte : bytes) sum = (sum ^ static_cast<unsigned char>(byte)) * 0x100000001b3u;
  const auto folded = static_cast<Origin>(sum ^ sum >> 16 ^ sum >> 32 ^ sum >> 48);
  return folded == 0 ? Origin{1} : folded;
}

}  // namespace

RowHash row_hash(const RowBatch& batch, size_t row) {
  std::string bytes;
  for (const Column& column : batch.columns) put(bytes, column, row);
  return digest(bytes);
}

RowIdentity::RowIdentity(const Schema& schema) {
  const auto upid = std::ranges::find_if(schema.columns, is_upid);
  const bool has_upid = upid != schema.columns.end();
  auto place = upid;
  if (!has_upid) {
    place = std::ranges::find_if(schema.columns, [](const ColumnInfo& column) {
      return column.type == DataType::kString && column.semantic == SemanticType::kNodeName;
    });
  }
  if (place != schema.columns.end()) {
    origin_ = static_cast<size_t>(place - schema.columns.begin());
    differs_ = true;
  }
  for (const ColumnInfo& column : schema.columns) {
    const bool link =
        column.type == DataType::kString && column.semantic == SemanticType::kScriptReference;
    const bool name = has_upid && is_name_of_upid(column);
    parts_.push_back(link ? Part::kLabel : name ? Part::kNothing : Part::kValue);
    differs_ = differs_ || link || name;
  }
}

RowHash RowIdentity::hash(const RowBatch& batch, size_t row) const {
  if (!differs_) return row_hash(batch, row);
  std::string bytes;
  for (size_t i = 0; i < batch.columns.size(); ++i) {
    const Part part = i < parts_.size() ? parts_[i] : Part::kValue;
    if (part == Part::kValue) put(bytes, batch.columns[i], row);
    if (part == Part::kLabel) {
      put(bytes, std::string_view(label(std::get<StringColumn>(batch.columns[i])[row])));
    }
  }
  RowHash made = digest(bytes);
  if (origin_) {
    // Two bytes of the hash give way to the origin, so that a state tells whose a row is and keeps
    // no more for it.
    const Origin from = origin(batch, row);
    made[0] = static_cast<uint8_t>(from);
    made[1] = static_cast<uint8_t>(from >> 8);
  }
  return made;
}

Origin RowIdentity::origin(const RowBatch& batch, size_t row) const {
  if (!origin_) return 0;
  const Column& column = batch.columns[*origin_];
  if (const auto* upids = std::get_if<Uint128Column>(&column)) {
    // The upper half of a UPID's first word is the agent's short id.
    const auto agent = static_cast<uint32_t>((*upids)[row].high >> 32);
    return static_cast<Origin>(agent ^ agent >> 16) == 0 ? Origin{1}
                                                         : static_cast<Origin>(agent ^ agent >> 16);
  }
  return folded(std::get<StringColumn>(column)[row]);
}

Origin RowIdentity::origin(const RowHash& hash) const {
  if (!origin_) return 0;
  return static_cast<Origin>(hash[0] | hash[1] << 8);
}

}  // namespace pxq
