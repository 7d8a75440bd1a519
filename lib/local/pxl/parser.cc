#include "local/pxl/parser.h"

#include "local/pxl/grammar.h"

namespace pxq::pxl {

ParseResult parse(std::string_view text) {
  Grammar grammar(text);
  ParseResult result{.module = grammar.module(), .errors = grammar.take_errors()};
  if (!result.errors.empty()) result.module.reset();
  return result;
}

}  // namespace pxq::pxl
