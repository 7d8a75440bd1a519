#pragma once

// Debian 13 and later carry Catch2 in its third version, which has no catch2/catch.hpp and keeps its
// matchers in a namespace of their own. The tests are written for the second version; this header
// stands in for it there, and is on no include path where Debian's own exists.

#include <catch2/catch_all.hpp>

#include <string>

namespace Catch {

using Matchers::EndsWith;
using Matchers::Matches;
using Matchers::StartsWith;

inline auto Contains(const std::string& text) { return Matchers::ContainsSubstring(text); }

}  // namespace Catch

using Catch::Approx;
