#include "options/output_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/App.hpp>

#include <CLI/Option.hpp>
#include <CLI/Validators.hpp>
#include <algorithm>
#include <cstdint>
#include <utility>

#include "base/environment.h"
#include "base/letter_case.h"
#include "base/number_text.h"
#include "base/suggest.h"
#include "file/compression.h"
#include "file/directory_check.h"
#include "options/format_flags.h"
#include "text/ascii_signs.h"
#include "text/time_zone.h"

namespace pxq {
namespace {

// About a screen; with --limit or --wide, and in every format for programs, all rows come.
constexpr size_t kRowsOnTerminal = 40;

Result<uint64_t> parse_count(const std::string& flag, const std::string& text) {
  if (const auto count = number_from<uint64_t>(text)) return *count;
  return Status(Code::kUsage, fmt::format("{} '{}' is not a number of rows", flag, text));
}

std::vector<std::string_view> format_names() {
  std::vector<std::string_view> names;
  for (const Format& format : formats()) names.push_back(format.name);
  return names;
}

// What was probably meant by a word that is no format's name.
std::string meant_by(const std::string& name) {
  if (name == "sqlite") return "a database is a file: -o FILE.sqlite";
  if (name == "-") return "stdout gets the rows where no file is named, such as by -o csv;";
  if (name == "ndjson" || name == "json-lines" || name == "jsonlines")
    return "did you mean 'jsonl'?";
  if (name == "wide") return "all columns and rows: --wide";
  if (const Format* format = find_format_by_extension(name)) {
    return fmt::format("did you mean '{}'?", format->name);
  }
  std::vector<std::string_view> names = format_names();
  for (const Format& format : formats()) {
    if (!format.alias.empty()) names.push_back(format.alias);
  }
  return did_you_mean(name, names);
}

Status unknown_format(const std::string& name, std::string_view origin) {
  const std::string near = meant_by(name);
  return {Code::kUsage, fmt::format("{} '{}' is not a format", origin, name),
          fmt::format("{}{}the formats are {}; a file's name has an ending, such as out.csv", near,
                      near.empty() ? "" : " ", fmt::join(format_names(), ", "))};
}

// Endings of files that no format writes.
std::vector<std::string_view> own_endings() {
  std::vector<std::string_view> endings;
  for (const OutputKind* kind : output_kinds()) {
    if (!kind->extension.empty()) endings.push_back(kind->extension);
  }
  return endings;
}

std::string endings() {
  std::string list;
  std::vector<std::string_view> binary = own_endings();
  for (const Format& format : formats()) {
    if (format.extension.empty()) continue;
    if (format.form == Format::Form::kBinary) {
      binary.push_back(format.extension);
    } else {
      list += fmt::format(".{} ", format.extension);
    }
  }
  return fmt::format("{}(each also .gz or .zst) and .{}", list, fmt::join(binary, " ."));
}

Status unknown_ending(const std::string& path) {
  const std::string ending = output_extension(path);
  std::vector<std::string_view> known = own_endings();
  for (const Format& format : formats()) {
    if (!format.extension.empty()) known.push_back(format.extension);
  }
  std::string near = ending.empty() ? std::string() : did_you_mean(ending, known);
  if (path == "/dev/null") near = "-o null writes nothing;";
  if (path == "/dev/stdout" || path.starts_with("/dev/fd/") || path.starts_with("/proc/")) {
    near = "rows go to stdout where a format alone is named, as by -o csv;";
  }
  if (ending == "db" || ending == "sqlite3") near = "did you mean '.sqlite'?";
  return {Code::kUsage, fmt::format("the ending of '{}' names no format", path),
          fmt::format("{}{}there are {}", near, near.empty() ? "" : " ", endings())};
}

CLI::Option* choice(CLI::App& app, const std::string& name, std::string& value,
                    const std::vector<std::string>& values, const std::string& description) {
  return app.add_option(name, value, description)->check(CLI::IsMember(values))->group("Output");
}

// What is no text spoils a terminal, and is packed in its own way.
Status check_form(const OutputPlan& plan, const std::string& output, const Terminal& out) {
  if (plan.format == nullptr || plan.format->form == Format::Form::kText) return {};
  const std::string_view name = plan.format->name;
  if (!plan.kind->takes_paths && out.is_terminal) {
    return {
        Code::kUsage, fmt::format("{} is not for a terminal", name),
        fmt::format("write it to a file with -o FILE.{}, or into a pipe", plan.format->extension)};
  }
  if (plan.kind->takes_paths && compression_of(output) != Compression::kNone) {
    return {Code::kUsage, fmt::format("'{}': {} is packed inside already", output, name),
            fmt::format("name it '{}'", without_compression(output))};
  }
  return {};
}

// In any case, as px takes it: `-o JSON`.
Result<const Format*> named_format(const std::string& name, std::string_view origin) {
  const Format* format = find_format(lower_case(name));
  if (format == nullptr) return unknown_format(name, origin);
  return format;
}

Result<const Format*> unnamed_format(const OutputOptions& options, const Context& context) {
  if (options.expanded == "on") return find_format("vertical");
  if (const std::string name = environment("PXQ_OUTPUT"); !name.empty())
    return named_format(name, "PXQ_OUTPUT");
  return &default_format(context.out.is_terminal ? DefaultFor::kTerminal : DefaultFor::kPipe);
}

Result<const Format*> format_of_file(const std::string& path) {
  const Format* format = find_format_by_extension(output_extension(path));
  if (format == nullptr) return unknown_ending(path);
  return format;
}

FormatOptions::Time time_form(std::string_view name) {
  using Time = FormatOptions::Time;
  static constexpr std::pair<std::string_view, Time> kForms[] = {
      {"rfc3339_ms", Time::kRfc3339Ms}, {"rfc3339_s", Time::kRfc3339S}, {"unix", Time::kUnix},
      {"unix_ms", Time::kUnixMs},       {"unix_us", Time::kUnixUs},     {"unix_ns", Time::kUnixNs}};
  for (const auto& [known, form] : kForms) {
    if (known == name) return form;
  }
  return Time::kRfc3339;
}

}  // namespace

void OutputOptions::declare(CLI::App& app) {
  app.add_option("-o,--output", output,
                 fmt::format("a format ({}) or a file, also 'DIR/{{table}}.csv'; endings: {}",
                             fmt::join(format_names(), ", "), endings()))
      ->type_name("FORMAT|FILE")
      ->group("Output");
  declare_selection(app);
  app.add_option("--limit", limit, "at most so many rows of each table")
      ->type_name("N")
      ->group("Output");
  app.add_option("--sort", sort, "order rows by a, then by b with the greatest first: a,-b")
      ->type_name("NAMES")
      ->group("Output");
  app.add_flag("--table-key", table_key, "JSON rows name their table although there is one")
      ->group("Output");
  declare_files(app);
  app.add_flag("-x{on},--expanded{on}", expanded, "one field a line: auto, on or off")
      ->type_name("[=WHEN]")
      ->check(CLI::IsMember({"auto", "on", "off"}))
      ->group("Output");
  app.add_flag("--wide", wide, "all columns and rows, nothing cut")->group("Output");
  declare_zone(app);
  declare_spelling(app);
  declare_shape(app);
}

void OutputOptions::declare_zone(CLI::App& app) {
  takes_zone = true;
  app.add_option("--tz", time_zone, "time zone of times: a name, +09:00 or local (default UTC)")
      ->type_name("ZONE")
      ->group("Output");
}

void OutputOptions::declare_to(CLI::App& app) {
  only_paths = true;
  app.add_option(
         "--to", output,
         "files, such as 'DIR/{date}/{table}-{start}.csv.zst', a .sqlite database, or objects "
         "('s3://BUCKET/KEY'); "
         "placeholders: {table} {cluster} {script} {date} {hour} {start} {end} {run}")
      ->type_name("TEMPLATE")
      ->group("Export");
}

void OutputOptions::declare_selection(CLI::App& app) {
  app.add_option("-t,--table", tables, "only this table (repeatable)")
      ->type_name("NAME")
      ->allow_extra_args(false)
      ->group("Output");
  app.add_option("--columns", columns, "keep a,b in this order, or drop with =-a,-b")
      ->type_name("NAMES")
      ->group("Output");
}

void OutputOptions::declare_files(CLI::App& app) {
  app.add_flag("--force", force, "replace existing files")->group("Output");
  app.add_flag("--append", append, "add the rows to existing files of the same schema")
      ->excludes("--force")
      ->group("Output");
  app.add_option("--schema", schema, "write the tables' columns, types and units beside the rows")
      ->type_name("FILE")
      ->group("Output");
}

void OutputOptions::declare_spelling(CLI::App& app) {
  app.add_flag("--no-header", no_header, "no header line")->group("Output");
  app.add_flag("--human", human, "units also in csv and tsv")->group("Output");
  choice(app, "--time-format", time_format,
         {"rfc3339", "rfc3339_ms", "rfc3339_s", "unix", "unix_ms", "unix_us", "unix_ns"},
         "times in data formats: rfc3339, rfc3339_ms, rfc3339_s, unix, unix_ms, unix_us, unix_ns")
      ->type_name("FORM");
  choice(app, "--int64", int64, {"number", "string"}, "64-bit integers in JSON");
  choice(app, "--nan", nan, {"null", "string"}, "NaN and infinities in JSON");
  choice(app, "--bytes", bytes, {"text", "replace", "base64"},
         "bytes that are not UTF-8 in data formats (docs/formats.md)");
}

Result<OutputPlan> OutputOptions::plan(const Context& context, const TalkOptions& talk) const {
  OutputPlan plan;
  plan.kind = &output_kind(output);
  if (Status address = check_address(plan); !address.ok()) return address;
  if (only_paths && output.empty()) {
    return Status(Code::kUsage, "--to is required",
                  "name files, such as 'DIR/{table}-{start}.csv', or a .sqlite database");
  }
  if (only_paths && !plan.kind->takes_paths) {
    return Status(Code::kUsage, fmt::format("--to '{}' is no path", output),
                  "name files, such as 'DIR/{table}-{start}.csv', or a .sqlite database");
  }
  if (plan.kind->formatted) {
    Result<const Format*> found = format(*plan.kind, context);
    if (!found.ok()) return found.status();
    plan.format = *found;
  }
  if (Status fits = check_form(plan, output, context.out); !fits.ok()) return fits;
  if (Status heard = check_heard(*this, plan); !heard.ok()) return heard;
  if (force && !plan.kind->takes_paths && schema.empty() && !force_elsewhere) {
    return Status(Code::kUsage, "--force changes nothing on stdout",
                  "it is for files: -o FILE, --schema, --record");
  }
  if (plan.kind->takes_paths) {
    Result<PathTemplate> path = PathTemplate::parse(output);
    if (!path.ok()) return path.status();
    plan.path = *std::move(path);
    if (Status place = check_place(plan); !place.ok()) return place;
  } else if (!context.stdout_status.ok()) {
    return context.stdout_status;
  }
  if (Status place = check_directory(schema, false); !place.ok()) return place;
  Result<Selection> selected = selection();
  if (!selected.ok()) return selected.status();
  plan.selection = *std::move(selected);
  Result<Shape> shaped = shape(*plan.kind);
  if (!shaped.ok()) return shaped.status();
  plan.shape = *std::move(shaped);
  Result<char> separator = delimiter_byte();
  if (!separator.ok()) return separator.status();
  plan.spelling = spelling(*plan.kind, context, use_color(talk.color_choice(), context.out));
  Result<std::string> clock = zone();
  if (!clock.ok()) return clock.status();
  plan.spelling.time_zone = *std::move(clock);
  plan.spelling.delimiter = *separator;
  plan.schema = schema;
  plan.force = force;
  plan.append = append;
  return plan;
}

// The first run could write such a file; no later one could.
Status OutputOptions::check_append(const OutputPlan& plan) const {
  if (!append || only_paths || plan.kind->holds_runs || plan.format->lines) return {};
  return {Code::kUsage, fmt::format("--append: {} is of a format that cannot be added to", output),
          "csv, tsv and jsonl can; --force replaces the file"};
}

Status OutputOptions::check_place(const OutputPlan& plan) const {
  if (Status status = check_append(plan); !status.ok()) return status;
  if (plan.kind->about != nullptr) return plan.kind->about(plan).status();
  return check_directory(output, plan.path->has_placeholders(),
                         "; directories of a name such as 'DIR/{table}.csv' are made");
}

// Addresses are of exports, which know how to go on where a run was killed.
Status OutputOptions::check_address(const OutputPlan& plan) const {
  const size_t colon = output.find("://");
  const bool is_address = colon != std::string::npos && output.find('/') == colon + 1;
  if (!is_address && !schema.starts_with("s3://")) return {};
  if (!is_address) return {Code::kUsage, "--schema is a file of this machine, not an object"};
  if (!plan.kind->remote()) {
    return {Code::kUsage, fmt::format("'{}': no such store", output),
            "s3://BUCKET/KEY goes to anything that speaks S3, wherever AWS_ENDPOINT_URL_S3 says"};
  }
  const std::string_view address = std::string_view(output).substr(plan.kind->scheme.size());
  if (address.find('/') == std::string_view::npos || address.ends_with('/')) {
    return {Code::kUsage, fmt::format("'{}' names no object: a key follows the bucket", output),
            "such as 's3://bucket/http/{date}/{table}-{start}.csv.zst'"};
  }
  if (output_kind(address).holds_runs) {
    return {Code::kUsage, "a database cannot be an object: rows are added to it",
            "csv, jsonl, parquet and the like can; the database can be copied there"};
  }
  if (!only_paths) {
    return {Code::kUsage, "objects are written by exports: pxq export --to " + output,
            "or write the rows to stdout and send them on"};
  }
  if (append) {
    return {Code::kUsage, "--append: nothing can be added to an object",
            "put {start} into the key, so that each run has objects of its own"};
  }
  if (force) {
    return {Code::kUsage, "--force changes nothing in an object store",
            "an object of the same key is always replaced"};
  }
  return {};
}

Result<Selection> OutputOptions::selection() const {
  Selection selection;
  selection.tables = tables;
  if (!columns.empty()) {
    if (Status status = parse_columns(columns, selection); !status.ok()) return status;
  }
  if (!limit.empty()) {
    Result<uint64_t> count = parse_count("--limit", limit);
    if (!count.ok()) return count.status();
    selection.limit = *count;
  }
  return selection;
}

Result<const Format*> OutputOptions::format(const OutputKind& kind, const Context& context) const {
  if (output.empty()) return unnamed_format(*this, context);
  return kind.takes_paths ? format_of_file(output) : named_format(output, "-o");
}

Result<std::string> OutputOptions::zone() const {
  if (!takes_zone) return std::string();
  std::string name = time_zone.empty() ? environment("PXQ_TZ") : time_zone;
  const Result<TimeZone> known = TimeZone::load(name);
  if (known.ok()) return name;
  return Status(
      known.status().code(),
      fmt::format("{}: {}", time_zone.empty() ? "PXQ_TZ" : "--tz", known.status().message()),
      known.status().hint());
}

FormatOptions OutputOptions::spelling(const OutputKind& kind, const Context& context,
                                      bool color) const {
  FormatOptions options;
  options.header = !no_header;
  options.table_key = table_key;
  options.human = human;
  options.wide = wide;
  options.spreadsheet = spreadsheet;
  options.skip_empty = skip_empty;
  options.ascii = is_ascii_locale() && !kind.takes_paths;
  if (int64 == "string") options.int64 = FormatOptions::Int64::kString;
  if (nan == "string") options.nan = FormatOptions::Nan::kString;
  if (bytes == "replace") options.bytes = FormatOptions::Bytes::kReplace;
  if (bytes == "base64") options.bytes = FormatOptions::Bytes::kBase64;
  options.time = time_form(time_format);
  if (expanded == "on") options.expanded = FormatOptions::Expanded::kOn;
  if (expanded == "auto") options.expanded = FormatOptions::Expanded::kAuto;
  const bool on_terminal = context.out.is_terminal && !kind.takes_paths;
  options.color = color && !kind.takes_paths;  // also in a pipe, where it is asked for
  if (on_terminal) {
    options.width = context.out.width;
    if (expanded.empty()) options.expanded = FormatOptions::Expanded::kAuto;
    if (!wide && limit.empty()) options.max_rows = kRowsOnTerminal;
  }
  return options;
}

}  // namespace pxq
