#pragma once

#include <string>

#include "base/output.h"
#include "base/unique_fd.h"

namespace pxq {

/// How many more bytes all held sections together may keep in memory.
struct HoldBudget {
  size_t bytes_left;
};

/// Keeps bytes until release(): in memory as long as the budget lasts, then in a temporary file
/// that has no name and no other reader. The budget must outlive it.
class HeldOutput final : public Output {
 public:
  explicit HeldOutput(HoldBudget& budget) : budget_(budget) {}
  ~HeldOutput() override { budget_.bytes_left += memory_.size(); }

  /// Nothing was committed so far.
  bool is_empty() const { return memory_.empty() && spilled_ == 0; }

  /// Appends everything to `output` and commits it. A failure to keep or to read back fails it.
  void release(Output& output);

 protected:
  Status write(std::string_view bytes) override;

 private:
  Status spill(std::string_view bytes);
  Status read_back(Output& output);

  HoldBudget& budget_;
  std::string memory_;
  UniqueFd file_;
  uint64_t spilled_ = 0;
};

}  // namespace pxq
