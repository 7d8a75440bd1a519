#pragma once

namespace pxq {

/// How the records of a file are told apart whose format can be added to: each record ends with LF,
/// and what precedes the records is the same for the same schema. In csv an LF may also stand
/// between quotes; JSON lines name their columns in each record.
enum class LineFormat { kCsv, kTsv, kJsonLines };

}  // namespace pxq
