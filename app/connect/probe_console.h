#pragma once

#include <map>
#include <string>

#include "cli/command.h"
#include "wire/decoder.h"

namespace pxq {

/// Tells a terminal, or whoever wants more words, how the probes of a script come along: what has
/// changed since the last time.
class ProbeTalk {
 public:
  explicit ProbeTalk(Context& context) : context_(context) {}

  void tell(const wire::MutationInfo& info);

 private:
  void tell(const std::string& what, const std::string& state);

  Context& context_;
  std::map<std::string, std::string> told_;
};

}  // namespace pxq
