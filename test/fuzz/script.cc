#include "fuzz/target.h"
#include "local/plan/compiler.h"
#include "local/pxl/parser.h"

namespace pxq::fuzz {

// Compiled as for a cluster: without tables, with everything that a cluster has passed over.
void fuzz_script(std::string_view input) {
  static const local::TableSet kNoTables;
  const pxl::ParseResult parsed = pxl::parse(input);
  expect((parsed.module == nullptr) == !parsed.errors.empty(), "a tree or errors, and not both");
  expect(parsed.errors.size() <= pxl::kMaxSyntaxErrors, "errors are bounded");
  const local::CompileRequest request{.text = input,
                                      .functions = {},
                                      .now_ns = 1'700'000'000'000'000'000,
                                      .vocabulary = local::Vocabulary::kCluster,
                                      .parsed = &parsed};
  const local::CompileResult compiled = local::compile(request, kNoTables);
  expect(compiled.errors.empty() == compiled.ok(), "a plan stands where there are no errors");
}

}  // namespace pxq::fuzz
