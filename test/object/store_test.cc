// What is understood of the words of AWS's tools and of a store's answers.

#include <map>
#include <string>

#include <catch2/catch.hpp>

#include "object/aws_profile.h"
#include "object/object_writer.h"
#include "object/store_answer.h"
#include "object/store_settings.h"

namespace pxq::object {
namespace {

TEST_CASE("an address has a bucket and a key") {
  const auto url = ObjectUrl::parse("s3://b.1/http/{date}/{table}-{start}.csv.zst");
  REQUIRE(url.ok());
  CHECK(url->bucket == "b.1");
  CHECK(url->key == "http/{date}/{table}-{start}.csv.zst");
  for (const char* bad : {"s3://", "s3://b", "s3://b/", "s3:///k", "s3://{cluster}/k", "s3://b/k/",
                          "s3://a b/k", "s3://u@b/k", "/b/k"}) {
    INFO(bad);
    CHECK(ObjectUrl::parse(bad).status().code() == Code::kUsage);
  }
}

TEST_CASE("files of AWS's tools have sections, comments and indented blocks") {
  const auto sections = parse_aws_file(
      "# one\n[default]\nregion = eu-west-1\r\n; two\ns3 =\n  addressing_style = path\n\n"
      "  endpoint_url=http://a:1\noutput = json\n[profile work]\nREGION=us-west-2\n"
      "[services local]\ns3 =\n  endpoint_url = http://b:2\nno equals here\n",
      true);
  CHECK(sections.at("default") == AwsSection{{"region", "eu-west-1"},
                                             {"s3", ""},
                                             {"s3.addressing_style", "path"},
                                             {"s3.endpoint_url", "http://a:1"},
                                             {"output", "json"}});
  CHECK(sections.at("work") == AwsSection{{"region", "us-west-2"}});
  CHECK(sections.at("services local").at("s3.endpoint_url") == "http://b:2");
  CHECK(parse_aws_file("[profile work]\na=b\n", false).contains("profile work"));
  CHECK(parse_aws_file("a = b\n[x\ny", false).size() == 1);
}

TEST_CASE(
    "ten thousand parts hold the largest object that S3 knows, and the first ones are small") {
  CHECK(part_size(1) == size_t{8} << 20);
  CHECK(part_size(1000) == size_t{8} << 20);
  CHECK(part_size(1001) == size_t{16} << 20);
  uint64_t sum = 0;
  for (size_t number = 1; number <= 10'000; ++number) {
    CHECK(part_size(number) <= size_t{5} << 30);
    sum += part_size(number);
  }
  CHECK(sum >= uint64_t{5} << 40);
}

TEST_CASE("elements are found and their entities undone") {
  const std::string text = "<R><Upload><Key>a&amp;b&lt;</Key></Upload><Upload><Key>c</Key></R>";
  CHECK(xml_text(text, "Key") == "a&b<");
  CHECK(xml_text(text, "UploadId").empty());
  CHECK(xml_elements(text, "Key").size() == 2);
  CHECK(xml_elements(text, "Upload").size() == 1);
  CHECK(xml_escaped("\"<&>\"") == "\"&lt;&amp;&gt;\"");
}

HttpAnswer answer(long status, const std::string& code, const std::string& more = {}) {
  return {.status = status,
          .headers = {{"date", "Fri, 24 May 2013 01:00:00 GMT"}},
          .body = "<?xml version=\"1.0\"?>\n<Error><Code>" + code + "</Code><Message>no</Message>" +
                  more + "</Error>"};
}

TEST_CASE(
    "an answer of 200 that holds an error is a refusal, and a busy store may be asked again") {
  CHECK(is_refusal(answer(200, "InternalError")));
  CHECK(is_passing(answer(200, "InternalError")));
  CHECK(is_passing(answer(503, "SlowDown")));
  CHECK(is_passing(answer(400, "RequestTimeout")));
  CHECK_FALSE(is_passing(answer(403, "AccessDenied")));
  CHECK_FALSE(is_passing(answer(501, "NotImplemented")));
  CHECK_FALSE(is_refusal({.status = 200, .body = "<CompleteMultipartUploadResult/>"}));
  CHECK(is_refusal({.status = 301}));
}

TEST_CASE("each refusal says what to do about it") {
  StoreSettings settings;
  settings.host = "s3.us-east-1.amazonaws.com";
  settings.region = "us-east-1";
  settings.credentials_from = "AWS_ACCESS_KEY_ID";
  constexpr int64_t kMidnight = 1'369'353'600'000'000'000;
  const std::map<std::string, std::string> hints = {
      {"NoSuchBucket", "no bucket 'b' at https://s3.us-east-1.amazonaws.com"},
      {"InvalidAccessKeyId", "does not know them"},
      {"SignatureDoesNotMatch", "the secret one"},
      {"AccessDenied", "s3:PutObject"},
      {"ExpiredToken", "AWS_SESSION_TOKEN"},
      {"RequestTimeTooSkewed", "3600 s behind the store's"},
      {"AuthorizationHeaderMalformed", "AWS_REGION=eu-west-1"},
      {"PermanentRedirect", "AWS_REGION=eu-west-1"}};
  for (const auto& [code, hint] : hints) {
    INFO(code);
    const Status status = refusal(answer(403, code, "<Region>eu-west-1</Region>"), "write", "b",
                                  "k", settings, kMidnight);
    CHECK(status.code() == Code::kOutput);
    CHECK(status.message() == "cannot write s3://b/k: " + code + ": no");
    CHECK_THAT(status.hint(), Catch::Contains(hint));
  }
  const Status page = refusal({.status = 405, .body = "<html>"}, "write", "b", "k", settings, 0);
  CHECK(page.message() == "cannot write s3://b/k: HTTP status 405");
  CHECK_THAT(page.hint(), Catch::Contains("speaks S3?"));
}

}  // namespace
}  // namespace pxq::object
