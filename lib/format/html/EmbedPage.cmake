# cmake -D STYLE=FILE -D SCRIPTS=FILE,FILE -D D3=FILE -D OUT=FILE.cc -P EmbedPage.cmake
# Writes what all pages hold into a C++ source, for lib/format/html/page_parts.h. Scripts stand one
# behind the other.
function(literal result)
  set(text)
  foreach(path IN LISTS ARGN)
    file(READ ${path} bytes HEX)
    string(APPEND text ${bytes})
  endforeach()
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" text "${text}")
  string(REPLACE "\\x0a" "\\x0a\"\n      \"" text "${text}")
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

string(REPLACE "," ";" SCRIPTS "${SCRIPTS}")
literal(style ${STYLE})
literal(script ${SCRIPTS})
literal(d3 ${D3})
file(CONFIGURE OUTPUT ${OUT} @ONLY NEWLINE_STYLE UNIX CONTENT [[
// Written by EmbedPage.cmake.
#include "format/html/page_parts.h"

namespace pxq::html {

using namespace std::string_view_literals;

std::string_view page_style() {
  return "@style@"sv;
}

std::string_view page_script() {
  return "@script@"sv;
}

std::string_view d3_script() {
  return "@d3@"sv;
}

}  // namespace pxq::html
]])
