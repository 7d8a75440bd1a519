#include "format/format.h"

#include "format/all_formats.h"

namespace pxq {
namespace {

// Made when first asked for, as the formats are constants of other files.
std::span<const Format> all_formats() {
  static const Format all[] = {
#define PXQ_FORMAT(constant) constant,
#include "format/formats.def"
#undef PXQ_FORMAT
  };
  return all;
}

template <typename Predicate>
const Format* find_if(Predicate matches) {
  for (const Format& format : all_formats()) {
    if (matches(format)) return &format;
  }
  return nullptr;
}

}  // namespace

std::span<const Format> formats() { return all_formats(); }

const Format& default_format(DefaultFor place) {
  const Format* format = find_if([place](const Format& f) { return f.default_for == place; });
  return format == nullptr ? all_formats()[0] : *format;
}

const Format* find_format(std::string_view name) {
  if (name.empty()) return nullptr;
  return find_if([name](const Format& f) { return f.name == name || f.alias == name; });
}

const Format* find_format_by_extension(std::string_view extension) {
  if (extension.empty()) return nullptr;
  return find_if([extension](const Format& f) { return f.extension == extension; });
}

}  // namespace pxq
