#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "local/plan/object.h"

namespace pxq::local {

/// The attributes that a script gave to objects: `px.my = 1`. They belong to the object, so that
/// all names of it see them. A module or type is one object however often a script names it.
class Attributes final {
 public:
  void set(const ObjectPtr& object, const std::string& name, ObjectPtr value);
  /// Null where the script gave none of the name.
  ObjectPtr find(const Object& object, const std::string& name) const;

 private:
  std::unordered_map<std::string, std::unordered_map<std::string, ObjectPtr>> values_;
  std::vector<ObjectPtr> kept_;  // so that no later object has the address of one of these
};

}  // namespace pxq::local
