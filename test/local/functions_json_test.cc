#include "local/functions/json_text.h"
#include "local/functions_call.h"

namespace pxq::local {
namespace {

std::string pluck(std::string_view json, std::string_view key) {
  return call<std::string>("pluck", json, key);
}

TEST_CASE("pluck gives strings as they are and rewrites the rest") {
  CHECK(pluck(R"({"a":"x\n\u00e9","b":2})", "a") == "x\n\xc3\xa9");
  CHECK(pluck(R"({"a":"x","b":2})", "b") == "2");
  CHECK(pluck(R"({"b":-2})", "b") == "-2");
  CHECK(pluck(R"({"b":18446744073709551615})", "b") == "18446744073709551615");
  CHECK(pluck(R"({"b":5.10})", "b") == "5.1");
  CHECK(pluck(R"({"b":10.0})", "b") == "10.0");
  CHECK(pluck(R"({"b":true})", "b") == "true");
  CHECK(pluck(R"( { "o" : { "k" : [ 1 , "a\"b", null, {"z":[]} ], "e" : 1e5 } } )", "o") ==
        R"({"k":[1,"a\"b",null,{"z":[]}],"e":100000.0})");
  CHECK(pluck(R"({"o":[ ]})", "o") == "[]");
}

TEST_CASE("pluck gives nothing for what is missing, null or malformed") {
  CHECK(pluck(R"({"a":1})", "b") == "");
  CHECK(pluck(R"({"a":null})", "a") == "");
  CHECK(pluck(R"({"a":{"b":1}})", "b") == "");
  CHECK(pluck(R"(["a"])", "a") == "");
  CHECK(pluck("", "a") == "");
  CHECK(pluck("a", "a") == "");
  CHECK(pluck(R"({"a":"x")", "a") == "");
  CHECK(pluck(R"({"a":"x"}})", "a") == "");
  CHECK(pluck(R"({"a":"x", "b":1e999})", "a") == "");
}

TEST_CASE("pluck keeps bytes that are not UTF-8") {
  CHECK(pluck("{\"a\":\"x\xff\xc3\"}", "a") == "x\xff\xc3");
  CHECK(pluck("{\"\xfe\":\"y\"}", "\xfe") == "y");
  CHECK(pluck("{\"o\":{\"k\":[\"\x80\"]}}", "o") == "{\"k\":[\"\x80\"]}");
  // A real code point of the range that stands for bytes comes back as itself.
  CHECK(pluck("{\"a\":\"\xf4\x8f\xbf\xbf\xff\"}", "a") == "\xf4\x8f\xbf\xbf\xff");
  CHECK(call<std::string>("pluck_array", std::string_view("[1,\"\xff\"]"), int64_t{1}) == "\xff");
  CHECK(call<bool>("has_value", std::string_view("[\"\xff\"]"), std::string_view("\xff")));
  CHECK(pluck("{\"a\":\"\xff\"", "a") == "");
}

TEST_CASE("the first of equal keys wins") {
  CHECK(pluck(R"({"a":"1","a":"2"})", "a") == "1");
  CHECK(pluck(R"({"a":null,"a":"2"})", "a") == "");
}

TEST_CASE("depth is no danger") {
  const std::string deep = R"({"a":)" + std::string(300000, '[') + std::string(300000, ']') + "}";
  CHECK(pluck(deep, "a").size() == 600000);
  CHECK(pluck(deep.substr(0, 200000), "a") == "");
}

TEST_CASE("pluck_int64 wants an integer, pluck_float64 a double") {
  CHECK(call<int64_t>("pluck_int64", R"({"a":7})", "a") == 7);
  CHECK(call<int64_t>("pluck_int64", R"({"a":-7})", "a") == -7);
  CHECK(call<int64_t>("pluck_int64", R"({"a":7.0})", "a") == 0);
  CHECK(call<int64_t>("pluck_int64", R"({"a":"7"})", "a") == 0);
  CHECK(call<int64_t>("pluck_int64", R"({"a":9223372036854775808})", "a") == 0);
  CHECK(call<int64_t>("pluck_int64", "x", "a") == 0);
  CHECK(call<double>("pluck_float64", R"({"a":7.5})", "a") == 7.5);
  CHECK(call<double>("pluck_float64", R"({"a":7e0})", "a") == 7.0);
  CHECK(call<double>("pluck_float64", R"({"a":7})", "a") == 0.0);
  CHECK(call<double>("pluck_float64", R"({"a":"7.5"})", "a") == 0.0);
  CHECK(call<double>("pluck_float64", R"({"a":null})", "a") == 0.0);
}

