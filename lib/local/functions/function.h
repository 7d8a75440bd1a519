#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "local/cluster/state.h"
#include "model/row_batch.h"
#include "model/schema.h"

namespace pxq::local {

/// Keeps the bytes of strings at fixed addresses for as long as it lives.
class StringArena {
 public:
  std::string_view keep(std::string_view text);

  /// How much memory it has taken.
  size_t bytes() const { return bytes_; }

 private:
  char* reserve(size_t size);

  std::vector<std::unique_ptr<char[]>> blocks_;
  char* next_ = nullptr;
  size_t left_ = 0;
  size_t bytes_ = 0;
};

/// What kernels may look at beside their arguments.
struct FunctionContext {
  StringArena* strings = nullptr;
  int64_t now_ns = 0;  // one reading for the whole query
  uint32_t asid = 1;   // this host's agent number
  /// What is known of the cluster at `now_ns`; null where there is none.
  std::shared_ptr<const ClusterState> cluster = nullptr;
  std::atomic<bool>* state_asked = nullptr;  // set once somebody looks at the state; null: untold

  const ClusterState& state() const;
  /// The same for who asks this machine where it is no cluster: no answer is missing then.
  const ClusterState& state_or_here() const;
};

/// Where Pixie runs an operator: agents (PEM) see processes, Kelvin sees the cluster.
enum class Placement { kAnywhere, kPemOnly, kKelvinOnly };

/// The result's semantic type from the arguments'.
using SemanticRule = SemanticType (*)(std::span<const SemanticType> arguments);

/// Computes `rows` values from whole columns of the declared types. A literal argument comes as a
/// column that repeats it. String results live in context.strings or in context.cluster, or are
/// views of argument bytes.
using ScalarKernel = Column (*)(std::span<const Column* const> arguments, size_t rows,
                                FunctionContext& context);

/// One overload of a scalar function. Overloads are chosen by exact data types.
struct ScalarFunction {
  std::string_view name;
  std::vector<DataType> arguments;
  DataType result;
  SemanticRule semantic;
  ScalarKernel kernel;
  Placement placement = Placement::kAnywhere;
  size_t literal_arguments = 0;  // so many leading arguments must be literals (regex patterns)
};

/// The running state of one aggregate over all groups; groups are numbered from 0 without gaps.
class Aggregator {
 public:
  Aggregator() = default;
  Aggregator(const Aggregator&) = delete;
  Aggregator& operator=(const Aggregator&) = delete;
  virtual ~Aggregator() = default;

  /// Adds row i of `values` to group groups[i]; `group_count` groups exist by now.
  virtual void update(const Column& values, std::span<const uint32_t> groups,
                      size_t group_count) = 0;
  /// One value a group; groups that never saw a row included.
  virtual Column finish(size_t group_count, FunctionContext& context) = 0;
};

/// One overload of an aggregate (a UDA). Those that run here take one argument.
struct AggregateFunction {
  std::string_view name;
  DataType argument;
  DataType result;
  SemanticRule semantic;
  std::unique_ptr<Aggregator> (*make)();
  std::vector<DataType> more_arguments = {};  // behind the first
};

/// Every overload there is, in registration order.
std::span<const ScalarFunction> scalar_functions();
std::span<const AggregateFunction> aggregate_functions();

/// What a script may use: what this machine can run, or all that a cluster can, so that the plan
/// may not be executable.
enum class Vocabulary { kLocal, kCluster };

/// The overload with exactly these argument types, or nullptr.
const ScalarFunction* find_scalar(std::string_view name, std::span<const DataType> arguments);
const AggregateFunction* find_aggregate(std::string_view name, DataType argument,
                                        Vocabulary vocabulary = Vocabulary::kLocal);

bool is_scalar_name(std::string_view name);
bool is_aggregate_name(std::string_view name, Vocabulary vocabulary = Vocabulary::kLocal);

std::vector<const ScalarFunction*> scalar_overloads(std::string_view name);
/// Those that only a cluster can run, without `make`, included.
std::vector<const AggregateFunction*> aggregate_overloads(std::string_view name);

/// The names of all scalar functions and aggregates, in no order.
std::vector<std::string_view> function_names();
/// Every overload of a name as describe() writes it.
std::vector<std::string> overloads(std::string_view name,
                                   Vocabulary vocabulary = Vocabulary::kCluster);

}  // namespace pxq::local
