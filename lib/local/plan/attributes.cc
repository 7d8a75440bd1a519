#include "local/plan/attributes.h"

#include <utility>

#include <fmt/format.h>

namespace pxq::local {
namespace {

/// What tells an object from all others.
std::string identity(const Object& object) {
  if (const auto* module = object.as<Object::Module>()) return "module " + module->name;
  if (object.as<Object::FrameType>() != nullptr) return "DataFrame";
  if (const auto* type = object.as<Object::Type>()) {
    if (type->list) return "list";
    return fmt::format("type {} {}", static_cast<int>(type->cast.type),
                       static_cast<int>(type->cast.semantic));
  }
  return fmt::format("{}", static_cast<const void*>(&object));
}

}  // namespace

void Attributes::set(const ObjectPtr& object, const std::string& name, ObjectPtr value) {
  auto& attributes = values_[identity(*object)];
  if (attributes.empty()) kept_.push_back(object);
  attributes[name] = std::move(value);
}

ObjectPtr Attributes::find(const Object& object, const std::string& name) const {
  if (values_.empty()) return nullptr;
  const auto attributes = values_.find(identity(object));
  if (attributes == values_.end()) return nullptr;
  const auto found = attributes->second.find(name);
  return found == attributes->second.end() ? nullptr : found->second;
}

}  // namespace pxq::local
