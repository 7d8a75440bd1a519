#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load_spec.h"

namespace pxq::bench {

/// A number of pre-serialised batches that a stream cycles through; the bytes of the columns are
/// shared by all messages that carry them. Read-only once made.
class LoadBatches {
 public:
  /// Batches of `spec.batch` rows, enough of them that no cache holds them all.
  explicit LoadBatches(const LoadSpec& spec);

  /// A data message for a table: the cycle's batch `number`.
  grpc::ByteBuffer full(uint64_t number, std::string_view table_id) const;
  /// A data message with the first `rows` rows of the cycle.
  grpc::ByteBuffer partial(uint64_t rows, std::string_view table_id) const;
  const LoadSpec& spec() const { return spec_; }

 private:
  LoadSpec spec_;
  std::vector<grpc::Slice> columns_;
};

/// The messages of one answer in their order: all tables' metadata, their batches in turns, an
/// empty closing batch for each, the stats. Batches may outlive it.
class LoadStream {
 public:
  /// With a public key (`jwk`) batches are sealed for it. Only the first few are compressed, and
  /// these are encrypted over and over with new keys, so that opening takes longer than making.
  LoadStream(LoadSpec spec, std::shared_ptr<const LoadBatches> batches, std::string jwk = {});

  const LoadSpec& spec() const { return spec_; }
  /// The next message; nothing after the last.
  std::optional<grpc::ByteBuffer> next();

 private:
  grpc::ByteBuffer next_batch();
  grpc::ByteBuffer sealed(const grpc::ByteBuffer& message) const;
  static std::string packed(const grpc::ByteBuffer& message);
  grpc::ByteBuffer sealed_packed(const std::string& packed) const;
  grpc::ByteBuffer sealed_full(uint64_t number, const std::string& table_id);

  const LoadSpec spec_;
  const std::shared_ptr<const LoadBatches> batches_;
  const std::string jwk_;
  std::map<std::string, std::string> packed_;  // by number and table
  uint64_t announced_ = 0;
  uint64_t rows_sent_ = 0;
  uint64_t batches_sent_ = 0;
  uint64_t closed_ = 0;
  bool stats_sent_ = false;
};

/// Batches by spec, made once for all calls that ask for the same. From any thread.
class LoadCache {
 public:
  std::shared_ptr<const LoadBatches> batches(LoadSpec spec);

 private:
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const LoadBatches>> known_;
};

/// All of a message's bytes in one string, for programs without a server.
std::string to_string(const grpc::ByteBuffer& message);

}  // namespace pxq::bench
