#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "base/status.h"
#include "script/vis.h"

namespace pxq {

/// A script and what came with it. The text holds the bytes as found, CRLF and all, but for a byte
/// order mark at the start.
struct Script {
  std::string text;
  std::string name;        // in a bundle, such as px/http_data; empty for local scripts
  std::string source;      // how messages name it
  std::optional<Vis> vis;  // nothing: the script has no vis.json
  std::string short_doc;
  std::string long_doc;
  bool hidden = false;
};

/// From a .pxl file, or from a directory with exactly one, beside it an optional vis.json and
/// manifest.yaml. Every error is kUsage and names the file, with errno's words where it has any.
Result<Script> load_script(const std::string& path, std::stop_token stop = {});

/// From an open pipe or file, normally 0. A terminal is refused: nothing would prompt there.
Result<Script> load_script_from(int fd, std::stop_token stop = {});

/// From the command line (-e).
Result<Script> script_from_text(std::string bytes);

/// Whether `path` names a file, or a directory that holds a script; else the name may be a
/// bundle's.
bool is_script_path(const std::string& path);

}  // namespace pxq
