#include "script/mutation.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "script/tokens.h"

namespace pxq {
namespace {

bool is_probe_module(std::string_view name) { return name == "pxtrace" || name == "pxconfig"; }

// Walks the tokens once; remembers under which names px and its export go.
class EffectFinder {
 public:
  explicit EffectFinder(std::string_view script) : tokens_(tokenize(script)) {}

  ScriptEffects run() {
    for (size_t i = 0; i < tokens_.size(); ++i) {
      if (tokens_[i].is_name && text(i) == "import" && !after_dot(i)) {
        import(i);
      } else if (tokens_[i].is_name && text(i) == "from" && !after_dot(i)) {
        from_import(i);
      } else {
        use(i);
      }
    }
    return effects_;
  }

 private:
  std::string_view text(size_t i) const {
    return i < tokens_.size() ? tokens_[i].text : std::string_view{};
  }

  bool after_dot(size_t i) const { return i > 0 && text(i - 1) == "."; }

  static void note(uint64_t& line, const Token& token) {
    if (line == 0) line = token.line;
  }

  // import a [as b] [, c [as d]]
  void import(size_t i) {
    for (++i; i < tokens_.size() && tokens_[i].is_name && !tokens_[i].starts_statement; ++i) {
      const std::string_view module = text(i);
      if (is_probe_module(module)) note(effects_.probes_line, tokens_[i]);
      const bool renamed = text(i + 1) == "as";
      if (module == "px") px_names_.insert(renamed ? text(i + 2) : module);
      if (renamed) i += 2;
      if (text(i + 1) != ",") return;
      ++i;
    }
  }

  // from a import [(] b [as c] [, d [as e]] [)]
  void from_import(size_t i) {
    const std::string_view module = text(i + 1);
    if (is_probe_module(module)) note(effects_.probes_line, tokens_[i + 1]);
    if (module != "px" || text(i + 2) != "import") return;
    for (size_t j = i + 3; j < tokens_.size() && !tokens_[j].starts_statement; ++j) {
      const std::string_view local = text(j + 1) == "as" ? text(j + 2) : text(j);
      if (text(j) == "export") export_names_.insert(local);
      if (text(j) == "plugin") effects_.plugin_window = true;
    }
  }

  void use(size_t i) {
    const std::string_view name = text(i);
    if (export_names_.contains(name) && !after_dot(i) && text(i + 1) == "(") {
      note(effects_.export_line, tokens_[i]);
    }
    if (!after_dot(i)) return;
    if (name == "stream" && text(i + 1) == "(") effects_.streams = true;
    const bool of_px = i >= 2 && px_names_.contains(text(i - 2));
    // px may have been assigned to another name, so whatever is called export counts.
    if (name == "export" && (of_px || text(i + 1) == "(")) note(effects_.export_line, tokens_[i]);
    if (name == "plugin" && of_px) effects_.plugin_window = true;
  }

  std::vector<Token> tokens_;
  std::set<std::string_view> px_names_{"px"};
  std::set<std::string_view> export_names_;
  ScriptEffects effects_;
};

}  // namespace

ScriptEffects find_effects(std::string_view script) { return EffectFinder(script).run(); }

Status check_mutation(const ScriptEffects& effects, bool allowed, const std::string& source) {
  if (allowed || !effects.mutates()) return {};
  return Status{Code::kUsage, fmt::format("{} installs probes on the cluster", source),
                "--mutate allows it"}
      .with_diagnostic({.message = "installs probes on the cluster",
                        .where = {.file = source, .line = effects.probes_line, .column = 1},
                        .hint = "--mutate allows it"});
}

}  // namespace pxq
