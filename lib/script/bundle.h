#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "script/source.h"

namespace pxq {

/// A script as a bundle holds it, not looked into yet.
struct BundleScript {
  std::string name;  // such as px/http_data
  std::string text;
  std::string vis;  // text of vis.json; empty: there is none
  std::string short_doc;
  std::string long_doc;
  bool hidden = false;
  std::string origin;  // the file or directory it came from
};

/// Scripts from one place. `skipped` names entries that are none, so that they need not break the
/// others.
struct Bundle {
  std::vector<BundleScript> scripts;
  std::vector<std::string> skipped;
};

/// Reads px's JSON form: {"scripts": {NAME: {"pxl", "vis", "ShortDoc", "LongDoc", "hidden"}}}.
/// kUsage where the text has another shape; `origin` names it.
Result<Bundle> parse_bundle(std::string_view json, const std::string& origin);

/// The same form from scripts.
std::string write_bundle(const std::vector<const BundleScript*>& scripts);

/// The same from a file, which gzip may have made smaller, or the scripts of a directory, such as a
/// checkout of Pixie's, named by their paths; a URL is refused with the command that fetches one.
Result<Bundle> read_bundle(const std::string& path);

/// Every script that can be run by name. What it hands out lives as long as it does. Bundles are
/// added in order of precedence: the first one that has a name keeps it, so the user's own go
/// first.
class ScriptLibrary final {
 public:
  void add(Bundle bundle);

  /// Sorted by name. `pattern` is a part of a name or of the short text, or with * and ? a whole
  /// name; empty: all. Hidden ones only when asked for.
  std::vector<const BundleScript*> list(std::string_view pattern = {},
                                        bool with_hidden = false) const&;
  std::vector<const BundleScript*> list(std::string_view = {}, bool = false) const&& = delete;

  /// kUsage with the nearest names where there is none.
  Result<const BundleScript*> find(const std::string& name) const&;
  Result<const BundleScript*> find(const std::string& name) const&& = delete;

  /// find(), and vis.json read and the text checked.
  Result<Script> load(const std::string& name) const;

  bool empty() const { return scripts_.empty(); }

 private:
  std::map<std::string, BundleScript, std::less<>> scripts_;
};

/// What SCRIPT on the command line means: `-`, a path, or else a name of the library.
Result<Script> open_script(const std::string& name, const ScriptLibrary& library,
                           std::stop_token stop = {});

}  // namespace pxq
