#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "local/data/catalogue.h"
#include "local/exec/executor.h"
#include "local/plan_story.h"
#include "places.h"

// Scripts in use with some mistakes in them: whatever the text, it compiles or is refused, soon,
// and what compiles runs. PXQ_MUTATIONS says how many texts, PXQ_MUTATION_SEED which.

namespace pxq::local::test {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kLongest = std::chrono::seconds(5);  // far above the few ms that any takes

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// What no shipped script has, but others do.
const char* const kMore[] = {
    "import px\nimport pxviews\ndf = pxviews.http_graph('-5m', px.now())\n"
    "px.display(df[df.num_errors > 0], 'graph')\n",
    "import px\nimport pxtrace\n\n\ndef program():\n    return '''kprobe:tcp_drop { @ = count(); "
    "}'''\n\n\n"
    "pxtrace.UpsertTracepoint('p', 'drops', program(), pxtrace.kprobe(), '10m')\n"
    "df = px.DataFrame('drops', start_time='-1m')\ndf.pod = df.ctx['pod']\npx.display(df)\n",
    "import px\ndf = px.DataFrame('http_events')\ndf.service = df.ctx['service']\n"
    "df = df.groupby(['service', 'time_']).agg(n=('latency', px.count))\n"
    "px.export(df, px.otel.Data(resource={'service.name': df.service},\n"
    "    data=[px.otel.metric.Gauge(name='n', value=df.n)]))\n",
    "import px\na = px.DataFrame('http_events')\nb = px.DataFrame('dns_events')\n"
    "a.remote = px.ip_to_pod_id(a.remote_addr)\na.pod = a.ctx['pod']\n"
    "c = a.merge(b, how='left', left_on=['upid'], right_on=['upid'], suffixes=['', '_b'])\n"
    "c = c[c.latency > 5 and c.pod != '']\nc = c.head(10)\nc.x = px.select(c.latency > "
    "c.latency_b, 'a', 'b')\n"
    "c = c.drop(['latency_b'])\npx.display(c[['x', 'pod', 'latency']], 'c')\n"
    "px.display(a[['time_', 'latency']].append(b[['time_', 'latency']]).head(3), 'd')\n",
    "import px\npx.my = 1\n\n\ndef f(a: int, df: px.DataFrame):\n    'text'\n    return "
    "df.head(a)\n\n\n"
    "px.display(f(px.my + 2 * 3, px.DataFrame('process_stats', select=['upid', 'rss_bytes'])), "
    "f.__doc__)\n",
};

std::vector<std::string> seeds() {
  std::vector<std::string> texts(std::begin(kMore), std::end(kMore));
  const std::filesystem::path shipped = std::filesystem::path(PXQ_SOURCE_DIR) / "scripts/pxl";
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(shipped)) {
    if (entry.path().extension() == ".pxl") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());  // the same texts for the same seed, on any disk
  for (const auto& path : paths) texts.push_back(text_of(path));
  return texts;
}

/// Makes texts from seeds, always the same ones.
class Mutator {
 public:
  explicit Mutator(uint32_t seed) : random_(seed), seeds_(seeds()) {
    for (const std::string& text : seeds_) add_lines(text);
  }

  std::string next() {
    std::string text = seeds_[below(seeds_.size())];
    for (size_t changes = 1 + below(4); changes > 0; --changes) change(text);
    return text;
  }

 private:
  size_t below(size_t end) { return random_() % end; }

  void add_lines(const std::string& text) {
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = std::min(text.find('\n', begin), text.size() - 1);
      lines_.push_back(text.substr(begin, end + 1 - begin));
      begin = end + 1;
    }
  }

  size_t line_start(const std::string& text) {
    const size_t newline = text.find('\n', below(text.size()));
    return newline == std::string::npos ? text.size() : newline + 1;
  }

  void change(std::string& text) {
    static constexpr const char* kWords[] = {
        "(",
        ")",
        "[",
        "]",
        ",",
        ".",
        "=",
        "==",
        "-",
        "+",
        " and ",
        " not ",
        "{",
        "}",
        ":",
        "\n",
        "    ",
        "df",
        "px",
        "None",
        "0",
        "-1",
        "1.5",
        "''",
        "'time_'",
        "'upid'",
        "True",
        "def f(a):\n",
        "return df\n",
        ".head(3)",
        ".ctx['pod']",
        ".ctx['cmdline']",
        "df = df.head(5)\n",
        "df.time_ = 1\n",
        "how='outer'",
        "df = df[df.latency > 0]\n",
        "df.a = px.ip_to_pod_id(df.remote_addr)\n",
        "df = df[['upid']]\n",
        "df = df.append(df)\n",
        "df = df.merge(df, how='inner', left_on=[], right_on=[])\n",
        "$__from",
        "df = df.groupby(['upid']).agg(time_=('time_', px.max))\n",
        "@px.vis.vega('a')\n",
        "f'a'",
        "\xff"};
    if (text.empty()) return;
    const size_t at = below(text.size());
    switch (below(7)) {
      case 0: text.erase(at, 1 + below(12)); break;
      case 1: text.insert(at, kWords[below(std::size(kWords))]); break;
      case 2: text[at] = static_cast<char>(below(256)); break;
      case 3: text.insert(line_start(text), lines_[below(lines_.size())]); break;
      case 4: text.insert(line_start(text), kWords[below(std::size(kWords))]); break;
      case 5: text.insert(at, text.substr(below(text.size()), below(60))); break;
      default: {
        const size_t start = line_start(text);
        if (start < text.size()) text.erase(start, text.find('\n', start) + 1 - start);
      }
    }
  }

  std::mt19937 random_;
  std::vector<std::string> seeds_;
  std::vector<std::string> lines_;
};

