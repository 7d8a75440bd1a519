#include "shape/row_spill.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/unnamed_file.h"

namespace pxq {
namespace {

constexpr std::string_view kWhat = "a temporary file for rows to be sorted (TMPDIR)";

Status failure(std::string_view operation, int error) {
  return errno_status(Code::kOutput, operation, kWhat, error);
}

/// What stands before a block: nobody but this process reads it, so it is as memory has it.
struct BlockHead {
  uint64_t bytes = 0;  // behind the head
  uint64_t rows = 0;
  uint64_t columns = 0;
};

void put(const void* from, size_t size, std::string& bytes) {
  bytes.append(static_cast<const char*>(from), size);
}

// Its type, its values; of text the lengths before the bytes.
void put_column(const Column& column, std::string& bytes) {
  const auto type = static_cast<int32_t>(column_type(column));
  put(&type, sizeof type, bytes);
  std::visit(
      [&](const auto& values) {
        using Values = std::remove_cvref_t<decltype(values)>;
        if constexpr (std::is_same_v<Values, StringColumn>) {
          for (const std::string_view text : values) {
            const uint64_t size = text.size();
            put(&size, sizeof size, bytes);
          }
          for (const std::string_view text : values) bytes.append(text);
        } else {
          put(values.data(), values.size() * sizeof(typename Values::value_type), bytes);
        }
      },
      column);
}

const char* take_column(const char* at, size_t rows, Column& column) {
  std::visit(
      [&](auto& values) {
        using Values = std::remove_cvref_t<decltype(values)>;
        if constexpr (std::is_same_v<Values, StringColumn>) {
          const char* text = at + rows * sizeof(uint64_t);
          for (size_t row = 0; row < rows; ++row, at += sizeof(uint64_t)) {
            uint64_t size = 0;
            std::memcpy(&size, at, sizeof size);
            values.emplace_back(text, size);
            text += size;
          }
          at = text;
        } else {
          values.resize(rows);
          const size_t size = rows * sizeof(typename Values::value_type);
          if (size != 0) std::memcpy(values.data(), at, size);
          at += size;
        }
      },
      column);
  return at;
}

Status write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure("writing", errno);
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return {};
}

Status read_all(int file, char* to, size_t size, uint64_t position) {
  while (size != 0) {
    const ssize_t count = ::pread(file, to, size, static_cast<off_t>(position));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure("reading", errno);
    if (count == 0) return {Code::kOutput, "a temporary file is shorter than what was written"};
    to += count;
    size -= static_cast<size_t>(count);
    position += static_cast<uint64_t>(count);
  }
  return {};
}

}  // namespace

Status RowSpill::append(const RowBatch& batch) {
  if (!file_) {
    Result<UniqueFd> opened = open_unnamed_file(kWhat);
    if (!opened.ok()) return opened.status();
    file_ = std::move(opened).value();
  }
  std::string bytes(sizeof(BlockHead), '\0');
  for (const Column& column : batch.columns) put_column(column, bytes);
  const BlockHead head{bytes.size() - sizeof(BlockHead), batch.num_rows, batch.columns.size()};
  std::memcpy(bytes.data(), &head, sizeof head);
  if (Status written = write_all(file_.get(), bytes); !written.ok()) return written;
  end_ += bytes.size();
  return {};
}

Result<RowBatch> RowSpill::read(SpilledRun& run) const {
  BlockHead head;
  char start[sizeof head];
  Status status = read_all(file_.get(), start, sizeof head, run.position);
  if (!status.ok()) return status;
  std::memcpy(&head, start, sizeof head);
  auto bytes = std::make_shared<std::string>(head.bytes, '\0');
  status = read_all(file_.get(), bytes->data(), head.bytes, run.position + sizeof head);
  if (!status.ok()) return status;
  RowBatch batch;
  batch.num_rows = head.rows;
  const char* at = bytes->data();
  for (uint64_t i = 0; i < head.columns; ++i) {
    int32_t type = 0;
    std::memcpy(&type, at, sizeof type);
    batch.columns.push_back(make_column(static_cast<DataType>(type)));
    at = take_column(at + sizeof type, head.rows, batch.columns.back());
  }
  batch.storage = std::move(bytes);
  run.position += sizeof head + head.bytes;
  return batch;
}

}  // namespace pxq
