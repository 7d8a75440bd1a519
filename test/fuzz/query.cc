#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fuzz/rows.h"
#include "fuzz/target.h"
#include "local/data/stored/held_table.h"
#include "local/exec/executor.h"
#include "local/plan/compiler.h"

namespace pxq::fuzz {
namespace {

constexpr int64_t kNow = 1'700'000'000'000'000'000;
constexpr int64_t kSecond = 1'000'000'000;
constexpr size_t kRows = 24;
constexpr size_t kMostRows = 100'000;  // of a result; a join of joins has more

// Cells that functions stumble over stand among ordinary ones.
std::unique_ptr<local::HeldTable> small_table(std::string name) {
  static constexpr std::string_view kTexts[] = {
      "",  "{\"p50\": 3.5}", "[1, {\"a\": null}]", "GET /a?b=%ff", "10.0.0.1", "\xff\xfe", "ns/pod",
      "-7"};
  Schema schema{std::move(name),
                "1",
                {{"time_", DataType::kTime64Ns, SemanticType::kTimeNs, ""},
                 {"upid", DataType::kUint128, SemanticType::kUpid, ""},
                 {"n", DataType::kInt64, SemanticType::kNone, ""},
                 {"x", DataType::kFloat64, SemanticType::kNone, ""},
                 {"s", DataType::kString, SemanticType::kNone, ""},
                 {"b", DataType::kBoolean, SemanticType::kNone, ""}}};
  Time64Column times;
  Uint128Column upids;
  Int64Column numbers;
  Float64Column doubles;
  StringColumn texts;
  BooleanColumn truths;
  for (size_t i = 0; i < kRows; ++i) {
    times.push_back({kNow - static_cast<int64_t>(kRows - i) * kSecond});
    upids.push_back({i % 5, i % 3});
    numbers.push_back(i == 7 ? INT64_MIN : static_cast<int64_t>(i) - 9);
    doubles.push_back(i == 5 ? 1e308 : static_cast<double>(i) / (i % 4 == 3 ? 0.0 : 3.0));
    texts.push_back(kTexts[i % std::size(kTexts)]);
    truths.push_back(i % 2);
  }
  RowBatch batch;
  batch.num_rows = kRows;
  batch.columns = {times, upids, numbers, doubles, texts, truths};
  std::vector<RowBatch> batches;
  batches.push_back(std::move(batch));
  return std::make_unique<local::HeldTable>(std::move(schema), "", std::move(batches));
}

class Receiver final : public local::BatchReceiver {
 public:
  explicit Receiver(size_t tables) : ended_(tables) {}

  bool batch(size_t sink, RowBatch&& batch) override {
    expect(sink < ended_.size() && !ended_[sink], "no batch comes behind a table's last one");
    for (const Column& column : batch.columns) {
      expect(column_size(column) == batch.num_rows, "a column has the batch's rows");
    }
    ended_[sink] = batch.eos;
    rows_ += batch.num_rows;
    return rows_ < kMostRows;
  }

  bool all_ended() const {
    for (const bool ended : ended_) {
      if (!ended) return false;
    }
    return true;
  }

 private:
  std::vector<bool> ended_;
  size_t rows_ = 0;
};

}  // namespace

void fuzz_query(std::string_view input) {
  static const local::TableSet& tables = *[] {
    auto* made = new local::TableSet;
    made->add(small_table("t"));
    made->add(small_table("u"));
    return made;
  }();
  const local::CompileResult compiled =
      local::compile({.text = input, .functions = {}, .now_ns = kNow}, tables);
  if (!compiled.ok()) return;
  Receiver receiver(compiled.plan.sinks.size());
  local::FunctionContext context;
  context.now_ns = kNow;
  const auto counters = local::execute(compiled.plan, tables, context, receiver, {},
                                       {.held_bytes = size_t{16} << 20});
  expect(counters.status().code() != Code::kInternal, "no script breaks a contract of ours");
  expect(!counters.ok() || receiver.all_ended(), "a query that went well has ended its tables");
}

}  // namespace pxq::fuzz