TEST_CASE("pluck_array") {
  CHECK(call<std::string>("pluck_array", R"(["a",2,{"b":1}])", 0) == "a");
  CHECK(call<std::string>("pluck_array", R"(["a",2,{"b":1}])", 1) == "2");
  CHECK(call<std::string>("pluck_array", R"(["a",2,{"b":1}])", 2) == R"({"b":1})");
  CHECK(call<std::string>("pluck_array", R"(["a",2,{"b":1}])", 3) == "");
  CHECK(call<std::string>("pluck_array", R"([[1],[2]])", 1) == "[2]");
  CHECK(call<std::string>("pluck_array", R"(["a"])", -1) == "");
  CHECK(call<std::string>("pluck_array", R"({"a":1})", 0) == "");
}

TEST_CASE("split gives a JSON array") {
  CHECK(call<std::string>("split", "a,b,,c", ",") == R"(["a","b","","c"])");
  CHECK(call<std::string>("split", "a::b", "::") == R"(["a","b"])");
  CHECK(call<std::string>("split", "", ",") == R"([""])");
  CHECK(call<std::string>("split", "abc", "") == R"(["a","b","c"])");
  CHECK(call<std::string>("split", "", "") == R"([""])");
  CHECK(call<std::string>("split", "\"\x01", "x") == R"(["\"\u0001"])");
}

TEST_CASE("has_value takes a value or an array of them") {
  CHECK(call<bool>("has_value", "px/web", "px/web"));
  CHECK_FALSE(call<bool>("has_value", "px/web", "px"));
  CHECK(call<bool>("has_service_name", R"(["px/a", "px/b"])", "px/b"));
  CHECK_FALSE(call<bool>("has_service_name", R"(["px/a"])", "px/b"));
  CHECK(call<bool>("has_service_id", R"( ["1"])", "1"));
  CHECK_FALSE(call<bool>("has_value", R"([1,"a"])", "a"));
  CHECK_FALSE(call<bool>("has_value", R"([["a"]])", "a"));
  CHECK_FALSE(call<bool>("has_value", R"([["b"],"a"])", "a"));
  CHECK(call<bool>("has_value", "[broken", "[broken"));
  CHECK(call<bool>("has_value", "", ""));
}

TEST_CASE("_script_reference writes its arguments in order") {
  CHECK(
      call<std::string>("_script_reference", "l\"", "px/http", "start_time", "-5m", "pod", "a/b") ==
      R"({"label":"l\"","script":"px/http","args":{"start_time":"-5m","pod":"a/b"}})");
  CHECK(call<std::string>("_script_reference", "l", "s") ==
        R"({"label":"l","script":"s","args":{}})");
  CHECK(find_scalar("_script_reference", std::vector(18, DataType::kString)) != nullptr);
  CHECK(find_scalar("_script_reference", std::vector(20, DataType::kString)) == nullptr);
  CHECK(find_scalar("_script_reference", std::vector(3, DataType::kString)) == nullptr);
}

TEST_CASE("JSON numbers read back as doubles") {
  const auto written = [](double value) {
    std::string json;
    append_json_number(json, value);
    return json;
  };
  CHECK(written(0.0) == "0.0");
  CHECK(written(-0.0) == "-0.0");
  CHECK(written(5) == "5.0");
  CHECK(written(-1234.5) == "-1234.5");
  CHECK(written(1e20) == "100000000000000000000.0");
  CHECK(written(1e21) == "1e21");
  CHECK(written(1.5e300) == "1.5e300");
  CHECK(written(0.1) == "0.1");
  CHECK(written(0.000001) == "0.000001");
  CHECK(written(0.0000001) == "1e-7");
  CHECK(written(5e-324) == "5e-324");
  CHECK(written(1.0 / 0.0) == "null");
}

}  // namespace
}  // namespace pxq::local
