#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "fake/batch_builder.h"
#include "format/format.h"

namespace pxq {

/// Tables that a run brings, interleaved batch by batch, and how it ended: what every format is
/// tested with.
struct Story {
  std::string name;
  std::function<void(std::vector<std::unique_ptr<TableBuilder>>&)> tell = [](auto&) {};
  Status end = {};
};

/// How a story's rows are cut and mixed.
struct Cut {
  size_t rows_each = 1024;
  bool eos_apart = false;   // the end of stream in an empty batch of its own
  bool interleave = false;  // a batch of each table in turn
};

/// What was written, with the output's own status.
struct Played {
  std::string text;
  Status status;
};

/// The batches of a table, the last with eos if the story ends well.
inline std::vector<RowBatch> cut_table(const TableBuilder& table, const Cut& cut, bool whole) {
  std::vector<RowBatch> batches = table.batches(cut.rows_each);
  if (cut.eos_apart || !whole) batches.back().eos = false;
  if (cut.eos_apart && whole) {
    batches.push_back(table.batch(table.num_rows()));
    batches.back().eos = true;
  }
  return batches;
}

/// Plays `story` into a sink of `format`: all tables announced, then rows, then the end.
inline Played play(const Story& story, const Format& format, const FormatOptions& options,
                   const Cut& cut = {}) {
  std::vector<std::unique_ptr<TableBuilder>> tables;
  story.tell(tables);
  StringOutput output;
  const auto sink = format.make(options, output);
  for (const auto& table : tables) sink->begin(table->schema());

  std::vector<std::vector<RowBatch>> batches;
  size_t longest = 0;
  for (const auto& table : tables) {
    batches.push_back(cut_table(*table, cut, story.end.ok()));
    longest = std::max(longest, batches.back().size());
  }
  const size_t each_turn = cut.interleave ? 1 : longest;
  for (size_t turn = 0; turn < longest; turn += each_turn) {
    for (size_t i = 0; i < tables.size(); ++i) {
      const size_t until = std::min(turn + each_turn, batches[i].size());
      for (size_t k = turn; k < until; ++k) sink->rows(tables[i]->schema(), batches[i][k]);
    }
  }
  batches.clear();  // sinks must not look at a batch after its call
  Summary summary;
  summary.status = story.end;
  sink->end(summary);
  return {output.str(), output.status()};
}

std::vector<Story> all_stories();

}  // namespace pxq