class Counter final : public BatchReceiver {
 public:
  bool batch(size_t, RowBatch&& rows) override {
    rows_ += rows.num_rows;
    return true;
  }
  size_t rows() const { return rows_; }

 private:
  size_t rows_ = 0;
};

/// Two rows a table, the second unlike the first.
class Sample final : public TableSource {
 public:
  explicit Sample(const TableSource& like) : name_(like.name()), relation_(like.relation()) {}

  std::string_view name() const override { return name_; }
  std::string_view description() const override { return {}; }
  const std::vector<ColumnInfo>& relation() const override { return relation_; }
  Status scan(const ScanRequest& request, RowReceiver& receiver) const override {
    RowBatch batch;
    batch.num_rows = 2;
    for (const size_t column : request.columns)
      batch.columns.push_back(values(relation_[column].type));
    receiver.rows(std::move(batch));
    return {};
  }

 private:
  static Column values(DataType type) {
    switch (type) {
      case DataType::kBoolean: return BooleanColumn{1, 0};
      case DataType::kInt64: return Int64Column{7, -3};
      case DataType::kUint128: return Uint128Column{Uint128{1, 2}, Uint128{3, 4}};
      case DataType::kFloat64: return Float64Column{0.5, 1e300};
      case DataType::kTime64Ns: return Time64Column{Time64{kNow - 5}, Time64{kNow}};
      default: return StringColumn{R"({"a":[1,"x"]})", "\xff"};
    }
  }

  std::string name_;
  std::vector<ColumnInfo> relation_;
};

TableSet samples_of(const TableSet& tables) {
  TableSet samples;
  for (const auto& table : tables.all()) samples.add(std::make_unique<Sample>(*table));
  return samples;
}

uint32_t number_of(const char* variable, uint32_t fallback) {
  const char* text = std::getenv(variable);
  return text == nullptr ? fallback : static_cast<uint32_t>(std::strtoul(text, nullptr, 10));
}

/// Both compilers, the cluster's and the local one; what the latter makes of the text is run.
/// Whether either took it.
bool put_through(const std::string& text, const TableSet& catalogue, const TableSet& tables) {
  CompileRequest request;
  request.text = text;
  request.now_ns = kNow;
  request.plugin_window = PluginWindow{1, 2};
  request.vocabulary = Vocabulary::kCluster;
  const CompileResult there = compile(request, catalogue);
  CHECK(there.ok() == there.errors.empty());
  request.vocabulary = Vocabulary::kLocal;
  const CompileResult here = compile(request, tables);
  if (!here.ok()) return there.ok();
  StringArena strings;
  FunctionContext context{.strings = &strings, .now_ns = kNow};
  Counter rows;
  const auto outcome = execute(here.plan, tables, context, rows, {});
  // A plan that contradicts itself would be one that a rewriting broke.
  if (!outcome.ok()) CHECK(outcome.status().code() != Code::kInternal);
  return true;
}

}  // namespace

TEST_CASE("scripts with mistakes are compiled or refused, soon, and what compiles runs") {
  const TableSet catalogue = catalogue_tables();
  const TableSet tables = samples_of(catalogue);
  const uint32_t texts = number_of("PXQ_MUTATIONS", 2000);
  uint32_t taken = 0;
  Mutator mutator(number_of("PXQ_MUTATION_SEED", 7));
  for (uint32_t count = 0; count < texts; ++count) {
    const std::string text = mutator.next();
    INFO(text);
    const auto begin = Clock::now();
    if (put_through(text, catalogue, tables)) ++taken;
    CHECK(Clock::now() - begin < kLongest);
  }
  // Texts that are all refused at once would test little.
  CHECK(taken > texts / 10);
  CHECK(taken < texts);
}

}  // namespace pxq::local::test
