#pragma once

#include <cstdint>

#include "sink/summary.h"

namespace pxq {

/// Marks the tables that are whole and have exactly as many rows as the server's cap lets through:
/// they were probably cut there, and a server does not say so. 0 stands for no cap.
inline void mark_capped(uint64_t cap, Summary& summary) {
  for (TableSummary& table : summary.tables) {
    table.capped = table.complete && cap != 0 && table.rows == cap;
  }
}

}  // namespace pxq
