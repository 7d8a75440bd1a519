#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/status.h"
#include "connect/connection.h"

namespace pxq {

/// One row of an answer as texts by column: numbers in decimal, a UINT128 as `high low`.
using AnswerRow = std::map<std::string, std::string>;
/// The rows of a script's tables, by table.
using Answer = std::map<std::string, std::vector<AnswerRow>>;

/// Asks a cluster something small.
Result<Answer> ask(const Connection& connection, const std::string& script);

}  // namespace pxq
