#include <catch2/catch.hpp>

#include "local/plan_story.h"

// Scripts that do not compile, with the texts and positions of Pixie's compiler.

namespace pxq::local::test {
namespace {

struct Refusal {
  const char* line;
  const char* error;
};

// Each line is the third of its script; df is made from http_events.
const Refusal kRefusals[] = {
    // Names and attributes.
    {"df.slow = df.latency > limit", "3:24 name 'limit' is not defined"},
    {"x = px.foo", "3:7 'px' object has no attribute 'foo'"},
    {"df = df.sort('a')", "3:13 dataframe has no method 'sort'"},
    {"df = df[df.status == 500]", "3:11 Column 'status' not found in parent dataframe"},
    {"df = df.drop('nope')", "3:13 Column 'nope' not found in parent dataframe"},
    {"df = df[['latency', 'nope']]", "3:8 Column 'nope' not found in parent dataframe"},
    {"df = df.groupby('nope').agg()", "3:16 Column 'nope' not found in parent dataframe"},
    {"df = df.agg(n=('nope', px.count))", "3:16 Column 'nope' not found in parent dataframe"},
    {"x = px.DataFrame('nope')", "3:17 Table 'nope' not found."},
    {"x = px.DataFrame('http_events', select=['nope'])",
     "- cannot find column nope in table type container"},
    {"x = 5\ny = x.foo", "4:6 'Int' object has no attribute 'foo'"},
    // Calls.
    {"x = px.DataFrame('a', nope=1)", "3:17 DataFrame() got an unexpected keyword argument 'nope'"},
    {"y = df.head('5')", "3:13 Expected arg 'n' as type 'Int', received 'String'"},
    {"y = df.head(10/2)", "3:16 Expected arg 'n' as type 'Int', received 'Float'"},
    {"y = df.head(1, 2, 3)", "3:12 head() takes 2 arguments but 3 were given."},
    {"y = df.head(1, n=2)", "3:12 head() got multiple values for argument 'n'"},
    {"df = df.merge(df, left_on='a', right_on='a')",
     "3:14 merge() missing 1 required positional arguments 'how'"},
    {"px.display(df, 5)", "3:16 Expected arg 'name' as type 'String', received 'Int'"},
    {"px.display(5)", "3:12 Expected DataFrame, received Int"},
    {"x = 5\nx(1)", "4:2 expression object is not callable"},
    {"x = [1]\nx(1)", "4:2 'list' object is not callable"},
    {"x = px.contains(df, 'a')", "3:16 Argument to udf 'contains' must be an expression"},
    // Operators.
    {"df.x = df.ssl and df.a and df.b", "3:15 Expected two arguments to 'and'."},
    {"x = 1 < 2 < 3", "3:5 Only expected one argument to the right of '<'."},
    {"x = 2 ** 3", "3:10 Operator '**' not handled"},
    {"x = 1 in [1]", "3:11 Expected 'expression' in arg 'argument to operation', got 'list'"},
    {"df = df[df.latency > 1.5]",
     "- Could not find UDF 'greaterThan' with arguments [INT64,FLOAT64]."},
    {"x = 'a' + 1", "- Could not find UDF 'add' with arguments [STRING,INT64]."},
    {"df = df[df.time_ > px.now()]",
     "- Could not find UDF 'greaterThan' with arguments [TIME64NS,INT64]."},
    {"df = df[df.req_path]",
     "3:8 Expected Boolean for Filter expression 'Column(req_path)', got STRING"},
    {"df.x = px.Percent(df.latency)",
     "3:21 Cannot cast from 'INT64' to 'FLOAT64'. Only semantic type casts are allowed."},
    {"df.x = px.regex_match(df.req_path, 'a')",
     "3:22 expected init argument 0 to be a primitive data type, received Column"},
    // Aggregates.
    {"df = df.agg(n=('a', 5))",
     "3:21 Expected second tuple argument to be type Func, received Int"},
    {"df = df.agg(n=px.count)", "3:17 Expected tuple for n but received Function"},
    {"df = df.agg(n=(5, px.count))",
     "3:16 All elements of the agg tuple must be column names, except the last which should be a "
     "function"},
    {"df = df.agg(('a', px.count))", "3:12 agg() takes 0 arguments but 1 were given."},
    {"df = df.agg(n=('req_path', px.sum))", "- Could not find UDF 'sum' with arguments [STRING]."},
    {"df = df.groupby('upid')\ndf.x = 1",
     "3:16 'groupby()' should be followed by an 'agg()' or a 'rolling()' not a Map"},
    {"px.display(df.groupby('upid'))",
     "3:22 'groupby()' should be followed by an 'agg()' or a 'rolling()' not a MemorySink"},
    {"df = df.groupby(['upid', 5])",
     "3:26 Expected arg 'by (index 1)' as type 'String', received 'Int'"},
    {"df = df.groupby('upid').agg(upid=('upid', px.any))",
     "3:28 Column 'upid' is named more than once in agg()."},
    // Subscripts.
    {"x = df[1:2]", "3:8 'Slice' object must be an index"},
    {"df.s = df.ctx['nope']", "3:14 'nope' unavailable metadata key."},
    {"df = df[['a', 'a']]",
     "3:15 cannot specify the same column name more than once when filtering by cols. 'a' "
     "specified more than once"},
    {"x = [1, 2]\ny = x['a']", "4:7 list indices must be integers, not String"},
    {"x = [1, 2]\ny = x[2]", "4:6 list index out of range"},
    {"x = [1, 2]\ny = x[-1]", "4:6 list index out of range"},
    {"x = {'a': 1}\ny = x['a']", "3:11 dict is not subscriptable"},
    // Merge and append.
    {"df = df.merge(df, how='x', left_on='upid', right_on='upid')",
     "3:14 'x' join type not supported. Only {inner,left,outer,right} are available."},
    {"df = df.merge(df, how='left', left_on=['upid'], right_on=['upid', 'time_'])",
     "3:14 'left_on' and 'right_on' must contain the same number of elements."},
    {"df = df.merge(df, how='left', left_on='upid', right_on='latency')",
     "3:14 join columns specified in `left_on` and `right_on` must have the same datatype, but the "
     "0-th columns disagree. [\"upid\" (UINT128) vs \"latency\" (INT64)]"},
    {"df = df[['upid']]\n"
     "df = df.merge(df, how='left', left_on='upid', right_on='upid', suffixes=['', ''])",
     "4:14 duplicate column 'upid' after merge. Change the specified suffixes ('','') to fix this"},
    {"df = df.merge(5, how='left', left_on='upid', right_on='upid')",
     "3:15 Expected 'DataFrame', got Int"},
    {"df = df[['upid']].append(df[['latency']])",
     "3:25 Table schema disagreement between parent ops op1 and op2 of Union. op1: "
     "[upid:UINT128] vs op2: [latency:INT64]. Missing 'upid'."},
    // Times.
    {"x = px.DataFrame('http_events', start_time='5 minutes')",
     "3:44 Time string is in wrong format.\nFailed to parse time: 'Failed to parse input'"},
    {"x = px.parse_duration('soon')", "3:23 Time string is in wrong format."},
    // Statements.
    {"if df: y = 1", "3:1 Can't parse expression of type If"},
    {"print(df)", "3:1 Can't parse expression of type Print"},
    {"f = lambda x: x", "3:5 Expression node 'Lambda' not defined"},
    {"a = b = 1", "3:3 We only support single target assignment."},
    {"a, b = 1, 2", "3:1 Assignment target must be a Name or Subscript"},
    {"return df", "3:1 'return' outside function"},
    {"'late words'", "- query does not output a result, please add a px.display() statement"},
    {"import os", "3:1 ModuleNotFoundError: No module named 'os'"},
    {"from px import *", "3:1 cannot import name '*' from 'px'"},
    {"from px import nope", "3:1 cannot import name 'nope' from 'px'"},
    {"None.x = px.now()", "3:5 Cannot assign attribute x to object of type None"},
    {"df.head = 5", "3:3 Expected 'Column' in arg 'assignment value', got 'function'"},
    {"o = df\ndf.x = o['latency']", "4:8 name 'o' is not available in this context"},
    // Functions.
    {"def f(a, b=3): return a", "3:12 default values not supported in function definitions"},
    {"def f(a): return a", "3:11 function body of type Return not allowed"},
    {"def f(*a):\n    return 1",
     "3:8 variable length args are not supported in function definitions"},
    {"def f(a: str):\n    return a\nf(5)", "5:3 Expected 'string', received 'int64'"},
    {"def f(a: str):\n    return a\nf(df.req_path)",
     "5:5 Expected 'string', received 'data_type_unknown'"},
    {"def f(a: px.DataFrame):\n    return a\nf('x')",
     "5:3 Expected 'DataFrame', received 'String'"},
    {"def f(a):\n    return f(a)\nf(1)",
     "4:13 Functions call each other more than 100 levels deep."},
    // What the local Vizier leaves out.
    {"x = df.stream()\nx.y = 1\npx.display(x)",
     "- df.stream() in the middle of a query is not yet implemented"},
    {"x = df.rolling('5s')", "3:15 df.rolling() is not available in the local Vizier."},
    {"x = px._DebugMDState()", "3:21 px._DebugMDState() is not available in the local Vizier."},
    {"px.export(df, px.otel.Data(resource={}))",
     "3:22 px.otel is not available in the local Vizier."},
    {"import pxconfig", "3:1 The module 'pxconfig' is not available in the local Vizier."},
};

}  // namespace

TEST_CASE("each mistake has Pixie's text and position") {
  for (const Refusal& refusal : kRefusals) {
    INFO(refusal.line);
    CHECK(compile_line(refusal.line).error() == refusal.error);
  }
}

}  // namespace pxq::local::test
