#include "report/assertion.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/number_text.h"
#include "base/suggest.h"
#include "base/trim.h"
#include "report/assertion_value.h"

namespace pxq {
namespace {

constexpr std::string_view kBlanks = " \t";

/// The first of `bytes` that is not within double quotes.
size_t find_unquoted(std::string_view text, std::string_view bytes, bool last) {
  bool quoted = false;
  size_t found = std::string_view::npos;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (quoted || bytes.find(text[i]) == std::string_view::npos) continue;
    found = i;
    if (!last) break;
  }
  return found;
}

std::string unquoted(std::string_view text) {
  text = trimmed(text, kBlanks);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  return std::string(text);
}

struct Operator {
  std::string_view text;
  Comparison comparison;
};

// Longer ones first, or '<' would be found in '<='.
constexpr std::array<Operator, 7> kOperators = {{{"==", Comparison::kEqual},
                                                 {"!=", Comparison::kUnequal},
                                                 {"<=", Comparison::kLessOrEqual},
                                                 {">=", Comparison::kGreaterOrEqual},
                                                 {"=", Comparison::kEqual},
                                                 {"<", Comparison::kLess},
                                                 {">", Comparison::kGreater}}};

std::optional<uint64_t> parse_count(std::string_view text) { return number_from<uint64_t>(text); }

bool count_holds(Comparison comparison, uint64_t rows, uint64_t count) {
  switch (comparison) {
    case Comparison::kEqual: return rows == count;
    case Comparison::kUnequal: return rows != count;
    case Comparison::kLess: return rows < count;
    case Comparison::kLessOrEqual: return rows <= count;
    case Comparison::kGreater: return rows > count;
    case Comparison::kGreaterOrEqual: return rows >= count;
  }
  return false;
}

Status unreadable(std::string_view text, std::string_view why) {
  return {Code::kUsage, fmt::format("--fail-if '{}': {}", text, why),
          "for example 'http_events.latency > 500ms' or 'rows(http_events) < 1'"};
}

/// As its user wrote it.
std::string flag(const Assertion& assertion) {
  if (assertion.text.starts_with("--")) return assertion.text;
  return fmt::format("--fail-if '{}'", assertion.text);
}

/// `rows` and `rows(TABLE)`; false if `subject` is neither.
bool parse_rows(std::string_view subject, Assertion& assertion) {
  if (!subject.starts_with("rows")) return false;
  const std::string_view rest = trimmed(subject.substr(4), kBlanks);
  if (!rest.empty() && (!rest.starts_with('(') || !rest.ends_with(')'))) return false;
  assertion.counts_rows = true;
  if (!rest.empty()) assertion.table = unquoted(rest.substr(1, rest.size() - 2));
  return true;
}

}  // namespace

Result<Assertion> Assertion::parse(std::string_view text) {
  Assertion assertion;
  assertion.text = text;
  const size_t at = find_unquoted(text, "=!<>", false);
  if (at == std::string_view::npos) return unreadable(text, "no comparison in it");
  const auto* const found = std::ranges::find_if(
      kOperators, [&](const Operator& known) { return text.substr(at).starts_with(known.text); });
  if (found == kOperators.end()) return unreadable(text, "no comparison in it");
  assertion.comparison = found->comparison;
  const std::string_view value = trimmed(text.substr(at + found->text.size()), kBlanks);
  if (value.empty()) return unreadable(text, "no value to compare with");
  assertion.value = unquoted(value);
  const std::string_view subject = trimmed(text.substr(0, at), kBlanks);
  if (parse_rows(subject, assertion)) {
    if (!parse_count(assertion.value)) return unreadable(text, "rows are compared with a count");
    return assertion;
  }
  // A table's name may hold dots; what follows the last one is the column.
  const size_t dot = find_unquoted(subject, ".", true);
  if (dot == std::string_view::npos) return unreadable(text, "no TABLE.COLUMN before it");
  assertion.table = unquoted(subject.substr(0, dot));
  assertion.column = unquoted(subject.substr(dot + 1));
  if (assertion.table.empty() || assertion.column.empty()) {
    return unreadable(text, "no TABLE.COLUMN before it");
  }
  return assertion;
}

Assertion Assertion::no_rows() {
  Assertion assertion;
  assertion.text = "--fail-on-empty";
  assertion.counts_rows = true;
  assertion.value = "0";
  return assertion;
}

AssertionSink::AssertionSink(std::vector<Assertion> assertions, std::vector<std::string> promised,
                             ResultSink& next)
    : assertions_(std::move(assertions)),
      promised_(std::move(promised)),
      next_(next),
      found_(assertions_.size()) {}

