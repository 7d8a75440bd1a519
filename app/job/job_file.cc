#include "job/job_file.h"

#include <fmt/format.h>
#include <toml++/toml.h>
#include <CLI/App.hpp>

#include <CLI/Option.hpp>
#include <CLI/Validators.hpp>
#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <span>
#include <utility>

#include "base/suggest.h"
#include "cli/command_view.h"
#include "file/file_bytes.h"
#include "file/path_template.h"
#include "job/command_words.h"

namespace pxq {
namespace {

constexpr size_t kLargestFile = size_t{1} << 22;
// What a job is by its place in the file, or what is of the file as a whole.
constexpr std::array<std::string_view, 8> kNotInFile = {"job",  "job-file", "only",    "parallel",
                                                        "help", "file",     "execute", "check"};
constexpr std::array<std::string_view, 4> kNotBeside = {"job", "file", "execute", "check"};

bool among(std::string_view name, std::span<const std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

std::string long_name(const CLI::Option& option) {
  return option.get_lnames().empty() ? std::string() : option.get_lnames().front();
}

bool takes_value(const CLI::Option& option) { return option.get_items_expected_max() != 0; }

Status wrong_at(const std::string& path, const toml::source_region& region, std::string message,
                std::string hint = {}) {
  const Position where{path, region.begin.line, region.begin.column};
  return Status(Code::kUsage, message).with_diagnostic({message, where, std::move(hint)});
}

std::optional<std::string> scalar_text(const toml::node& node) {
  if (const auto text = node.value_exact<std::string>()) return text;
  if (const auto number = node.value_exact<int64_t>()) return std::to_string(*number);
  if (const auto number = node.value_exact<double>()) return fmt::format("{}", *number);
  return std::nullopt;
}

/// A job's flags, each with its values; "true" where it came without one.
using Flags = std::map<std::string, std::vector<std::string>, std::less<>>;

class Reader {
 public:
  Reader(const JobFileOptions& options, const CLI::App& app) : options_(options), app_(app) {}

  Result<std::vector<FileJob>> read(const toml::table& document) {
    if (Status beside = read_command_line(); !beside.ok()) return beside;
    const toml::table nothing;
    const toml::table* defaults = &nothing;
    const toml::table* jobs = &nothing;
    for (const auto& [key, value] : document) {
      const toml::table*& place = key == "defaults" ? defaults : jobs;
      if ((key != "defaults" && key != "jobs") || !value.is_table()) {
        return wrong_at(options_.file, key.source(), fmt::format("unknown section '{}'", key.str()),
                        "the sections are [defaults] and [jobs.NAME]");
      }
      place = value.as_table();
    }
    return collect(*defaults, *jobs);
  }

 private:
  // What stands beside --job-file is for all jobs.
  Status read_command_line() {
    for (const CLI::Option* option : app_.get_options()) {
      if (option->count() == 0) continue;
      const std::string name = long_name(*option);
      if (name.empty() || among(name, kNotBeside)) {
        return {Code::kUsage,
                fmt::format("{} stands beside --job-file", name.empty() ? "a script" : "--" + name),
                "it is of one job, and the file has them all"};
      }
      if (among(name, kNotInFile)) continue;
      given_[name] = option->results();
    }
    return {};
  }

  Result<std::vector<FileJob>> collect(const toml::table& defaults, const toml::table& jobs) {
    Flags common;
    if (Status read = read_section(defaults, common); !read.ok()) return read;
    std::vector<FileJob> found;
    std::vector<std::string> names;
    for (const auto& [key, value] : jobs) {
      const std::string name(key.str());
      names.push_back(name);
      if (!value.is_table()) {
        return wrong_at(options_.file, key.source(), fmt::format("jobs.{} is no section", name),
                        "a job is [jobs." + name + "] with script and to below it");
      }
      Flags own = common;
      if (Status read = read_section(*value.as_table(), own); !read.ok()) return read;
      const bool is_snapshot = own.contains("snapshot");  // which has a script of its own
      if (!own.contains("script") && !is_snapshot) {
        return wrong_at(options_.file, key.source(), fmt::format("job '{}' has no script", name),
                        "such as script = \"pxq/export/http_events\"");
      }
      if (own.contains("script") && own.at("script").front().starts_with('-')) {
        return wrong_at(options_.file, key.source(), fmt::format("job '{}' has no script", name),
                        "a script that is exported is a file or has a name");
      }
      if (options_.only.empty() || std::ranges::find(options_.only, name) != options_.only.end()) {
        found.push_back({name, words_of(name, own)});
      }
    }
    return check_names(std::move(found), names);
  }

  Result<std::vector<FileJob>> check_names(std::vector<FileJob> found,
                                           const std::vector<std::string>& names) const {
    for (const std::string& name : options_.only) {
      if (std::ranges::find(names, name) != names.end()) continue;
      return Status(Code::kUsage, fmt::format("{} has no job '{}'", options_.file, name),
                    did_you_mean(name, names));
    }
    if (!found.empty()) return found;
    return Status(Code::kUsage, options_.file + " has no jobs", "a job is a section [jobs.NAME]");
  }

  // A key of the section replaces what was there.
  Status read_section(const toml::table& section, Flags& flags) const {
    for (const auto& [key, value] : section) {
      const std::string name(key.str());
      const CLI::Option* option = name == "script" || among(name, kNotInFile)
                                      ? nullptr
                                      : app_.get_option_no_throw("--" + name);
      if (option == nullptr && name != "script") {
        return wrong_at(options_.file, key.source(), fmt::format("a job has no '{}'", name),
                        "keys are `script` and the long names of the flags of pxq export");
      }
      flags.erase(name);
      if (option != nullptr && !takes_value(*option)) {
        const auto truth = value.value_exact<bool>();
        if (truth && *truth) flags[name] = {"true"};
        if (truth) continue;
        if (!takes_optional_value(*option)) {
          return wrong_at(options_.file, value.source(),
                          fmt::format("'{}' is true or false", name));
        }
      }
      auto values = values_of(name, value);
      if (!values.ok()) return values.status();
      flags[name] = *std::move(values);
    }
    return {};
  }

  Result<std::vector<std::string>> values_of(const std::string& name,
                                             const toml::node& value) const {
    std::vector<std::string> values;
    const auto add = [&](const toml::node& node) {
      auto text = scalar_text(node);
      if (text) values.push_back(*std::move(text));
      return text.has_value();
    };
    bool good = true;
    if (const toml::array* array = value.as_array(); array != nullptr && name != "script") {
      for (const toml::node& node : *array) good = good && add(node);
    } else {
      good = add(value);
    }
    if (good) return values;
    return wrong_at(options_.file, value.source(),
                    fmt::format("'{}' is a text in quotes{}", name,
                                name == "script" ? "" : ", a number or a list of them"));
  }

  std::vector<std::string> words_of(const std::string& name, const Flags& flags) const {
    std::vector<std::string> words = {"export", "--job=" + name};
    const auto add = [&](const std::string& flag, const std::vector<std::string>& values) {
      const CLI::Option* option = app_.get_option_no_throw("--" + flag);
      const bool needs_value = option != nullptr && takes_value(*option);
      for (const std::string& value : values) {
        const std::string own = for_job(value, name);
        words.push_back(needs_value ? "--" + flag + "=" + own : flag_word(flag, own));
      }
    };
    for (const auto& [flag, values] : flags) {
      if (flag != "script" && !given_.contains(flag)) add(flag, values);
    }
    for (const auto& [flag, values] : given_) add(flag, values);
    if (const auto script = flags.find("script"); script != flags.end()) {
      words.push_back(for_job(script->second.front(), name));
    }
    return words;
  }

  static std::string for_job(std::string value, const std::string& name) {
    constexpr std::string_view kJob = "{job}";
    const std::string safe = path_safe(name);
    for (size_t at = value.find(kJob); at != std::string::npos;
         at = value.find(kJob, at + safe.size())) {
      value.replace(at, kJob.size(), safe);
    }
    return value;
  }

  const JobFileOptions& options_;
  const CLI::App& app_;
  Flags given_;
};

}  // namespace

void JobFileOptions::declare(CLI::App& app) {
  app.add_option("--job-file", file, "run the jobs of a file instead of one")
      ->type_name("FILE.toml")
      ->group("Export");
  app.add_option("--only", only, "this job of --job-file (repeatable)")
      ->type_name("NAME")
      ->allow_extra_args(false)
      ->group("Export");
  app.add_option("--parallel", parallel,
                 "how many of them, or of several clusters, at the same time (default 4)")
      ->check(CLI::Range(1, 256))
      ->type_name("N")
      ->group("Export");
}

Result<std::vector<FileJob>> read_job_file(const JobFileOptions& options, const CLI::App& app) try {
  auto text = read_file(options.file, kLargestFile, Code::kUsage);
  if (!text.ok()) return text.status();
  return Reader(options, app).read(toml::parse(*text));
} catch (const toml::parse_error& error) {
  return wrong_at(options.file, error.source(), std::string(error.description()));
}

}  // namespace pxq
