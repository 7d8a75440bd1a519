# cmake -D ROOT=DIR -D OUT=FILE.cc -P EmbedFiles.cmake
# Writes the files below ROOT into a C++ source, byte for byte, for lib/script/shipped.cc.
file(GLOB_RECURSE paths RELATIVE ${ROOT} ${ROOT}/*)
list(SORT paths)
set(entries)
foreach(path IN LISTS paths)
  file(READ ${ROOT}/${path} bytes HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" bytes "${bytes}")
  string(REPLACE "\\x0a" "\\x0a\"\n     \"" bytes "${bytes}")
  string(APPEND entries "    {\"${path}\"sv,\n     \"${bytes}\"sv},\n")
endforeach()
file(CONFIGURE OUTPUT ${OUT} @ONLY NEWLINE_STYLE UNIX CONTENT [[
// Written by EmbedFiles.cmake.
#include "script/shipped.h"

namespace pxq {

using namespace std::string_view_literals;

std::span<const ShippedFile> shipped_files() {
  static constexpr ShippedFile kFiles[] = {
@entries@  };
  return kFiles;
}

}  // namespace pxq
]])
