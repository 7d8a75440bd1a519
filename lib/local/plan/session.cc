#include "local/plan/session.h"

#include <algorithm>

#include <fmt/format.h>

namespace pxq::local {
namespace {

// Far above what the longest scripts in use need (60 operators in a row, some hundred in all).
constexpr size_t kMaxOperators = 20000;
constexpr uint32_t kMaxOperatorDepth = 2000;
constexpr uint32_t kMaxExpressionDepth = 500;
constexpr uint32_t kMaxExpressionSize = 20000;
constexpr size_t kMaxSteps = 500000;
// Nested expressions, those of all functions that are running together. Bounds the stack.
constexpr size_t kMaxDepth = 2000;
constexpr size_t kMaxFunctionDepth = 100;

}  // namespace

void Session::add_sink(std::string name, const DraftOperator* input) {
  draft_.sinks.push_back({std::move(name), input});
}

bool Session::add_export(pxl::Place place, const DraftOperator* input, DraftOperator::Export node) {
  has_export_ = true;
  return add_operator(place, {input}, std::move(node)) != nullptr;
}

ObjectPtr Session::add(DraftOperator op) {
  for (const DraftOperator* input : op.inputs) op.depth = std::max(op.depth, input->depth + 1);
  if (op.depth > kMaxOperatorDepth || draft_.operators.size() >= kMaxOperators) {
    return errors_.exceed(op.place, "The script builds more operators");
  }
  op.place = at(op.place);
  op.id = draft_.operators.size();
  draft_.operators.push_back(std::move(op));
  const DraftOperator& added = draft_.operators.back();
  return make_object(added.place, Object::Frame{&added});
}

DraftExpressionPtr Session::add_call(pxl::Place place, std::string function,
                                     std::vector<DraftExpressionPtr> arguments) {
  DraftExpression call;
  call.place = at(place);
  for (const DraftExpressionPtr& argument : arguments) {
    call.depth = std::max(call.depth, argument->depth + 1);
    call.size = std::min(kMaxExpressionSize, call.size + argument->size);
  }
  if (call.depth > kMaxExpressionDepth || call.size >= kMaxExpressionSize) {
    return errors_.exceed(place, "The expression is larger");
  }
  call.node = DraftExpression::Call{std::move(function), std::move(arguments)};
  return std::make_shared<const DraftExpression>(std::move(call));
}

bool Session::enter(pxl::Place place) {
  if (++depth_ > kMaxDepth) {
    errors_.exceed(place, "The script nests deeper");
    return false;
  }
  if (++steps_ <= kMaxSteps) return true;
  errors_.exceed(place, "The script takes more steps to compile");
  return false;
}

bool Session::enter_function(pxl::Place place) {
  if (function_depth_ >= kMaxFunctionDepth) {
    errors_.fail(
        place,
        fmt::format("Functions call each other more than {} levels deep.", kMaxFunctionDepth),
        Cause::kLimit);
    return false;
  }
  ++function_depth_;
  return true;
}

}  // namespace pxq::local
