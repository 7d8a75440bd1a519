#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "fake/exchange.h"

/// The bytes of HTTP/2, as far as the raw peer needs them.
namespace pxq::fake::http2 {

inline constexpr uint8_t kData = 0;
inline constexpr uint8_t kHeaders = 1;
inline constexpr uint8_t kRstStream = 3;
inline constexpr uint8_t kSettings = 4;
inline constexpr uint8_t kPing = 6;
inline constexpr uint8_t kGoAway = 7;
inline constexpr uint8_t kWindowUpdate = 8;
inline constexpr uint8_t kContinuation = 9;

inline constexpr uint8_t kEndStream = 1;
inline constexpr uint8_t kAck = 1;
inline constexpr uint8_t kEndHeaders = 4;

inline constexpr size_t kFrameHeader = 9;
inline constexpr size_t kLargestFrame = 16384;
inline constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
inline constexpr uint16_t kInitialWindowSize = 4;
inline constexpr int64_t kDefaultWindow = 65535;

/// The low `bytes` bytes of a number in network order, and back.
std::string big_endian(uint64_t value, size_t bytes);
uint32_t number(std::string_view bytes);

std::string frame(uint8_t type, uint8_t flags, uint32_t stream, std::string_view payload);

/// A header block of literals that no table remembers and no Huffman code shortens.
std::string hpack(const Headers& headers);

}  // namespace pxq::fake::http2
