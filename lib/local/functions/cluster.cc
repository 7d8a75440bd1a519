// Aggregates that only a cluster can run: their signatures, so that scripts which use them compile.

#include "local/functions/families.h"
#include "local/functions/semantics.h"

namespace pxq::local {

std::vector<AggregateFunction> cluster_aggregates() {
  return {{.name = "sample",
           .argument = DataType::kString,
           .result = DataType::kString,
           .semantic = no_semantic,
           .make = nullptr},
          {.name = "pprof",  // stack traces, their counts, the sampling period
           .argument = DataType::kString,
           .result = DataType::kString,
           .semantic = no_semantic,
           .make = nullptr,
           .more_arguments = {DataType::kInt64, DataType::kInt64}}};
}

}  // namespace pxq::local
