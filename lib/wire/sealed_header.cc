#include "wire/sealed_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "text/base64.h"
#include "wire/jose.h"

namespace pxq::wire {
namespace {

// The names of the algorithms and one point of a curve take a few hundred bytes.
constexpr size_t kLongestHeader = 4096;

// kid, typ and cty describe and change nothing. Whatever else stands there is not understood here,
// and apu and apv, for one, would change the derived key.
constexpr std::array<std::string_view, 7> kMembers = {"alg", "enc", "zip", "epk",
                                                      "kid", "typ", "cty"};
constexpr std::array<std::string_view, 4> kPointMembers = {"kty", "crv", "x", "y"};

std::string text_of(const nlohmann::json& object, std::string_view name) {
  const auto found = object.find(name);
  if (found == object.end()) return {};
  return found->is_string() ? found->get<std::string>() : std::string("?");
}

template <size_t size>
std::optional<std::string> foreign_member(const nlohmann::json& object,
                                          const std::array<std::string_view, size>& known) {
  for (const auto& [name, value] : object.items()) {
    if (std::find(known.begin(), known.end(), name) == known.end()) return name;
  }
  return std::nullopt;
}

Result<CurvePoint> sender_of(const nlohmann::json& header) {
  const auto found = header.find("epk");
  if (found == header.end() || !found->is_object()) {
    return cannot_open("their header holds no one-time key of the sender");
  }
  if (foreign_member(*found, kPointMembers)) {
    return cannot_open("the sender's one-time key is more than a public key");
  }
  if (text_of(*found, "kty") != "EC" || text_of(*found, "crv") != "P-256") {
    return cannot_open(fmt::format("the sender's one-time key is on '{}', not on P-256 as asked",
                                   text_of(*found, "crv")));
  }
  std::optional<std::string> x = decode_base64url(text_of(*found, "x"));
  std::optional<std::string> y = decode_base64url(text_of(*found, "y"));
  if (!x || !y) return cannot_open("the sender's one-time key is malformed");
  return CurvePoint{*std::move(x), *std::move(y)};
}

Status check_algorithms(const nlohmann::json& header, KeyAgreement asked) {
  const std::string key = text_of(header, "alg");
  const std::string content = text_of(header, "enc");
  if (key == algorithm_name(asked) && content == kContentAlgorithm) return {};
  return cannot_open(fmt::format("they are sealed with '{}' and '{}', not with {} and {} as asked",
                                 key, content, algorithm_name(asked), kContentAlgorithm));
}

}  // namespace

std::string_view algorithm_name(KeyAgreement agreement) {
  return agreement == KeyAgreement::kEcdh ? "ECDH-ES" : "RSA-OAEP-256";
}

Status cannot_open(std::string_view why) {
  return {Code::kIncomplete, fmt::format("encrypted rows cannot be opened: {}", why),
          "somebody on the way may have changed them; --no-e2e goes without encryption"};
}

Result<SealedHeader> read_sealed_header(std::string_view encoded, KeyAgreement asked) {
  if (encoded.size() > kLongestHeader) return cannot_open("their header is too long");
  const std::optional<std::string> text = decode_base64url(encoded);
  if (!text) return cannot_open("their header is malformed");
  const nlohmann::json header = nlohmann::json::parse(*text, nullptr, false);
  if (!header.is_object()) return cannot_open("their header is malformed");
  if (Status status = check_algorithms(header, asked); !status.ok()) return status;
  // RFC 7515 4.1.11: who does not understand a member that is named there must refuse the whole.
  if (header.contains("crit")) return cannot_open("their header demands an extension");
  if (const auto foreign = foreign_member(header, kMembers)) {
    return cannot_open(fmt::format("their header has a member '{}' that was not asked for",
                                   foreign->substr(0, 40)));
  }
  SealedHeader read;
  const std::string zip = text_of(header, "zip");
  if (!zip.empty() && zip != kCompression) {
    return cannot_open(fmt::format("they are compressed with '{}'", zip));
  }
  read.deflated = !zip.empty();
  if (asked == KeyAgreement::kRsa) {
    if (header.contains("epk")) return cannot_open("their header has a member 'epk'");
    return read;
  }
  Result<CurvePoint> sender = sender_of(header);
  if (!sender.ok()) return sender.status();
  read.sender = *std::move(sender);
  return read;
}

}  // namespace pxq::wire
