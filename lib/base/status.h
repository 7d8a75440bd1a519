#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace pxq {

/// Why a run did not simply succeed. Each value has one exit code; the only place that knows the
/// numbers is app/exit_code.
enum class Code {
  kOk,
  kInternal,     // a defect in pxq
  kUsage,        // flags, configuration, input files, unknown cluster, script or table
  kScript,       // the server rejected the script or its arguments
  kAuth,         // not authenticated or not permitted
  kConnect,      // DNS, TCP, TLS, or not a Pixie server
  kServer,       // the server failed while running
  kTimeout,      // a time limit of ours passed
  kIncomplete,   // the stream ended early or broke the protocol
  kOutput,       // the result could not be written
  kLocked,       // another run holds the lock
  kLimit,        // a limit of ours was exceeded, or --strict found doubt
  kAssertion,    // --fail-on-empty, --fail-if
  kInterrupted,  // the user or the system asked us to stop
};

/// A place in a source text. Lines and columns count from 1; columns are bytes. 0 means unknown.
struct Position {
  std::string file;
  uint64_t line = 0;
  uint64_t column = 0;
};

/// One finding about one place; compile errors come as several of these.
struct Diagnostic {
  std::string message;
  Position where;
  std::string hint;
};

/// The outcome of an operation as a value. A failure says what (message), what to try (hint), and
/// where (diagnostics). Texts may hold raw bytes from a server: whoever prints them escapes them.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Code code, std::string message, std::string hint = {})
      : code_(code), message_(std::move(message)), hint_(std::move(hint)) {}

  bool ok() const { return code_ == Code::kOk; }
  Code code() const { return code_; }
  const std::string& message() const { return message_; }
  const std::string& hint() const { return hint_; }
  const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }

  /// The gRPC status number behind this failure, or -1 where none is.
  int grpc_code() const { return grpc_code_; }

  /// Whether running the same command again may help without any change.
  bool retryable() const { return retryable_; }

  Status&& with_hint(std::string hint) && {
    hint_ = std::move(hint);
    return std::move(*this);
  }
  Status&& with_diagnostic(Diagnostic diagnostic) && {
    diagnostics_.push_back(std::move(diagnostic));
    return std::move(*this);
  }
  Status&& with_diagnostics(std::vector<Diagnostic> diagnostics) && {
    diagnostics_ = std::move(diagnostics);
    return std::move(*this);
  }
  Status&& with_grpc_code(int grpc_code) && {
    grpc_code_ = grpc_code;
    return std::move(*this);
  }
  Status&& with_retryable(bool retryable) && {
    retryable_ = retryable;
    return std::move(*this);
  }

 private:
  Code code_ = Code::kOk;
  std::string message_;
  std::string hint_;
  std::vector<Diagnostic> diagnostics_;
  int grpc_code_ = -1;
  bool retryable_ = false;
};

/// A Status of kOutput that names the operation, the object and errno's text.
Status errno_status(Code code, std::string_view operation, std::string_view object, int error);

/// A value or the reason why there is none.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}           // NOLINT: implicit by intent
  Result(Status failure) : state_(std::move(failure)) {}  // NOLINT: implicit by intent

  bool ok() const { return std::holds_alternative<T>(state_); }
  const Status& status() const {
    static const Status fine;
    return ok() ? fine : std::get<Status>(state_);
  }

  // REQUIRES: ok()
  T& value() & { return std::get<T>(state_); }
  const T& value() const& { return std::get<T>(state_); }
  T&& value() && { return std::get<T>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  std::variant<T, Status> state_;
};

}  // namespace pxq
