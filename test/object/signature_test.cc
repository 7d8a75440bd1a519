// Signatures against the examples that AWS has published with their results: those of its guide to
// S3 ("Signature Calculations for the Authorization Header") and of its test suite for Version 4.

#include "object/signature.h"

#include <string>

#include <catch2/catch.hpp>

namespace pxq::object {
namespace {

constexpr const char* kEmptyHash =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

const Credentials kExample{.access_key = "AKIAIOSFODNN7EXAMPLE",
                           .secret_key = Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
                           .session_token = {}};
const SigningScope kMay2013{.time = "20130524T000000Z", .region = "us-east-1"};

std::string signature(const std::string& header) {
  return header.substr(header.rfind("Signature=") + 10);
}

SignedParts to_example_bucket(std::string method, std::string payload_hash) {
  SignedParts parts;
  parts.method = std::move(method);
  parts.payload_hash = payload_hash;
  parts.headers = {{"host", "examplebucket.s3.amazonaws.com"},
                   {"x-amz-content-sha256", std::move(payload_hash)},
                   {"x-amz-date", "20130524T000000Z"}};
  return parts;
}

TEST_CASE("the guide's GET of an object with a range is signed as published") {
  SignedParts parts = to_example_bucket("GET", kEmptyHash);
  parts.path = "/test.txt";
  parts.headers["range"] = "bytes=0-9";
  CHECK(authorization(parts, kMay2013, kExample) ==
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
        "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
        "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST_CASE("the guide's PUT of an object is signed as published") {
  SignedParts parts =
      to_example_bucket("PUT", "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072");
  parts.path = "/" + uri_encoded("test$file.text", true);
  CHECK(parts.path == "/test%24file.text");
  parts.headers["date"] = "Fri, 24 May 2013 00:00:00 GMT";
  parts.headers["x-amz-storage-class"] = "REDUCED_REDUNDANCY";
  CHECK(signature(authorization(parts, kMay2013, kExample)) ==
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

TEST_CASE("the guide's questions with parameters are signed as published") {
  SignedParts parts = to_example_bucket("GET", kEmptyHash);
  parts.query = {{"lifecycle", ""}};
  CHECK(signature(authorization(parts, kMay2013, kExample)) ==
        "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
  parts.query = {{"max-keys", "2"}, {"prefix", "J"}};
  CHECK(signature(authorization(parts, kMay2013, kExample)) ==
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST_CASE("the suite's get-vanilla is signed as published") {
  const Credentials credentials{.access_key = "AKIDEXAMPLE",
                                .secret_key = Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
                                .session_token = {}};
  const SigningScope scope{.time = "20150830T123600Z", .region = "us-east-1", .service = "service"};
  SignedParts parts;
  parts.method = "GET";
  parts.headers = {{"host", "example.amazonaws.com"}, {"x-amz-date", "20150830T123600Z"}};
  parts.payload_hash = kEmptyHash;
  CHECK(string_to_sign(parts, scope) ==
        "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/service/aws4_request\n"
        "bb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63");
  CHECK(signature(authorization(parts, scope, credentials)) ==
        "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
}

TEST_CASE("keys and parameters are encoded byte by byte, and parameters stand in order") {
  CHECK(uri_encoded("a b/c+d=e&f?g#h%i~j'k(l)*m", true) ==
        "a%20b/c%2Bd%3De%26f%3Fg%23h%25i~j%27k%28l%29%2Am");
  CHECK(uri_encoded("\xc3\xa9/\xff", true) == "%C3%A9/%FF");
  CHECK(uri_encoded("a/b", false) == "a%2Fb");
  CHECK(query_text({{"uploadId", "x/y=="}, {"partNumber", "1"}}) ==
        "partNumber=1&uploadId=x%2Fy%3D%3D");
  CHECK(query_text({{"uploads", ""}, {"prefix", "a b"}}) == "prefix=a%20b&uploads=");
}

TEST_CASE("blanks in a header's value count once") {
  SignedParts parts;
  parts.method = "GET";
  parts.headers = {{"a", "  1   2  "}};
  CHECK(canonical_request(parts) == "GET\n/\n\na:1 2\n\na\n");
}

TEST_CASE("a moment is signed in UTC to the second") {
  CHECK(signing_time(1'369'353'600'999'999'999) == "20130524T000000Z");
}

}  // namespace
}  // namespace pxq::object
