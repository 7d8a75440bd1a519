#include "model/row_batch.h"

namespace pxq {

Column make_column(DataType type) {
  switch (type) {
    case DataType::kBoolean: return BooleanColumn{};
    case DataType::kUint128: return Uint128Column{};
    case DataType::kFloat64: return Float64Column{};
    case DataType::kString: return StringColumn{};
    case DataType::kTime64Ns: return Time64Column{};
    case DataType::kInt64:
    case DataType::kUnknown: break;
  }
  return Int64Column{};
}

DataType column_type(const Column& column) {
  // In the order of the variant's alternatives.
  static constexpr DataType kTypes[] = {DataType::kBoolean, DataType::kInt64,  DataType::kUint128,
                                        DataType::kFloat64, DataType::kString, DataType::kTime64Ns};
  return kTypes[column.index()];
}

size_t column_size(const Column& column) {
  return std::visit([](const auto& values) { return values.size(); }, column);
}

}  // namespace pxq
