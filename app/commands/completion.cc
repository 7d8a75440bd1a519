#include <fmt/format.h>
#include <CLI/App.hpp>

#include <memory>

#include "base/suggest.h"
#include "cli/command.h"
#include "cli/completion_script.h"
#include "process/print.h"

namespace pxq {
namespace {

class CompletionCommand final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("SHELL", shell_, "bash, zsh or fish")->required();
  }

  Status run(Context&) override {
    if (shell_ == "bash") return print(bash_completion());
    if (shell_ == "zsh") return print(zsh_completion());
    if (shell_ == "fish") return print(fish_completion());
    std::string hint = did_you_mean(shell_, std::vector<std::string_view>{"bash", "zsh", "fish"});
    return {Code::kUsage, fmt::format("no completion for '{}'", shell_),
            hint.empty() ? "bash, zsh and fish are known" : std::move(hint)};
  }

 private:
  std::string shell_;
};

}  // namespace

std::unique_ptr<Command> make_completion_command() { return std::make_unique<CompletionCommand>(); }

}  // namespace pxq
