#pragma once

#include <string>
#include <vector>

#include "live/page.h"
#include "live/text_field.h"

namespace pxq::live {

/// An argument of a script with the value that it has now.
struct ArgumentField {
  std::string name;
  std::string type;
  std::string about;
  std::string value;
  std::vector<std::string> choices;  // empty: any text
};

/// A script's arguments to be changed.
class ArgumentForm final : public Page {
 public:
  explicit ArgumentForm(std::vector<ArgumentField> fields);

  Outcome key(Key key) override;
  Frame draw(size_t width, size_t height) override;
  std::string keys() const override {
    return "Enter runs with these, Esc leaves them, arrows move";
  }

  /// Why the values were refused; shown until one changes.
  void refuse(std::string why) { refused_ = std::move(why); }
  /// With the values as they were typed.
  std::vector<ArgumentField> fields() const;

 private:
  void turn(std::ptrdiff_t step);
  Lines about(size_t width) const;

  std::vector<ArgumentField> fields_;
  std::vector<TextField> typed_;
  std::string refused_;
  size_t cursor_ = 0;
  size_t top_ = 0;
};

}  // namespace pxq::live
