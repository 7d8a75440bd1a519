#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "text/text_kernels.h"
#include "text/utf8.h"

namespace pxq {

/// The 1 to 15 bytes at `in` as two words padded with zeros, without reading past them and without
/// a call to memcpy. REQUIRES: 0 < size < 16.
struct PaddedWords {
  uint64_t low = 0;
  uint64_t high = 0;

  PaddedWords(const char* in, size_t size) {
    if (size >= 8) {
      low = load<uint64_t>(in);
      const size_t spare = 4 * (16 - size);  // half of the bits to drop: a shift by 64 is undefined
      high = load<uint64_t>(in + size - 8) >> spare >> spare;
    } else if (size >= 4) {
      const uint64_t last = load<uint32_t>(in + size - 4);
      low = load<uint32_t>(in) | last << (8 * (size - 4));
    } else {
      low = byte(in[0]) | byte(in[size / 2]) << (8 * (size / 2)) |
            byte(in[size - 1]) << (8 * (size - 1));
    }
  }

 private:
  static uint64_t byte(char c) { return static_cast<unsigned char>(c); }
  template <typename Word>
  static Word load(const char* in) {
    Word word;
    std::memcpy(&word, in, sizeof word);
    return word;
  }
};

/// The letter after the backslash in a two-letter JSON escape; 0 for a byte that has none.
constexpr char json_escape_letter(char byte) {
  switch (byte) {
    case '"':
    case '\\': return byte;
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    default: return 0;
  }
}

/// The loops over any type of block. A Block has kSize bytes, load(in, count) with zeros after
/// `count`, store(out), and masks of the bytes that a format cares for; first(mask) is the index of
/// the lowest match, and only that one need be right. beyond_ascii() is zero where all bytes are
/// ASCII.
template <typename Block>
struct BlockCopy {
  using Mask = typename Block::Mask;

  // Long stretches without a match, four blocks at a time; gives how many bytes were copied. More
  // may be stored. Bytes beyond ASCII are added to `beyond`: who does not ask does not pay for it.
  template <Mask (Block::*kMatch)() const>
  static size_t copy_stretch(const char* in, size_t size, char* out, Mask& beyond) {
    size_t at = 0;
    for (; size - at >= 4 * Block::kSize; at += 4 * Block::kSize) {
      Mask found = 0;
      for (size_t i = 0; i < 4; ++i) {
        const Block block = Block::load(in + at + i * Block::kSize, Block::kSize);
        block.store(out + at + i * Block::kSize);
        found |= (block.*kMatch)();
        beyond |= block.beyond_ascii();
      }
      if (found != 0) break;
    }
    return at;
  }

  template <Mask (Block::*kMatch)() const>
  static size_t copy_until(const char* in, size_t size, char* out, Mask& beyond) {
    size_t at = copy_stretch<kMatch>(in, size, out, beyond);
    while (at != size) {
      const size_t count = std::min(size - at, Block::kSize);
      const Block block = Block::load(in + at, count);
      block.store(out + at);
      beyond |= block.beyond_ascii();
      const Mask found = (block.*kMatch)() & Block::first_bytes(count);
      if (found != 0) return at + Block::first(found);
      at += count;
    }
    return size;
  }

  static size_t copy_printable(const char* in, size_t size, char* out) {
    Mask ignored = 0;
    return copy_until<&Block::unprintable>(in, size, out, ignored);
  }

  static CsvCopied copy_csv_plain(const char* in, size_t size, char* out) {
    Mask beyond = 0;
    const size_t taken = copy_until<&Block::csv_special>(in, size, out, beyond);
    return {out + taken, beyond == 0, taken != size};
  }

  static CsvCopied copy_csv_quoted(const char* in, size_t size, char* out) {
    Mask beyond = 0;
    while (size != 0) {
      size_t count = std::min(size, Block::kSize);
      const Block block = Block::load(in, count);
      block.store(out);
      beyond |= block.beyond_ascii();
      const Mask quotes = block.quotes() & Block::first_bytes(count);
      if (quotes != 0) {
        count = Block::first(quotes);
        out[count] = '"';
        out[count + 1] = '"';
        out += 1;
        ++count;
      }
      in += count;
      out += count;
      size -= count;
    }
    return {out, beyond == 0, false};
  }

  static Copied copy_json(const char* in, size_t size, char* out) {
    const char* const start = in;
    while (size != 0) {
      size_t count = std::min(size, Block::kSize);
      const Block block = Block::load(in, count);
      block.store(out);
      const Mask special = block.json_special() & Block::first_bytes(count);
      if (special != 0) {
        count = Block::first(special);
        const char letter = json_escape_letter(in[count]);
        if (letter == 0) return {static_cast<size_t>(in - start) + count, out + count};
        out[count] = '\\';
        out[count + 1] = letter;
        out += 1;
        ++count;
      }
      in += count;
      out += count;
      size -= count;
    }
    return {static_cast<size_t>(in - start), out};
  }
};

/// The table of kernels over one type of block.
template <typename Block>
constexpr TextKernels block_kernels(std::string_view name) {
  using Copy = BlockCopy<Block>;
  return {.name = name,
          .copy_csv_plain = &Copy::copy_csv_plain,
          .copy_csv_quoted = &Copy::copy_csv_quoted,
          .quoted_tells_special = false,
          .copy_json = &Copy::copy_json,
          .copy_printable = &Copy::copy_printable,
          .is_utf8 = is_utf8_by_steps,
          .decode_base64url = decode_no_base64url};
}

}  // namespace pxq
