#include "bench/steps.h"

#include <stdexcept>

#include "base/output.h"
#include "bench/load_stream.h"
#include "format/format.h"

namespace pxq::bench {
namespace {

/// Takes pieces as a file would and drops them.
class Discard final : public Output {
 protected:
  Status write(std::string_view) override { return {}; }
};

wire::Response taken_apart(const std::string& message) {
  Result<wire::Response> response = wire::decode_response(message, {});
  if (!response.ok()) throw std::runtime_error(response.status().message());
  return *std::move(response);
}

}  // namespace

Steps::Steps(const LoadSpec& spec) {
  LoadCache cache;
  LoadStream stream(spec, cache.batches(spec));
  const std::string metadata = to_string(stream.next().value());
  schema_ = taken_apart(metadata).metadata.value();
  message_ = to_string(stream.next().value());
  decode();
}

size_t Steps::decode() {
  const wire::Response response = taken_apart(message_);
  const Status status = wire::decode_columns(response.batch.value(), schema_, {}, batch_);
  if (!status.ok()) throw std::runtime_error(status.message());
  return batch_.num_rows;
}

size_t Steps::write(const std::string& format) {
  Discard output;
  const std::unique_ptr<ResultSink> sink = find_format(format)->make({}, output);
  sink->begin(schema_);
  for (size_t i = 0; i < kTimes; ++i) sink->rows(schema_, batch_);
  sink->end({});
  return output.bytes_written();
}

}  // namespace pxq::bench
