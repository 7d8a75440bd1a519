#pragma once

#include <span>
#include <string_view>

#include "script/bundle.h"

namespace pxq {

/// A file that this program carries within itself: its path below scripts/pxl, and its bytes.
struct ShippedFile {
  std::string_view path;
  std::string_view bytes;
};

/// All of them, by path. The build writes them into the program.
std::span<const ShippedFile> shipped_files();

/// Files as a bundle: NAME.pxl at the top is NAME, and a directory with one .pxl is named by its
/// path, as px names scripts; a vis.json and a manifest.yaml beside it belong to it. A script whose
/// manifest cannot be read is skipped.
Bundle bundle_of(std::span<const ShippedFile> files);

}  // namespace pxq
