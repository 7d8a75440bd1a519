#pragma once

namespace pxq::live {

/// A key as it was pressed: a character that it writes, a control character, or one of the numbers
/// below, which lie beyond all characters.
using Key = char32_t;

inline constexpr Key kTab = '\t';
inline constexpr Key kEnter = '\r';
inline constexpr Key kEscape = 0x1b;
inline constexpr Key kBackspace = 0x7f;

inline constexpr Key kUp = 0x110000;
inline constexpr Key kDown = 0x110001;
inline constexpr Key kLeft = 0x110002;
inline constexpr Key kRight = 0x110003;
inline constexpr Key kPageUp = 0x110004;
inline constexpr Key kPageDown = 0x110005;
inline constexpr Key kHome = 0x110006;
inline constexpr Key kEnd = 0x110007;
inline constexpr Key kBackTab = 0x110008;
inline constexpr Key kDelete = 0x110009;
inline constexpr Key kFunction = 0x110010;  // F1 is one more, and so on

/// The control character of a letter.
constexpr Key control(char letter) { return static_cast<Key>(letter) & 0x1f; }
constexpr Key function(int number) { return kFunction + static_cast<Key>(number); }

/// Whether the key writes a character.
constexpr bool writes(Key key) { return key >= 0x20 && key != kBackspace && key < kUp; }

}  // namespace pxq::live
