#include "script/bundle.h"

#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/letter_case.h"
#include "base/suggest.h"
#include "script/bounded_file.h"
#include "script/script_text.h"
#include "script/shipped.h"

namespace pxq {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr size_t kMaxBundleBytes = 64 << 20;

std::string text_of(const json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string{};
}

bool flag_of(const json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_boolean() && it->get<bool>();
}

// vis is a text that holds JSON; hand-made bundles have the JSON itself.
std::string vis_of(const json& object) {
  const auto it = object.find("vis");
  if (it != object.end() && it->is_object()) return it->dump();
  return text_of(object, "vis");
}

bool contains_folded(std::string_view text, std::string_view part) {
  return std::search(text.begin(), text.end(), part.begin(), part.end(),
                     [&](char a, char b) { return lower_case(a) == lower_case(b); }) != text.end();
}

// `*` is any run of characters, '/' included, and `?` is any one. Only the last star is ever gone
// back to, so that a hostile pattern costs no more than its length times the name's.
bool glob_match(std::string_view pattern, std::string_view name) {
  size_t p = 0;
  size_t n = 0;
  size_t star = std::string_view::npos;
  size_t retry = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      retry = n;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++retry;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

bool matches(const BundleScript& script, std::string_view pattern) {
  if (pattern.empty()) return true;
  if (pattern.find_first_of("*?") != std::string_view::npos) {
    return glob_match(pattern, script.name);
  }
  return contains_folded(script.name, pattern) || contains_folded(script.short_doc, pattern);
}

bool looks_like_path(std::string_view name) {
  return name.starts_with('/') || name.starts_with("./") || name.starts_with("../") ||
         name.ends_with(".pxl");
}

}  // namespace

Result<Bundle> parse_bundle(std::string_view text, const std::string& origin) {
  json root;
  try {
    root = json::parse(text);
  } catch (const json::exception& error) {
    return Status{Code::kUsage, fmt::format("{}: not valid JSON: {}", origin, error.what())};
  }
  const auto scripts = root.is_object() ? root.find("scripts") : root.end();
  if (!root.is_object() || scripts == root.end() || !scripts->is_object()) {
    return Status{Code::kUsage, origin + ": not a script bundle: no \"scripts\" object"};
  }
  Bundle bundle;
  for (const auto& [name, entry] : scripts->items()) {
    if (!entry.is_object() || text_of(entry, "pxl").empty()) {
      bundle.skipped.push_back(name);
      continue;
    }
    bundle.scripts.push_back({.name = name,
                              .text = text_of(entry, "pxl"),
                              .vis = vis_of(entry),
                              .short_doc = text_of(entry, "ShortDoc"),
                              .long_doc = text_of(entry, "LongDoc"),
                              .hidden = flag_of(entry, "hidden"),
                              .origin = origin});
  }
  return bundle;
}

std::string write_bundle(const std::vector<const BundleScript*>& scripts) {
  json entries = json::object();
  for (const BundleScript* script : scripts) {
    entries[script->name] = {{"pxl", script->text},
                             {"vis", script->vis},
                             {"ShortDoc", script->short_doc},
                             {"LongDoc", script->long_doc},
                             {"hidden", script->hidden}};
  }
  // A script need not be UTF-8, but JSON must.
  return json{{"scripts", entries}}.dump(-1, ' ', false, json::error_handler_t::replace);
}

namespace {

constexpr size_t kMostFiles = 20'000;

// Of a checkout: what version control and editors keep is no script.
bool is_hidden(const fs::path& path) { return path.filename().string().starts_with('.'); }

bool belongs_to_scripts(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.ends_with(".pxl") || name == "vis.json" || name == "manifest.yaml";
}

// A directory that is itself one script, with what lies beside its .pxl, is named by that file.
void name_own_script(std::map<std::string, std::string>& texts) {
  std::vector<std::string> own;
  std::string script;
  for (const auto& [name, text] : texts) {
    if (name.find('/') != std::string::npos) continue;
    own.push_back(name);
    if (!name.ends_with(".pxl")) continue;
    if (!script.empty()) return;
    script = fs::path(name).stem().string();
  }
  if (script.empty() || own.size() < 2) return;
  for (const std::string& name : own) {
    auto file = texts.extract(name);
    file.key() = script + "/" + name;
    texts.insert(std::move(file));
  }
}

// The scripts below a directory, named as px names those of a checkout: by their path.
Result<Bundle> read_directory(const std::string& path) {
  std::map<std::string, std::string> texts;  // by the path below it
  size_t bytes = 0;
  std::error_code error;
  fs::recursive_directory_iterator it(path, error);
  for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    std::error_code ignored;
    if (is_hidden(it->path())) it.disable_recursion_pending();
    if (!it->is_regular_file(ignored) || !belongs_to_scripts(it->path())) continue;
    Result<std::string> text = read_bounded_file(it->path().string(), kMaxBundleBytes - bytes);
    if (!text.ok()) return text.status();
    bytes += text->size();
    texts[fs::relative(it->path(), path, ignored).generic_string()] = *std::move(text);
    if (texts.size() > kMostFiles) {
      return Status{Code::kUsage, fmt::format("bundle {}: more than {} files", path, kMostFiles),
                    "name the directory of the scripts themselves"};
    }
  }
  if (error) return errno_status(Code::kUsage, "cannot read", path, error.value());
  name_own_script(texts);
  std::vector<ShippedFile> files;
  for (const auto& [name, text] : texts) files.push_back({name, text});
  Bundle bundle = bundle_of(files);
  if (bundle.scripts.empty()) {
    return Status{Code::kUsage, fmt::format("bundle {}: no script below it", path),
                  "a script is NAME.pxl, or a directory with one .pxl"};
  }
  for (BundleScript& script : bundle.scripts) script.origin = path;
  return bundle;
}

// What gzip made of a text; kUsage where it is broken or too large.
Result<std::string> unzipped(const std::string& bytes, const std::string& path) {
  z_stream stream{};
  constexpr int kGzip = 16 + MAX_WBITS;
  if (::inflateInit2(&stream, kGzip) != Z_OK) {
    return Status{Code::kInternal, "zlib cannot be set up"};
  }
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string text;
  std::string piece(1u << 16, '\0');
  int state = Z_OK;
  while (state == Z_OK && text.size() <= kMaxBundleBytes) {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    state = ::inflate(&stream, Z_NO_FLUSH);
    text.append(piece, 0, piece.size() - stream.avail_out);
  }
  ::inflateEnd(&stream);
  if (text.size() > kMaxBundleBytes) {
    return Status{Code::kUsage, fmt::format("bundle {}: more than {} MiB of scripts", path,
                                            kMaxBundleBytes >> 20)};
  }
  if (state != Z_STREAM_END) {
    return Status{Code::kUsage, fmt::format("bundle {}: broken gzip data", path)};
  }
  return text;
}

bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b"); }

}  // namespace

