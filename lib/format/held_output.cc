#include "format/held_output.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "base/unnamed_file.h"

namespace pxq {
namespace {

constexpr std::string_view kWhat = "a temporary file for a table that has to wait";

Status spill_failure(std::string_view operation, int error) {
  return errno_status(Code::kOutput, operation, kWhat, error);
}

}  // namespace

Status HeldOutput::write(std::string_view bytes) {
  // Once something is in the file, all that follows goes there, to keep the order.
  if (spilled_ != 0 || bytes.size() > budget_.bytes_left) return spill(bytes);
  budget_.bytes_left -= bytes.size();
  memory_.append(bytes);
  return {};
}

Status HeldOutput::spill(std::string_view bytes) {
  if (!file_) {
    Result<UniqueFd> opened = open_unnamed_file(kWhat);
    if (!opened.ok()) return opened.status();
    file_ = std::move(opened).value();
  }
  while (!bytes.empty()) {
    const ssize_t count = ::write(file_.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return spill_failure("writing", errno);
    bytes.remove_prefix(static_cast<size_t>(count));
    spilled_ += static_cast<uint64_t>(count);
  }
  return {};
}

Status HeldOutput::read_back(Output& output) {
  constexpr size_t kPiece = 128 * 1024;
  uint64_t position = 0;
  while (position < spilled_) {
    const size_t wanted = std::min<uint64_t>(kPiece, spilled_ - position);
    TextBuffer& text = output.text();
    const ssize_t count =
        ::pread(file_.get(), text.reserve(wanted), wanted, static_cast<off_t>(position));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return spill_failure("reading", errno);
    if (count == 0) return {Code::kOutput, "a temporary file is shorter than what was written"};
    text.advance(static_cast<size_t>(count));
    position += static_cast<uint64_t>(count);
    output.commit();
  }
  return {};
}

void HeldOutput::release(Output& output) {
  flush();
  output.text().append(memory_);
  output.commit();
  budget_.bytes_left += memory_.size();
  memory_.clear();
  Status outcome = status();
  if (outcome.ok()) outcome = read_back(output);
  if (!outcome.ok()) output.fail(std::move(outcome));
  file_.reset();
  spilled_ = 0;
}

}  // namespace pxq
