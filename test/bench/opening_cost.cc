#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "bench/load_rows.h"
#include "bench/load_seal.h"
#include "bench/load_spec.h"
#include "text/base64.h"
#include "wire/ecdh.h"
#include "wire/envelope.h"
#include "wire/jose.h"

// pxq_opening_cost: what each step of opening an encrypted batch of 1024 wide rows takes, in
// microseconds, medians; and the batch's size in its three forms, in bytes. Usage:
// pxq_opening_cost RUNS.
namespace pxq::bench {
namespace {

constexpr size_t kRoom = 64u << 20;

double median_us(int runs, const std::function<bool()>& step) {
  std::vector<double> times;
  for (int run = 0; run < runs; ++run) {
    const TimePoint start = MonotonicClock::now();
    // A wrong figure is worse than none.
    if (!step()) std::exit(1);
    times.push_back(
        std::chrono::duration<double, std::micro>(MonotonicClock::now() - start).count());
  }
  const auto middle = times.begin() + runs / 2;
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

void measure(int runs) {
  const LoadSpec spec = *parse_load_spec("shape=wide rows=1024");
  const std::string rows = load_rows(spec, 0, spec.rows).SerializeAsString();
  const wire::Key key = wire::make_p256_key();
  const std::string sealed = seal(wire::to_ec_jwk(*key), pack(rows));
  const wire::CompactJwe jwe = *wire::split_jwe(sealed);
  const wire::CurvePoint sender =
      wire::read_sealed_header(jwe.header, wire::KeyAgreement::kEcdh)->sender;
  const std::string content_key = *wire::agree_on_key(*key, sender);
  const std::string packed = *wire::decrypt_content(wire::CompactJwe(jwe), content_key);
  wire::Envelope envelope;
  const std::string own = seal(*envelope.public_key({}), pack(rows));
  const auto tell = [runs](const char* name, const std::function<bool()>& step) {
    std::printf("%s %.1f\n", name, median_us(runs, step));
  };
  tell("header",
       [&] { return wire::read_sealed_header(jwe.header, wire::KeyAgreement::kEcdh).ok(); });
  tell("agreement", [&] { return wire::agree_on_key(*key, sender).has_value(); });
  tell("base64", [&] { return wire::split_jwe(sealed).has_value(); });
  tell("copy", [&] { return !wire::CompactJwe(jwe).ciphertext.empty(); });
  tell("copy+gcm",
       [&] { return wire::decrypt_content(wire::CompactJwe(jwe), content_key).has_value(); });
  tell("inflate", [&] { return wire::inflate_raw(packed, kRoom).ok(); });
  tell("whole", [&] { return envelope.open(own, kRoom).ok(); });
  std::printf("bytes_sealed %zu\nbytes_packed %zu\nbytes_plain %zu\n", sealed.size(), packed.size(),
              rows.size());
}

}  // namespace
}  // namespace pxq::bench

int main(int argc, char** argv) {
  const int runs = argc == 2 ? std::atoi(argv[1]) : 0;
  if (runs <= 0) {
    std::fputs("usage: pxq_opening_cost RUNS\n", stderr);
    return 2;
  }
  pxq::bench::measure(runs);
  return 0;
}
