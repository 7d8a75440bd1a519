#include "format/structured_text.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "text/measure.h"
#include "text/number.h"
#include "text/visible.h"

namespace pxq {
namespace {

using nlohmann::json;
using Quantiles = std::vector<std::pair<std::string, double>>;  // sorted by name

json parsed(std::string_view text) {
  return json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
}

Quantiles read_quantiles(std::string_view text) {
  const json object = parsed(text);
  Quantiles all;
  if (!object.is_object()) return all;
  for (const auto& [name, value] : object.items()) {
    if (!value.is_number()) return {};
    all.emplace_back(name, value.get<double>());
  }
  Quantiles middle_and_tail;
  for (const auto& entry : all) {
    if (entry.first == "p50" || entry.first == "p99") middle_and_tail.push_back(entry);
  }
  return middle_and_tail.size() == 2 ? middle_and_tail : all;
}

template <typename AppendValue>
size_t append_each(std::string_view text, TextBuffer& out, AppendValue append_value) {
  const Quantiles quantiles = read_quantiles(text);
  if (quantiles.empty()) return append_visible(text, out);
  size_t width = 0;
  for (const auto& [name, value] : quantiles) {
    if (width != 0) {
      out.append(" · ");
      width += 3;
    }
    width += append_visible(name, out) + 1;
    out.push_back(' ');
    width += append_value(value);
  }
  return width;
}

}  // namespace

size_t append_quantiles(std::string_view text, TextBuffer& out) {
  return append_each(text, out, [&out](double value) {
    const size_t start = out.size();
    out.advance_to(write_double(out.reserve(kDoubleSize), value));
    return out.size() - start;
  });
}

size_t append_duration_quantiles(std::string_view text, TextBuffer& out) {
  return append_each(text, out, [&out](double value) {
    const Magnitudes itself{.typical = std::abs(value), .least = 0, .most = 0};
    return Measure(Quantity::kDuration, itself, /*whole=*/true).append(value, out);
  });
}

size_t append_script_label(std::string_view text, TextBuffer& out) {
  const json link = parsed(text);
  if (!link.is_object()) return append_visible(text, out);
  const auto label = link.find("label");
  if (label == link.end() || !label->is_string()) return append_visible(text, out);
  return append_visible(label->get_ref<const std::string&>(), out);
}

}  // namespace pxq
