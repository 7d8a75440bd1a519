#pragma once

#include <functional>
#include <memory>
#include <stop_token>

#include "base/fd_output.h"
#include "format/format.h"
#include "result/destination.h"

namespace pxq {

/// Rows on stdout, as they come. A reader that goes away ends the run as a SIGPIPE would.
class StdoutDestination final : public Destination {
 public:
  StdoutDestination(const Format& format, const FormatOptions& options, Context& context);

  const Status& status() const override { return output_.status(); }
  Status conclude(const Status& run) override;

 private:
  ResultSink& sink() override { return *sink_; }

  Context& context_;
  FdOutput output_;
  std::unique_ptr<ResultSink> sink_;
  std::stop_callback<std::function<void()>> on_stop_;
};

}  // namespace pxq
