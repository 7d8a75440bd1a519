#include "cli/reference.h"

namespace pxq {
namespace {

struct FlagExample {
  std::string_view flag;
  std::string_view text;
};

constexpr FlagExample kFlagExamples[] = {
#define PXQ_EXAMPLE(command, line, meaning)
#define PXQ_FLAG(flag, text) {flag, text},
#include "cli/examples.def"
#undef PXQ_FLAG
#undef PXQ_EXAMPLE
};

}  // namespace

std::span<const ExitCodeEntry> exit_codes() {
  static constexpr ExitCodeEntry kEntries[] = {
#define PXQ_EXIT_CODE(code, meaning, example) {code, meaning, example},
#define PXQ_VARIABLE(name, flag, meaning, example)
#define PXQ_FILE(path, meaning, example)
#include "cli/reference.def"
#undef PXQ_EXIT_CODE
#undef PXQ_VARIABLE
#undef PXQ_FILE
  };
  return kEntries;
}

std::span<const VariableEntry> variables() {
  static constexpr VariableEntry kEntries[] = {
#define PXQ_EXIT_CODE(code, meaning, example)
#define PXQ_VARIABLE(name, flag, meaning, example) {name, flag, meaning, example},
#define PXQ_FILE(path, meaning, example)
#include "cli/reference.def"
#undef PXQ_EXIT_CODE
#undef PXQ_VARIABLE
#undef PXQ_FILE
  };
  return kEntries;
}

std::span<const FileEntry> files() {
  static constexpr FileEntry kEntries[] = {
#define PXQ_EXIT_CODE(code, meaning, example)
#define PXQ_VARIABLE(name, flag, meaning, example)
#define PXQ_FILE(path, meaning, example) {path, meaning, example},
#include "cli/reference.def"
#undef PXQ_EXIT_CODE
#undef PXQ_VARIABLE
#undef PXQ_FILE
  };
  return kEntries;
}

std::span<const Example> examples() {
  static constexpr Example kEntries[] = {
#define PXQ_EXAMPLE(command, line, meaning) {command, line, meaning},
#define PXQ_FLAG(flag, text)
#include "cli/examples.def"
#undef PXQ_FLAG
#undef PXQ_EXAMPLE
  };
  return kEntries;
}

std::string_view variable_of(std::string_view flag) {
  for (const VariableEntry& variable : variables()) {
    if (variable.flag == flag) return variable.name;
  }
  return {};
}

std::string_view example_of(std::string_view flag) {
  for (const FlagExample& example : kFlagExamples) {
    if (example.flag == flag) return example.text;
  }
  return {};
}

}  // namespace pxq
