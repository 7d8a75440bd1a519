#include <string>
#include <utility>

#include "fuzz/target.h"
#include "wire/jose.h"
#include "wire/sealed_header.h"

namespace pxq::fuzz {

// The first byte: 0 for a whole compact JWE, 1 for its header as readers get it, else its contents.
void fuzz_sealed(std::string_view input) {
  static constexpr size_t kMostBytes = 1u << 20;
  Feed feed(input);
  const unsigned char what = feed.byte();
  const std::string_view rest = feed.rest();
  if (what == 0) {
    auto parts = wire::split_jwe(rest);
    if (!parts) return;
    (void)wire::read_sealed_header(parts->header, wire::KeyAgreement::kEcdh);
    (void)wire::read_sealed_header(parts->header, wire::KeyAgreement::kRsa);
    static const std::string key(32, 'k');
    expect(!wire::decrypt_content(*std::move(parts), key),
           "nothing opens with a key that sealed nothing");
  } else if (what == 1) {
    (void)wire::read_sealed_header(rest, wire::KeyAgreement::kEcdh);
    (void)wire::read_sealed_header(rest, wire::KeyAgreement::kRsa);
  } else {
    const auto plain = wire::inflate_raw(rest, kMostBytes);
    expect(!plain.ok() || plain->size() <= kMostBytes, "no more is unpacked than is allowed");
  }
}

}  // namespace pxq::fuzz