void AssertionSink::begin(const Schema& schema) {
  Table& table = tables_[&schema];
  rows_by_name_.try_emplace(schema.name);
  for (size_t i = 0; i < assertions_.size(); ++i) {
    if (assertions_[i].table != schema.name) continue;
    found_[i] = true;
    if (!assertions_[i].counts_rows) add_check(i, schema, table);
  }
  if (!settled_) return waiting_.push_back(&schema);
  if (failure_.code() != Code::kUsage) next_.begin(schema);
}

void AssertionSink::settle() {
  settled_ = true;
  for (size_t i = 0; i < assertions_.size(); ++i) {
    const std::string& table = assertions_[i].table;
    if (!table.empty() && !found_[i] && !name_meant(table, promised_)) {
      fail(no_table(assertions_[i]));
    }
  }
  if (failure_.code() == Code::kUsage) return;
  for (const Schema* schema : waiting_) next_.begin(*schema);
}

Status AssertionSink::no_table(const Assertion& assertion) const {
  Suggestion near(assertion.table);
  for (const auto& [name, rows] : rows_by_name_) near.offer(name);
  return {
      Code::kUsage,
      fmt::format("--fail-if '{}': no table '{}' in the result", assertion.text, assertion.table),
      near.question()};
}

void AssertionSink::add_check(size_t assertion, const Schema& schema, Table& table) {
  const Assertion& wanted = assertions_[assertion];
  const auto column = std::ranges::find(schema.columns, wanted.column, &ColumnInfo::name);
  if (column == schema.columns.end()) {
    Suggestion near(wanted.column);
    for (const ColumnInfo& known : schema.columns) near.offer(known.name);
    return fail({Code::kUsage,
                 fmt::format("--fail-if '{}': no column '{}' in table '{}'", wanted.text,
                             wanted.column, wanted.table),
                 near.question()});
  }
  auto test = make_cell_test(*column, wanted.comparison, wanted.value);
  if (!test.ok()) {
    return fail(
        {Code::kUsage, fmt::format("--fail-if '{}': {}", wanted.text, test.status().message())});
  }
  table.checks.push_back({.assertion = assertion,
                          .column = static_cast<size_t>(column - schema.columns.begin()),
                          .offends = *std::move(test)});
}

void AssertionSink::rows(const Schema& schema, const RowBatch& batch) {
  if (!settled_) settle();
  if (failure_.code() == Code::kUsage) return;
  Table& table = tables_[&schema];
  for (const Check& check : table.checks) {
    if (!failure_.ok()) break;  // the first offence is kept
    judge(schema, batch, table, check);
  }
  table.rows += batch.num_rows;
  rows_by_name_[schema.name] += batch.num_rows;
  all_rows_ += batch.num_rows;
  next_.rows(schema, batch);
}

void AssertionSink::judge(const Schema& schema, const RowBatch& batch, const Table& table,
                          const Check& check) {
  const Column& column = batch.columns[check.column];
  for (size_t row = 0; row < batch.num_rows; ++row) {
    if (!check.offends(column, row)) continue;
    return fail({Code::kAssertion,
                 fmt::format("--fail-if '{}': row {} of {}: {}", assertions_[check.assertion].text,
                             table.rows + row + 1, schema.name, row_text(schema, batch, row))});
  }
}

void AssertionSink::end(const Summary& summary) {
  if (!settled_ && summary.status.ok()) settle();
  // A failed run's tables are passed on as they are: its failure says more than a missing name.
  if (!settled_) {
    settled_ = true;
    for (const Schema* schema : waiting_) next_.begin(*schema);
  }
  for (size_t i = 0; i < assertions_.size() && summary.status.ok(); ++i) {
    const Assertion& assertion = assertions_[i];
    if (!assertion.table.empty() && !found_[i]) {
      fail(no_table(assertion));
    } else if (assertion.counts_rows) {
      judge_count(assertion);
    }
  }
  next_.end(summary);
}

void AssertionSink::judge_count(const Assertion& assertion) {
  const uint64_t rows = assertion.table.empty() ? all_rows_ : rows_by_name_[assertion.table];
  const uint64_t count = parse_count(assertion.value).value_or(0);
  if (!count_holds(assertion.comparison, rows, count)) return;
  const std::string where = assertion.table.empty() ? "the result" : assertion.table;
  fail({Code::kAssertion,
        fmt::format("{}: {} {} in {}", flag(assertion), rows, rows == 1 ? "row" : "rows", where)});
}

void AssertionSink::fail(Status failure) {
  if (failure_.ok()) failure_ = std::move(failure);
}

}  // namespace pxq
