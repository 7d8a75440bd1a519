#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bench/load_spec.h"
#include "model/row_batch.h"
#include "wire/decoder.h"

namespace pxq::bench {

/// One message of a load and what pxq does with it, step by step and without a network.
class Steps {
 public:
  explicit Steps(const LoadSpec& spec);

  /// Decodes the message into the kept batch; gives its rows.
  size_t decode();
  /// Writes the kept batch `kTimes` times by a format of the registry, so that what is done once a
  /// table weighs little; gives the bytes it took.
  size_t write(const std::string& format);
  static constexpr size_t kTimes = 16;

  size_t rows() const { return batch_.num_rows; }

 private:
  std::string message_;
  Schema schema_;
  RowBatch batch_;
};

}  // namespace pxq::bench
