#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <utility>

#include "chart/columns.h"
#include "chart/display.h"

namespace pxq::chart {
namespace {

constexpr std::string_view kName = "StackTraceFlameGraph";

constexpr size_t kMostFrames = 200'000;  // of all stacks; deeper frames of new stacks are left out
// Both drawings go down a stack by recursion, so a hostile one must not be deeper than theirs.
constexpr size_t kDeepest = 500;
// Pixie hides frames with so few samples; where there are few at all, they are what there is.
constexpr double kFewSamples = 5;
constexpr double kEnoughSamples = 1000;

Flame::Family family_of(std::string_view name) {
  if (name.starts_with("[k] ")) return Flame::Family::kKernel;
  if (name.starts_with("[j] ")) return Flame::Family::kJava;
  return Flame::Family::kApplication;
}

class FlameGraph final : public Chart {
 public:
  struct Columns {
    size_t stack = 0;
    size_t count = 0;
    std::optional<size_t> percent;
    std::optional<size_t> difference;
    std::vector<size_t> above;  // node, namespace, pod, container, process
  };

  FlameGraph(Columns columns, std::string percent_label) : columns_(std::move(columns)) {
    flame_.percent_label = std::move(percent_label);
    flame_.has_percent = columns_.percent.has_value();
    flame_.has_difference = columns_.difference.has_value();
  }

  void rows(const RowBatch& batch) override {
    for (size_t row = 0; row < batch.num_rows; ++row) {
      Sample sample{.count = number_at(batch.columns[columns_.count], row)};
      if (!std::isfinite(sample.count)) continue;
      if (columns_.percent) sample.percent = finite(batch.columns[*columns_.percent], row);
      if (columns_.difference) sample.difference = finite(batch.columns[*columns_.difference], row);
      add(batch, row, sample);
    }
  }

  Drawing finish() override {
    flame_.root = settled("all", root_, Flame::Family::kCluster,
                          root_.total.count > kEnoughSamples ? kFewSamples : 0);
    return std::move(flame_);
  }

 private:
  struct Sample {
    double count = 0;
    double percent = 0;
    double difference = 0;
  };
  struct Node {
    Sample total;
    double self = 0;
    Flame::Family family = Flame::Family::kApplication;
    std::map<std::string, std::unique_ptr<Node>, std::less<>> children;
  };

  static double finite(const Column& column, size_t row) {
    const double value = number_at(column, row);
    return std::isfinite(value) ? value : 0;
  }

  void add(const RowBatch& batch, size_t row, const Sample& sample) {
    Node* node = &root_;
    count_in(*node, sample);
    for (const size_t column : columns_.above) {
      const std::string text = text_at(batch.columns[column], row);
      node =
          step(node, text.empty() ? std::string_view("-") : text, Flame::Family::kCluster, sample);
    }
    const std::string stack = text_at(batch.columns[columns_.stack], row);
    std::string_view left = stack;
    for (size_t depth = 0; !left.empty() && depth < kDeepest; ++depth) {
      const size_t end = std::min(left.find(';'), left.size());
      const std::string_view frame = left.substr(0, end);
      left.remove_prefix(std::min(end + 1, left.size()));
      if (!frame.empty()) node = step(node, frame, family_of(frame), sample);
    }
    node->self += sample.count;
  }

  static void count_in(Node& node, const Sample& sample) {
    node.total.count += sample.count;
    node.total.percent += sample.percent;
    node.total.difference += sample.difference;
  }

  // The frame below `node`; `node` itself where there is no room for another.
  Node* step(Node* node, std::string_view name, Flame::Family family, const Sample& sample) {
    auto found = node->children.find(name);
    if (found == node->children.end()) {
      if (frames_ >= kMostFrames) {
        ++flame_.frames_left_out;
        return node;
      }
      ++frames_;
      found = node->children.emplace(std::string(name), std::make_unique<Node>()).first;
      found->second->family = family;
    }
    count_in(*found->second, sample);
    return found->second.get();
  }

  Flame::Frame settled(std::string name, const Node& node, Flame::Family family, double few) {
    Flame::Frame frame{.name = std::move(name),
                       .count = node.total.count,
                       .self = node.self,
                       .percent = node.total.percent,
                       .difference = node.total.difference,
                       .family = family};
    for (const auto& [child, below] : node.children) {
      if (below->total.count <= few) {
        ++flame_.frames_left_out;
        continue;
      }
      frame.children.push_back(settled(child, *below, below->family, few));
    }
    std::stable_sort(frame.children.begin(), frame.children.end(),
                     [](const auto& a, const auto& b) { return a.count > b.count; });
    return frame;
  }

  const Columns columns_;
  Flame flame_;
  Node root_;
  size_t frames_ = 0;
};

}  // namespace

Result<std::unique_ptr<Chart>> make_flame_graph(const Spec& spec, const Schema& schema) {
  FlameGraph::Columns columns;
  const Result<size_t> stack =
      need_column(schema, kName, "stacktraceColumn", spec.column("stacktraceColumn"));
  if (!stack.ok()) return stack.status();
  const Result<size_t> count =
      need_numbers(schema, kName, "countColumn", spec.column("countColumn"));
  if (!count.ok()) return count.status();
  columns.stack = *stack;
  columns.count = *count;
  columns.percent = find_column(schema, spec.column("percentageColumn"));
  columns.difference = find_column(schema, spec.column("differenceColumn"));
  for (const char* field :
       {"nodeColumn", "namespaceColumn", "podColumn", "containerColumn", "pidColumn"}) {
    if (const auto column = find_column(schema, spec.column(field))) {
      columns.above.push_back(*column);
    }
  }
  std::string label = spec.text("percentageLabel");
  if (label.empty()) label = "share";
  return std::unique_ptr<Chart>(std::make_unique<FlameGraph>(std::move(columns), std::move(label)));
}

}  // namespace pxq::chart
