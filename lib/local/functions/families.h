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
std::vector<ScalarFunction> upid_functions();
std::vector<ScalarFunction> pod_functions();
std::vector<ScalarFunction> workload_functions();
std::vector<ScalarFunction> address_functions();
std::vector<ScalarFunction> protocol_functions();
std::vector<ScalarFunction> sql_functions();
std::vector<ScalarFunction> privacy_functions();
std::vector<ScalarFunction> request_path_functions();

std::vector<AggregateFunction> all_aggregates();
std::vector<AggregateFunction> request_path_aggregates();

// Without `make`: what only a cluster can run.
std::vector<AggregateFunction> cluster_aggregates();

}  // namespace pxq::local
