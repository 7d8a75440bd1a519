#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "wire/endpoint.h"
#include "wire/envelope.h"
#include "wire/script_call.h"

// pxq_encryption_cost: what encryption from end to end costs a run over a new TLS connection, once
// its key pair is made. Usage: pxq_encryption_cost ADDRESS SCRIPT CA_FILE RUNS. Prints medians in
// milliseconds: of making a key pair, of plain and of encrypted runs, taken in turns.
namespace pxq::bench {
namespace {

constexpr int kRunsOfKey = 4;

/// Takes rows and forgets them.
class NullSink final : public ResultSink {
 public:
  void begin(const Schema&) override {}
  void rows(const Schema&, const RowBatch&) override {}
  void end(const Summary&) override {}
};

double ms(Duration duration) { return std::chrono::duration<double, std::milli>(duration).count(); }

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Ends the program where anything fails: a wrong figure is worse than none.
[[noreturn]] void give_up(const Status& status) {
  std::fprintf(stderr, "%s\n", status.message().c_str());
  std::exit(1);
}

double whole_run(const wire::Endpoint& endpoint, const std::string& script,
                 const std::shared_ptr<wire::Envelope>& envelope) {
  const TimePoint start = MonotonicClock::now();
  auto channel = wire::make_channel(endpoint);
  if (!channel.ok()) give_up(channel.status());
  ScriptRequest request;
  request.text = script;
  wire::RunOptions options;
  options.envelope = envelope;
  NullSink sink;
  const Summary summary =
      wire::run_script({*std::move(channel), endpoint.text(), {}}, request, options, sink);
  if (!summary.status.ok()) give_up(summary.status);
  return ms(MonotonicClock::now() - start);
}

std::shared_ptr<wire::Envelope> timed_envelope(std::vector<double>& times) {
  const TimePoint start = MonotonicClock::now();
  auto envelope = std::make_shared<wire::Envelope>();
  if (const auto key = envelope->public_key({}); !key.ok()) give_up(key.status());
  times.push_back(ms(MonotonicClock::now() - start));
  return envelope;
}

void measure(const wire::Endpoint& endpoint, const std::string& script, int runs) {
  std::vector<double> keys;
  std::vector<double> plain;
  std::vector<double> sealed;
  std::shared_ptr<wire::Envelope> envelope;
  for (int run = 0; run < runs; ++run) {
    if (run % kRunsOfKey == 0) envelope = timed_envelope(keys);
    if (run == 0) whole_run(endpoint, script, nullptr);  // warms up
    plain.push_back(whole_run(endpoint, script, nullptr));
    sealed.push_back(whole_run(endpoint, script, envelope));
  }
  std::printf("key %.2f\nplain %.2f\nencrypted %.2f\n", median(keys), median(plain),
              median(sealed));
}

}  // namespace
}  // namespace pxq::bench

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fputs("usage: pxq_encryption_cost ADDRESS SCRIPT CA_FILE RUNS\n", stderr);
    return 2;
  }
  auto endpoint = pxq::wire::parse_endpoint(argv[1]);
  if (!endpoint.ok()) pxq::bench::give_up(endpoint.status());
  endpoint->tls.ca_file = argv[3];
  pxq::bench::measure(*endpoint, argv[2], std::atoi(argv[4]));
  return 0;
}
