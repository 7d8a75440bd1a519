#include "format/ascii_output.h"

#include "text/ascii_signs.h"

namespace pxq {

Status AsciiOutput::write(std::string_view bytes) {
  text_.clear();
  append_with_ascii_signs(bytes, text_);
  next_.text().append(text_);
  next_.commit();
  next_.flush();
  return next_.status();
}

}  // namespace pxq
