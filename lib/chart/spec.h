#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pxq::chart {

/// A part of a displaySpec. Fields are asked for in camelCase and found in snake_case too; what is
/// missing or of another shape reads as nothing, since the server takes such files as well.
class Spec {
 public:
  Spec() = default;
  explicit Spec(nlohmann::json object) : json_(std::move(object)) {}

  /// Of a text that is not a JSON object, an empty spec.
  static Spec parse(std::string_view text);

  bool has(std::string_view name) const { return find(name) != nullptr; }
  std::string text(std::string_view name) const;
  std::optional<bool> flag(std::string_view name) const;
  /// Also of a text, as 64-bit numbers are written in JSON that comes from protobuf.
  std::optional<double> number(std::string_view name) const;
  Spec part(std::string_view name) const;
  std::vector<Spec> parts(std::string_view name) const;
  std::vector<std::string> texts(std::string_view name) const;

  /// A column's name: of `outputs[0].latency`, which names the frame too, the last part.
  std::string column(std::string_view name) const;

 private:
  const nlohmann::json* find(std::string_view name) const;

  nlohmann::json json_ = nlohmann::json::object();
};

/// The name without the frame that it may come with.
std::string bare_column(std::string name);

}  // namespace pxq::chart