Result<Bundle> read_bundle(const std::string& path) {
  if (path.find("://") != std::string::npos) {
    return Status{Code::kUsage, fmt::format("bundle {}: runs fetch nothing", path),
                  fmt::format("'pxq scripts update {}' fetches it once", path)};
  }
  std::error_code error;
  if (fs::is_directory(path, error)) return read_directory(path);
  const auto text = read_bounded_file(path, kMaxBundleBytes);
  if (!text.ok()) return text.status();
  if (!is_gzip(*text)) return parse_bundle(*text, path);
  const auto plain = unzipped(*text, path);
  return plain.ok() ? parse_bundle(*plain, path) : plain.status();
}

void ScriptLibrary::add(Bundle bundle) {
  for (BundleScript& script : bundle.scripts) {
    std::string name = script.name;
    scripts_.try_emplace(std::move(name), std::move(script));
  }
}

std::vector<const BundleScript*> ScriptLibrary::list(std::string_view pattern,
                                                     bool with_hidden) const& {
  std::vector<const BundleScript*> found;
  for (const auto& [name, script] : scripts_) {
    if ((with_hidden || !script.hidden) && matches(script, pattern)) found.push_back(&script);
  }
  return found;
}

Result<const BundleScript*> ScriptLibrary::find(const std::string& name) const& {
  if (const auto it = scripts_.find(name); it != scripts_.end()) return &it->second;
  Suggestion suggestion(name);
  for (const auto& [known, script] : scripts_) suggestion.offer(known);
  std::string hint = suggestion.question();
  if (hint.empty()) hint = "'pxq scripts' lists them; 'pxq scripts update' fetches Pixie's";
  return Status{Code::kUsage, fmt::format("no script '{}'", name), std::move(hint)};
}

Result<Script> ScriptLibrary::load(const std::string& name) const {
  const auto found = find(name);
  if (!found.ok()) return found.status();
  const BundleScript& entry = **found;
  auto text = script_text(entry.text, name);
  if (!text.ok()) return text.status();
  Script script{.text = *std::move(text),
                .name = name,
                .source = name,
                .vis = {},
                .short_doc = entry.short_doc,
                .long_doc = entry.long_doc,
                .hidden = entry.hidden};
  if (!entry.vis.empty()) {
    auto vis = parse_vis(entry.vis, fmt::format("vis.json of {}", name));
    if (!vis.ok()) return vis.status();
    script.vis = *std::move(vis);
  }
  return script;
}

Result<Script> open_script(const std::string& name, const ScriptLibrary& library,
                           std::stop_token stop) {
  if (name == "-") return load_script_from(STDIN_FILENO, std::move(stop));
  if (looks_like_path(name) || is_script_path(name)) return load_script(name, std::move(stop));
  auto script = library.load(name);
  if (script.ok() || library.find(name).ok()) return script;
  return Status{Code::kUsage, fmt::format("no file and no script '{}'", name),
                script.status().hint()};
}

}  // namespace pxq
