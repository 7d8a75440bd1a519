#include "format/one_table.h"
#include "text/shell_word.h"

#include <fmt/format.h>

namespace pxq {

Status two_tables(std::string_view format, std::string_view extension, std::string_view first,
                  std::string_view second) {
  return {
      Code::kUsage,
      fmt::format("{} holds one table, and the script makes '{}' and '{}'", format, first, second),
      fmt::format("choose one with -t {}, or write a file for each with -o 'DIR/{{table}}.{}'",
                  shell_word(first), extension)};
}

}  // namespace pxq
