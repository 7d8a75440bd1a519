#pragma once

#include <vector>

#include "local/functions/function.h"

namespace pxq::local {

// The tables that the registry gathers, one a family and file.

std::vector<ScalarFunction> arithmetic_functions();
std::vector<ScalarFunction> comparison_functions();
std::vector<ScalarFunction> boolean_functions();
std::vector<ScalarFunction> math_functions();
std::vector<ScalarFunction> time_functions();
std::vector<ScalarFunction> conditional_functions();
std::vector<ScalarFunction> string_functions();
std::vector<ScalarFunction> regex_functions();
std::vector<ScalarFunction> json_functions();
std::vector<ScalarFunction> uri_functions();
std::vector<ScalarFunction> process_functions();
std::vector<ScalarFunction> protocol_functions();

std::vector<AggregateFunction> all_aggregates();

// Without kernels: what only a cluster can run.
std::vector<ScalarFunction> cluster_functions();
std::vector<AggregateFunction> cluster_aggregates();

}  // namespace pxq::local
