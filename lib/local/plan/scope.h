#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "local/plan/object.h"

namespace pxq::local {

/// The variables of the module or of one running function. Reads fall through to the scope in
/// which the function was defined; assignments stay here.
class Scope final {
 public:
  explicit Scope(const Scope* parent = nullptr) : parent_(parent) {}
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

  void assign(std::string name, ObjectPtr value) { names_[std::move(name)] = std::move(value); }

  /// Null where the name is not defined.
  ObjectPtr find(const std::string& name) const {
    for (const Scope* scope = this; scope != nullptr; scope = scope->parent_) {
      const auto found = scope->names_.find(name);
      if (found != scope->names_.end()) return found->second;
    }
    return nullptr;
  }

 private:
  const Scope* parent_;
  std::unordered_map<std::string, ObjectPtr> names_;
};

}  // namespace pxq::local
