#pragma once

#include "output/destination.h"

namespace pxq {

/// The destination of a run whose rows are for nobody here, such as one that sends them to a
/// collector from the cluster.
class Nowhere final : public Destination {
 public:
  Status conclude(const Status& /*run*/) override { return {}; }

 private:
  class Drop final : public ResultSink {
   public:
    void begin(const Schema& /*schema*/) override {}
    void rows(const Schema& /*schema*/, const RowBatch& /*batch*/) override {}
    void end(const Summary& /*summary*/) override {}
  };

  ResultSink& sink() override { return drop_; }

  Drop drop_;
};

}  // namespace pxq
