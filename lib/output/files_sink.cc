#include "output/files_sink.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <utility>
#include <variant>

#include "file/compression.h"
#include "output/spelling.h"

namespace pxq {
namespace {

RowBatch one_row(const Schema& schema) {
  RowBatch batch;
  batch.num_rows = 1;
  for (const ColumnInfo& column : schema.columns) {
    batch.columns.push_back(make_column(column.type));
    std::visit([](auto& values) { values.resize(1); }, batch.columns.back());
  }
  return batch;
}

bool exists(const std::string& path) {
  struct stat info = {};
  return ::lstat(path.c_str(), &info) == 0;
}

// events.csv.zst, then events-2.csv.zst.
std::string numbered(const std::string& path) {
  if (!exists(path)) return path;
  const std::string_view plain = without_compression(path);
  const size_t slash = plain.rfind('/');
  const size_t dot = std::min(plain.find_last_of("./"), plain.size());
  const size_t end = slash == dot ? plain.size() : dot;
  for (int number = 2;; ++number) {
    std::string other = fmt::format("{}-{}{}", path.substr(0, end), number, path.substr(end));
    if (!exists(other)) return other;
  }
}

}  // namespace

FilesSink::FilesSink(FilesOptions options, NamedOutputs& files)
    : options_(std::move(options)), files_(files) {}

Status FilesSink::open() {
  if (separate() || options_.late || options_.skip_empty) return {};
  status_ = open_file(options_.path.expand(options_.values), only_);
  return status_;
}

Status FilesSink::open_file(const std::string& name, File& file) {
  const std::string path = options_.numbered ? numbered(name) : name;
  auto opened = files_.add(path, options_.can_append.has_value());
  if (!opened.ok()) return opened.status();
  file.path = path;
  file.output = opened->output;
  file.adds = opened->adds;
  if (!file.adds) return {};
  // A torn file is told before the query runs; the schema is compared once it is known.
  return check_append(path, {.format = *options_.can_append}).status();
}

void FilesSink::begin(const Schema& schema) {
  if (!status_.ok()) return;
  File& file = file_of(schema);
  if (separate()) {
    PathValues values = options_.values;
    values.table = schema.name;
    file.path = claims_.claim(options_.path, std::move(values));
  }
  if (options_.skip_empty && file.output == nullptr) return file.waiting.push_back(&schema);
  begin_in(schema, file);
}

void FilesSink::begin_in(const Schema& schema, File& file) {
  if (file.output == nullptr) {
    status_ = open_file(separate() ? file.path : options_.path.expand(options_.values), file);
    if (!status_.ok()) return;
  }
  if (!file.sink) status_ = start(schema, file);
  if (status_.ok()) status_ = compare(schema, file);
  if (!status_.ok()) return;
  file.sink->begin(schema);
  status_ = file.output->status();
}

Status FilesSink::start(const Schema& schema, File& file) {
  bool header = true;
  if (file.adds) {
    const auto holds_rows = check_append(file.path, expected(schema, file));
    if (!holds_rows.ok()) return holds_rows.status();
    file.holds_rows = *holds_rows;
    header = !file.holds_rows;
  }
  file.sink = options_.make_sink(*file.output, header);
  return {};
}

// Rows that are known to be written alike need not be guessed at by one of them, which may show the
// string of --nan or a number.
AppendSample FilesSink::expected(const Schema& schema, const File& file) const {
  AppendSample made = sample(schema);
  if (options_.spellings.contains(spelling_key(schema, file))) made.record.clear();
  return made;
}

std::string FilesSink::spelling_key(const Schema& schema, const File& file) const {
  return separate() ? file.path : file.path + " " + schema.name;
}

Status FilesSink::compare(const Schema& schema, const File& file) {
  if (!options_.spell) return {};
  const std::string key = spelling_key(schema, file);
  const std::string& spelling = spellings_[key] = options_.spell(schema);
  const auto known = options_.spellings.find(key);
  if (known == options_.spellings.end() || !file.holds_rows) return {};
  const std::string difference = spelling_difference(known->second, spelling);
  if (difference.empty()) return {};
  return {Code::kOutput,
          fmt::format("{} is written another way than these rows: {}", file.path, difference),
          "use the flags of the run before, or move the file away and run again"};
}

/// What the format itself writes for this schema is what a file of this schema looks like.
AppendSample FilesSink::sample(const Schema& schema) const {
  StringOutput none;
  StringOutput one;
  for (StringOutput* output : {&none, &one}) {
    const auto sink = options_.make_sink(*output, true);
    sink->begin(schema);
    if (output == &one) sink->rows(schema, one_row(schema));
    sink->end({});
  }
  // Without a header line, a mark may stand alone before the rows.
  const bool any_line = none.str().ends_with('\n');
  return {.format = *options_.can_append,
          .table = schema.name,
          .header = any_line ? none.str() : std::string(),
          .record = one.str().substr(none.str().size())};
}

void FilesSink::rows(const Schema& schema, const RowBatch& batch) {
  if (!status_.ok()) return;
  File& file = file_of(schema);
  if (file.output == nullptr) {
    if (batch.num_rows == 0) return;
    for (const Schema* one : std::exchange(file.waiting, {})) {
      if (status_.ok()) begin_in(*one, file);
    }
    if (!status_.ok()) return;
  }
  file.sink->rows(schema, batch);
  status_ = file.output->status();
}

void FilesSink::end(const Summary& summary) {
  if (!separate() && only_.output == nullptr && status_.ok() && !options_.skip_empty) {
    status_ = open_file(options_.path.expand(options_.values), only_);
  }
  // A file for which no table came is still what the format writes for no tables.
  if (!separate() && only_.output != nullptr && !only_.sink && !only_.adds && status_.ok()) {
    only_.sink = options_.make_sink(*only_.output, true);
  }
  if (only_.sink) only_.sink->end(summary);
  for (auto& [schema, file] : separate_files_) {
    if (file.sink) file.sink->end(summary);
  }
  if (status_.ok()) status_ = files_.status();
}

}  // namespace pxq
