#include "script/manifest.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

namespace pxq {
namespace {

// A block in YAML ends with a line break that is not part of the text.
std::string trimmed(std::string text) {
  const size_t last = text.find_last_not_of(" \t\r\n");
  text.resize(last == std::string::npos ? 0 : last + 1);
  return text;
}

std::string text_of(const YAML::Node& root, const char* key) {
  const YAML::Node node = root[key];
  return node && node.IsScalar() ? trimmed(node.Scalar()) : std::string{};
}

}  // namespace

Result<Manifest> parse_manifest(const std::string& yaml, const std::string& source) {
  try {
    const YAML::Node root = YAML::Load(yaml);
    if (root.IsNull()) return Manifest{};
    if (!root.IsMap()) return Status{Code::kUsage, source + ": not a YAML mapping"};
    return Manifest{.short_doc = text_of(root, "short"),
                    .long_doc = text_of(root, "long"),
                    .hidden = root["hidden"] && root["hidden"].as<bool>(false)};
  } catch (const YAML::Exception& error) {
    return Status{Code::kUsage, fmt::format("{}: not valid YAML: {}", source, error.what())};
  }
}

}  // namespace pxq
