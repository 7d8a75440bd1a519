#include "wire/classify.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

#include "wire/proxy.h"
#include "wire/script_call.h"
#include "wire/server_texts.h"
#include "wire/stream_end.h"

namespace pxq::wire {
namespace {

using std::string_view_literals::operator""sv;

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string proxy_note(std::string_view address) {
  const Result<Endpoint> endpoint = parse_endpoint(address);
  if (!endpoint.ok()) return {};
  const std::optional<Proxy> proxy = proxy_for(*endpoint);
  return proxy ? fmt::format(" (through the proxy of ${})", proxy->variable) : std::string();
}

Status not_connected(const grpc::Status& rpc, Progress progress, std::string_view address) {
  const std::string& text = rpc.error_message();
  if (progress == Progress::kMessages) {
    return Status(Code::kConnect, fmt::format("the connection to {} was lost before the first "
                                              "row: {}",
                                              address, text))
        .with_retryable(true);
  }
  if (const std::optional<ConnectFailure> known = connect_failure(text)) {
    return Status(Code::kConnect,
                  fmt::format("cannot connect to {}{}: {}", address, proxy_note(address),
                              known->meaning),
                  std::string(known->hint))
        .with_retryable(known->retryable);
  }
  return Status(Code::kConnect,
                fmt::format("cannot connect to {}{}: {}", address, proxy_note(address), text))
      .with_retryable(true);
}

// An HTTP server or proxy answered in Pixie's place; gRPC maps its status to a code and keeps the
// number only in the text.
bool is_http_answer(std::string_view text) {
  return has(text, "http2 header with status") || has(text, "Bad HTTP") ||
         has(text, "content-type");
}

Status http_answer(const grpc::Status& rpc, std::string_view address) {
  const auto code = rpc.error_code();
  const bool auth = code == grpc::UNAUTHENTICATED || code == grpc::PERMISSION_DENIED;
  return Status(auth ? Code::kAuth : Code::kConnect,
                fmt::format("an HTTP server or proxy answered at {}, not Pixie: {}", address,
                            rpc.error_message()),
                has(rpc.error_message(), "504")
                    ? "what stands before Pixie has a time limit of its own"
                    : "check the address and what stands before it")
      .with_retryable(code == grpc::UNAVAILABLE);
}

// What gRPC writes when a connection ends in the middle of a stream. It has no code of its own for
// that: the same words come with UNAVAILABLE, INTERNAL and UNKNOWN.
bool is_cut(std::string_view text) {
  return has(text, "RST_STREAM") || has(text, "Stream removed") || has(text, "GOAWAY") ||
         has(text, "Socket closed") || has(text, "Connection reset") ||
         has(text, "No status received") || has(text, "without sending trailers") ||
         has(text, "Broken pipe") || has(text, "keepalive") || has(text, "stream terminated");
}

Status cut(const grpc::Status& rpc) {
  const std::string detail =
      rpc.error_message().empty()
          ? grpc_code_name(rpc.error_code())
          : fmt::format("{}: {}", grpc_code_name(rpc.error_code()), rpc.error_message());
  return Status(Code::kIncomplete, fmt::format("the stream was cut ({})", detail))
      .with_retryable(true);
}

Status timed_out(std::string_view message, std::string_view hint) {
  return Status(Code::kTimeout, std::string(message), std::string(hint)).with_retryable(true);
}

// In two digits below ten: what is left of a limit after a look-up stands for the limit.
std::string seconds(Duration duration) {
  const double count = std::chrono::duration<double>(duration).count();
  return count < 10 ? fmt::format("{:.2g} s", count) : fmt::format("{:.0f} s", count);
}

Status ended_by_us(Ended why, std::string_view address, const TimeLimits& limits) {
  switch (why) {
    case Ended::kConnect:
      return Status(Code::kConnect,
                    fmt::format("cannot connect to {}{}: no answer within {}", address,
                                proxy_note(address), seconds(limits.connect)),
                    "`pxq doctor` tells names, connection and TLS apart; --connect-timeout changes "
                    "the limit")
          .with_retryable(true);
    case Ended::kIdle:
      return timed_out(fmt::format("the server was silent for {}", seconds(limits.idle)),
                       "--idle-timeout changes the limit");
    case Ended::kTotal:
      return timed_out(fmt::format("the run took longer than {}", seconds(limits.total)),
                       "--timeout changes the limit");
    case Ended::kStopped: return {Code::kInterrupted, "interrupted"};
    case Ended::kNot: break;
  }
  return {};
}

Status server_failure(const grpc::Status& rpc) {
  const std::string& text = rpc.error_message();
  return Status(Code::kServer, text.empty() ? fmt::format("the server reported a failure ({})",
                                                          grpc_code_name(rpc.error_code()))
                                            : fmt::format("the server reported a failure: {} ({})",
                                                          text, grpc_code_name(rpc.error_code())))
      .with_retryable(rpc.error_code() == grpc::UNAVAILABLE);
}

// A cloud wraps the inner status's text into another one.
std::string_view unwrap(std::string_view text) {
  constexpr std::string_view kDesc = " desc = ";
  while (text.starts_with("rpc error: code = ")) {
    const size_t at = text.find(kDesc);
    if (at == std::string_view::npos) break;
    text.remove_prefix(at + kDesc.size());
  }
  return text;
}

Status classify_rpc(const grpc::Status& rpc, Progress progress, std::string_view address) {
  const std::string& text = rpc.error_message();
  // Texts that are known come before the code, because Pixie's codes often mean something else
  // (docs/wire.md, Errors).
  if (Status known = known_condition(text); !known.ok()) return known;
  const auto code = rpc.error_code();
  // gRPC turns an HTTP status into codes such as UNAUTHENTICATED, so an HTTP server has to be
  // recognised before a code is believed.
  if (is_http_answer(text)) return http_answer(rpc, address);
  if (code == grpc::UNAUTHENTICATED || code == grpc::PERMISSION_DENIED) {
    return {Code::kAuth, text.empty() ? "not permitted" : text, "check the key"};
  }
  const bool begun = progress == Progress::kRows || progress == Progress::kWhole;
  if (begun && is_cut(text)) return cut(rpc);  // its status is missing, whatever had come
  if (progress == Progress::kWhole) return server_failure(rpc);
  if (code == grpc::UNAVAILABLE) {
    return progress == Progress::kRows ? cut(rpc) : not_connected(rpc, progress, address);
  }
  if (code == grpc::UNKNOWN && progress == Progress::kNothing && is_cut(text)) {
    return Status(Code::kConnect,
                  fmt::format("{} ended the call without an answer: {}", address, text),
                  "an HTTP server may answer there, not Pixie: check the address");
  }
  if (is_cut(text)) return cut(rpc);
  // A standalone agent refuses a script that does not compile in this way, without a status in the
  // stream.
  if (code == grpc::INVALID_ARGUMENT && progress == Progress::kNothing) {
    return {Code::kScript, text.empty() ? "the script was rejected" : text};
  }
  // We did not cancel, or classify_end() would have said so: a standalone agent ends any failed run
  // like this (docs/wire.md, Connecting).
  if (code == grpc::CANCELLED && progress == Progress::kRows) return cut(rpc);
  // Only as the very first answer does this code mean a missing method. Later it is one of Pixie's
  // own numbers, read as gRPC's.
  if (code == grpc::UNIMPLEMENTED && progress == Progress::kNothing) {
    return {Code::kConnect, fmt::format("no Pixie API at {}: {}", address, text),
            "is this the address of a Vizier?"};
  }
  return server_failure(rpc);
}

bool take_number(std::string_view& text, uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return true;
}

bool take(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

// `Compiler error on line 2, column 12: ...`: what a server without details writes into the text.
std::optional<Diagnostic> placed_in_text(std::string_view text) {
  Diagnostic found;
  if (!take(text, "Compiler error on line ") || !take_number(text, found.where.line) ||
      !take(text, ", column ") || !take_number(text, found.where.column) || !take(text, ": ")) {
    return std::nullopt;
  }
  found.message = text;
  return found;
}

}  // namespace

std::string grpc_code_name(int code) {
  static constexpr auto kNames = std::to_array(
      {"OK"sv, "CANCELLED"sv, "UNKNOWN"sv, "INVALID_ARGUMENT"sv, "DEADLINE_EXCEEDED"sv,
       "NOT_FOUND"sv, "ALREADY_EXISTS"sv, "PERMISSION_DENIED"sv, "RESOURCE_EXHAUSTED"sv,
       "FAILED_PRECONDITION"sv, "ABORTED"sv, "OUT_OF_RANGE"sv, "UNIMPLEMENTED"sv, "INTERNAL"sv,
       "UNAVAILABLE"sv, "DATA_LOSS"sv, "UNAUTHENTICATED"sv});
  if (code < 0 || static_cast<size_t>(code) >= kNames.size()) return fmt::format("code {}", code);
  return std::string(kNames[static_cast<size_t>(code)]);
}

Status classify_end(const StreamEnd& end, Progress progress, std::string_view address,
                    const TimeLimits& limits) {
  if (end.ended != Ended::kNot) return ended_by_us(end.ended, address, limits);
  if (end.rpc.ok()) return {};
  const grpc::Status rpc(end.rpc.error_code(), std::string(unwrap(end.rpc.error_message())));
  return classify_rpc(rpc, progress, address).with_grpc_code(rpc.error_code());
}

Status with_advice(Status status, const PeerAdvice& advice) {
  // The peer knows more than the two general hints, but less than a hint that was made for the
  // condition at hand.
  const bool refused = status.code() == Code::kAuth && is_general_key_hint(status.hint());
  const bool unknown = status.code() == Code::kConnect && status.hint() == kCheckSpelling;
  if (refused && !advice.key.empty()) return std::move(status).with_hint(advice.key);
  if (unknown && !advice.name.empty()) return std::move(status).with_hint(advice.name);
  return status;
}

Status classify_in_band(const InBandStatus& status) {
  const std::string text =
      status.message.empty() ? std::string("the script was rejected") : status.message;
  // A standalone agent sends no details; the place then stands in the text only.
  if (status.details.empty()) {
    if (std::optional<Diagnostic> placed = placed_in_text(text)) {
      return Status(Code::kScript, placed->message)
          .with_diagnostic(*std::move(placed))
          .with_grpc_code(status.code);
    }
  }
  if (!status.details.empty()) {
    return Status(Code::kScript, status.details.front().message)
        .with_diagnostics(status.details)
        .with_grpc_code(status.code);
  }
  if (Status known = known_condition(text); !known.ok()) {
    return std::move(known).with_grpc_code(status.code);
  }
  switch (status.code) {
    case grpc::INVALID_ARGUMENT: return Status(Code::kScript, text).with_grpc_code(status.code);
    case grpc::UNAUTHENTICATED:
    case grpc::PERMISSION_DENIED: return Status(Code::kAuth, text).with_grpc_code(status.code);
    default: break;
  }
  return Status(Code::kServer,
                status.message.empty()
                    ? fmt::format("the server reported a failure ({})", grpc_code_name(status.code))
                    : fmt::format("the server reported a failure: {} ({})", status.message,
                                  grpc_code_name(status.code)))
      .with_grpc_code(status.code)
      .with_retryable(status.code == grpc::UNAVAILABLE);
}

}  // namespace pxq::wire
