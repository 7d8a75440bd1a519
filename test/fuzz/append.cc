#include "file/append.h"

#include <string>

#include "fuzz/files.h"
#include "fuzz/target.h"

namespace pxq::fuzz {

// The first byte chooses the format; the rest is the file.
void fuzz_append(std::string_view input) {
  Feed feed(input);
  AppendSample sample;
  switch (feed.byte() % 4) {
    case 0: sample = {LineFormat::kJsonLines, "t", "", "{\"time_\":0,\"n\":1}\n"}; break;
    case 1: sample = {LineFormat::kCsv, "t", "time_,n\n", "0,1\n"}; break;
    case 2: sample = {LineFormat::kTsv, "t", "time_\tn\n", "0\t1\n"}; break;
    default: break;
  }
  const std::string_view bytes = feed.rest();
  const MemoryFile file(bytes);
  const Result<bool> fits = check_append(file.path(), sample);
  if (!fits.ok()) return;
  expect(*fits == !bytes.empty(), "a file that can be added to holds bytes or is empty");
  const bool packed = bytes.starts_with("\x1f\x8b") || bytes.starts_with("\x28\xb5\x2f\xfd");
  expect(bytes.empty() || packed || bytes.ends_with('\n'), "nothing is added behind half a line");
}

}  // namespace pxq::fuzz
