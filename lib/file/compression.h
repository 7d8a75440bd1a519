#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/output.h"

namespace pxq {

/// How a file's bytes are packed, told by the end of its name.
enum class Compression { kNone, kGzip, kZstd };

/// `.gz` and `.zst`, in any case.
Compression compression_of(std::string_view path);

/// The name without the compression's ending: the rest tells the format.
std::string_view without_compression(std::string_view path);

/// Packs what is written to it into another Output, which must outlive it, holding no more than a
/// window of either library (some MiB). The same bytes in give the same bytes out: no time and no
/// name is stored. Failure of the other Output becomes this one's. A file may hold several such
/// streams one after the other: that is how both formats are appended to.
class CompressedOutput : public Output {
 public:
  /// Flushes and ends the stream; without it the file is cut. REQUIRES: called once.
  virtual Status finish() = 0;
};

/// REQUIRES: compression is not kNone.
std::unique_ptr<CompressedOutput> make_compressor(Compression compression, Output& packed);

/// Hands the unpacked bytes of a file on, in pieces and in order, until its end or until `take`
/// fails. A stream that is cut or damaged is kOutput and says so.
Status read_unpacked(const std::string& path, Compression compression,
                     const std::function<Status(std::string_view)>& take);

}  // namespace pxq
