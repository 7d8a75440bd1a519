#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

#include "local/plan/combine_maps.h"

// The pass over a draft, before any name has a meaning, on drafts made by hand. What it does to
// whole scripts is in plan_rewriting_test.cc.

namespace pxq::local::test {
namespace {

using Columns = std::vector<std::pair<std::string, DraftExpressionPtr>>;

DraftExpressionPtr number(int64_t value) {
  return std::make_shared<const DraftExpression>(
      DraftExpression{{}, DraftExpression::Literal{value}, {}});
}

DraftExpressionPtr column(const std::string& name) {
  return std::make_shared<const DraftExpression>(
      DraftExpression{{}, DraftExpression::Column{name}, {}});
}

DraftExpressionPtr twice(const DraftExpressionPtr& argument) {
  return std::make_shared<const DraftExpression>(
      DraftExpression{{}, DraftExpression::Call{"twice", {argument}}, {}});
}

DraftExpressionPtr metadata(const std::string& key) {
  return std::make_shared<const DraftExpression>(
      DraftExpression{{}, DraftExpression::Metadata{key}, {}});
}

/// A draft of one table and what follows it.
class Sketch {
 public:
  Sketch() { add(DraftOperator::Source{}, nullptr); }

  const DraftOperator* source() const { return &draft.operators.front(); }
  const DraftOperator* assign(const DraftOperator* input, Columns columns) {
    return add(DraftOperator::Map{true, std::move(columns)}, input);
  }
  const DraftOperator* keep(const DraftOperator* input, Columns columns) {
    return add(DraftOperator::Map{false, std::move(columns)}, input);
  }
  const DraftOperator* limit(const DraftOperator* input) {
    return add(DraftOperator::Limit{1, false}, input);
  }
  void show(const DraftOperator* input) { draft.sinks.push_back({"t", input}); }

  /// The names that each operator from a sink up to the table assigns, the last one first.
  std::string way(size_t sink = 0) const {
    std::string text;
    for (const DraftOperator* op = draft.sinks[sink].input; !op->inputs.empty();
         op = op->inputs.front()) {
      CHECK_FALSE(op->absorbed);
      text += text.empty() ? "" : " < ";
      const auto* map = op->as<DraftOperator::Map>();
      if (map == nullptr) {
        text += "limit";
        continue;
      }
      for (const auto& assigned : map->columns) {
        text += (&assigned == map->columns.data() ? "" : " ") + assigned.first;
      }
    }
    return text;
  }

  Draft draft;

 private:
  template <typename Node>
  const DraftOperator* add(Node node, const DraftOperator* input) {
    DraftOperator op;
    op.id = draft.operators.size();
    op.node = std::move(node);
    if (input != nullptr) op.inputs.push_back(input);
    draft.operators.push_back(std::move(op));
    return &draft.operators.back();
  }
};

}  // namespace

TEST_CASE("combining: assignments in a row become one operator, in the order of first names") {
  Sketch sketch;
  const auto* first = sketch.assign(sketch.source(), {{"x", number(1)}});
  const auto* second = sketch.assign(first, {{"y", number(2)}});
  sketch.show(sketch.assign(second, {{"x", number(3)}}));
  combine_maps(sketch.draft);
  CHECK(sketch.way() == "x y");
  const auto* map = sketch.draft.sinks[0].input->as<DraftOperator::Map>();
  const auto* value = map->columns[0].second->as<DraftExpression::Literal>();
  REQUIRE(value != nullptr);
  CHECK(std::get<int64_t>(value->value) == 3);
}

TEST_CASE("combining: what needs a column that was just assigned is an operator of its own") {
  Sketch sketch;
  const auto* first = sketch.assign(sketch.source(), {{"x", number(1)}});
  const auto* second = sketch.assign(first, {{"y", twice(column("x"))}});
  sketch.show(sketch.assign(second, {{"z", twice(column("other"))}}));
  combine_maps(sketch.draft);
  CHECK(sketch.way() == "y z < x");
}

TEST_CASE("combining: metadata needs no column yet") {
  Sketch sketch;
  const auto* first = sketch.assign(sketch.source(), {{"upid", number(1)}});
  sketch.show(sketch.assign(first, {{"pod", metadata("pod")}}));
  combine_maps(sketch.draft);
  CHECK(sketch.way() == "upid pod");
}

TEST_CASE("combining: what others read as well, or another operator parts, stays apart") {
  Sketch shown;
  const auto* first = shown.assign(shown.source(), {{"x", number(1)}});
  shown.show(first);
  shown.show(shown.assign(first, {{"y", number(2)}}));
  combine_maps(shown.draft);
  CHECK(shown.way(0) == "x");
  CHECK(shown.way(1) == "y < x");

  Sketch parted;
  const auto* before = parted.assign(parted.source(), {{"x", number(1)}});
  parted.show(parted.assign(parted.limit(before), {{"y", number(2)}}));
  combine_maps(parted.draft);
  CHECK(parted.way() == "y < limit < x");
}

TEST_CASE("combining: a list of columns takes assignments in, and joins nothing itself") {
  Sketch sketch;
  const auto* first = sketch.assign(sketch.source(), {{"x", number(1)}});
  const auto* kept = sketch.keep(first, {{"a", column("a")}});
  sketch.show(sketch.assign(kept, {{"y", column("b")}}));
  combine_maps(sketch.draft);
  CHECK(sketch.way() == "a y < x");
}

}  // namespace pxq::local::test
