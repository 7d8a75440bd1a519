#pragma once

/// The types of CLI11 that headers name. Its own headers are for the files that declare or read
/// flags: each of those compiles the whole library with it, about two seconds of the compiler's
/// time.
namespace CLI {
class App;
class Option;
}  // namespace CLI
