#include "base/output.h"

#include <utility>

namespace pxq {

void Output::flush() {
  if (status_.ok() && committed_ != 0) {
    status_ = write({text_.data(), committed_});
    if (status_.ok()) bytes_written_ += committed_;
  }
  // Dropped even if it could not be written, so that memory stays bounded after a failure.
  text_.drop_front(committed_);
  committed_ = 0;
  record_ends_.clear();
}

void Output::fail(Status failure) {
  if (status_.ok()) status_ = std::move(failure);
}

}  // namespace pxq
