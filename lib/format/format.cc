#include "format/format.h"

#include "format/all_formats.h"

namespace pxq {
namespace {

constexpr std::nullopt_t kNone = std::nullopt;
constexpr LineFormat kCsv = LineFormat::kCsv, kTsv = LineFormat::kTsv,
                     kJsonLines = LineFormat::kJsonLines;

// Tables for people have units already: --human asks them for what they do.
constexpr Heeds kTable{.expanded = true, .human = true};
constexpr Heeds kMarkdown{.human = true};
constexpr Heeds kJson{.table_key = true, .int64 = true, .nan = true, .bytes = true, .time = true};
constexpr Heeds kFields{.human = true, .bytes = true, .time = true, .raw_bytes = true};
constexpr Heeds kPictures{.human = true};
constexpr Heeds kParquet{.bytes = true};
constexpr Heeds kNoFlag{};

constexpr bool kAsItGoes = false, kAtEnd = true;

constexpr Format kFormats[] = {
#define PXQ_FORMAT(name, alias, extension, form, one_table, lines, default_for, heeds, at_end, \
                   maker, description)                                                         \
  {name,                                                                                       \
   alias,                                                                                      \
   extension,                                                                                  \
   description,                                                                                \
   Format::Form::form,                                                                         \
   one_table,                                                                                  \
   lines,                                                                                      \
   DefaultFor::default_for,                                                                    \
   heeds,                                                                                      \
   at_end,                                                                                     \
   maker},
#include "format/formats.def"
#undef PXQ_FORMAT
};

template <typename Predicate>
const Format* find_if(Predicate matches) {
  for (const Format& format : kFormats) {
    if (matches(format)) return &format;
  }
  return nullptr;
}

}  // namespace

std::span<const Format> formats() { return kFormats; }

const Format& default_format(DefaultFor place) {
  const Format* format = find_if([place](const Format& f) { return f.default_for == place; });
  return format == nullptr ? kFormats[0] : *format;
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
