// Follows an endless script and stops after some rows: follow_stream HOST:PORT ROWS

#include <pxq/client/client.h>

#include <cstdint>
#include <iostream>
#include <string>

namespace {

constexpr const char* kScript =
    "import px\n"
    "df = px.DataFrame('http_events').stream()\n"
    "px.display(df, 'requests')\n";

/// Counts rows as they come, and has enough of them at some point.
class Counter final : public pxq::ResultSink {
 public:
  explicit Counter(uint64_t wanted) : wanted_(wanted) {}

  void begin(const pxq::Schema& schema) override {
    std::cout << "table " << schema.name << " of " << schema.columns.size() << " columns\n";
  }

  void rows(const pxq::Schema& /*schema*/, const pxq::RowBatch& batch) override {
    rows_ += batch.num_rows;
    std::cout << rows_ << " rows\n" << std::flush;
  }

  void end(const pxq::Summary& /*summary*/) override {}

  // Asked after each batch: the call is cancelled then, and the run has ended well.
  bool satisfied() const override { return rows_ >= wanted_; }

 private:
  const uint64_t wanted_;
  uint64_t rows_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: follow_stream HOST:PORT ROWS\n";
    return 2;
  }
  pxq::client::Target target = pxq::client::Target::direct(argv[1]);
  target.plaintext = true;
  auto client = pxq::client::Client::connect(target);
  if (!client.ok()) {
    std::cerr << client.status().message() << '\n';
    return 1;
  }
  Counter counter(std::stoull(argv[2]));
  const pxq::Summary summary = client->run({.text = kScript}, counter);
  std::cout << "received " << summary.bytes_received << " bytes\n";
  if (!summary.status.ok()) {
    std::cerr << summary.status.message() << '\n';
    return 1;
  }
  return 0;
}
