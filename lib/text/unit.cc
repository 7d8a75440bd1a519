#include "text/unit.h"

namespace pxq {
namespace {

constexpr std::string_view kMoment = "ns since 1970-01-01T00:00:00Z";

struct Meaning {
  SemanticType semantic;
  std::string_view unit;  // of the raw value
  std::string_view word;  // for people, who see it scaled
};

// The one table of units.
constexpr Meaning kMeanings[] = {
    {SemanticType::kTimeNs, kMoment, "time"},
    {SemanticType::kDurationNs, "ns", "duration"},
    {SemanticType::kBytes, "bytes", "bytes"},
    {SemanticType::kPercent, "fraction", "percent"},
    {SemanticType::kThroughputPerNs, "1/ns", "rate"},
    {SemanticType::kThroughputBytesPerNs, "bytes/ns", "bytes/s"},
    {SemanticType::kQuantiles, "", "quantiles"},
    {SemanticType::kDurationNsQuantiles, "ns", "duration"},
    {SemanticType::kUpid, "", "upid"},
    {SemanticType::kScriptReference, "", "script"},
};

const Meaning* meaning_of(DataType type, SemanticType semantic) {
  if (type == DataType::kTime64Ns) semantic = SemanticType::kTimeNs;
  for (const Meaning& meaning : kMeanings) {
    if (meaning.semantic == semantic) return &meaning;
  }
  return nullptr;
}

}  // namespace

std::string_view unit_of(const ColumnInfo& column) {
  const Meaning* meaning = meaning_of(column.type, column.semantic);
  return meaning == nullptr ? std::string_view() : meaning->unit;
}

std::string_view unit_word(DataType type, SemanticType semantic) {
  if (const Meaning* meaning = meaning_of(type, semantic)) return meaning->word;
  switch (type) {
    case DataType::kBoolean: return "bool";
    case DataType::kInt64: return "int64";
    case DataType::kUint128: return "uint128";
    case DataType::kFloat64: return "float64";
    case DataType::kString: return "string";
    default: return "unknown";
  }
}

}  // namespace pxq
