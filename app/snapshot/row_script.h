#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scripts/table_catalogue.h"

namespace pxq {

/// What a snapshot leaves out of rows.
struct Discretion {
  bool without_bodies = false;
  bool redact = false;
};

/// A part of time, both ends included.
struct Slice {
  int64_t start_ns = 0;
  int64_t end_ns = 0;
};

/// The script that reads all rows of the tables in a slice, each once whatever slices are asked
/// before and after.
std::string row_script(const std::vector<CatalogueTable>& tables, const Slice& slice,
                       const Discretion& discretion);

/// The same of the window that the request names, as exports name it.
std::string window_script(const std::vector<CatalogueTable>& tables, const Discretion& discretion);

/// The script that says since when there are rows of each table: some moment before `start_ns`
/// where there is one, else the first from then on. Reads no more than what came since.
std::string oldest_script(const std::vector<CatalogueTable>& tables, int64_t start_ns);

}  // namespace pxq
