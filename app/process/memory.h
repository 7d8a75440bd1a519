#pragma once

namespace pxq {

/// Lets malloc keep what was freed for the messages that come next, as docs/performance.md says,
/// whatever the environment says: for a process that ends with its work. Before any thread starts.
void keep_freed_memory();

/// Lets it keep 2 MiB of each arena instead, and the rest go back to the system: what is freed at
/// an arena's end by itself, the holes before it with malloc_trim(). For a process that stays when
/// the work is done. At any time after keep_freed_memory().
void return_freed_memory();

}  // namespace pxq
