#pragma once

#include <cstdint>
#include <string_view>

#include "local/pxl/ast.h"

namespace pxq::pxl {

enum class TokenKind : uint8_t {
  kEnd,
  kInvalid,  // also an unterminated string, a stray backslash, a wrong indentation
  kNewLine,
  kIndent,
  kDedent,
  kName,
  kInteger,
  kFloat,
  kComplex,
  kString,
  kBackQuote,
  // Spelled as in kOperators and kKeywords.
  kParenOpen,
  kParenClose,
  kBracketOpen,
  kBracketClose,
  kBraceOpen,
  kBraceClose,
  kComma,
  kColon,
  kDot,
  kSemicolon,
  kAt,
  kPowerAssign,
  kFloorDivAssign,
  kShiftRightAssign,
  kShiftLeftAssign,
  kPlusAssign,
  kMinusAssign,
  kStarAssign,
  kSlashAssign,
  kPercentAssign,
  kAndAssign,
  kOrAssign,
  kXorAssign,
  kEqual,
  kNotEqual,
  kLessEqual,
  kGreaterEqual,
  kPower,
  kFloorDiv,
  kShiftLeft,
  kShiftRight,
  kPlus,
  kMinus,
  kStar,
  kSlash,
  kPercent,
  kBitAnd,
  kBitOr,
  kBitXor,
  kTilde,
  kLess,
  kGreater,
  kAssign,
  kAnd,
  kAs,
  kAssert,
  kBreak,
  kClass,
  kContinue,
  kDef,
  kDel,
  kElif,
  kElse,
  kExcept,
  kExec,
  kFinally,
  kFor,
  kFrom,
  kGlobal,
  kNonlocal,
  kIf,
  kImport,
  kIn,
  kIs,
  kLambda,
  kNot,
  kOr,
  kPass,
  kRaise,
  kReturn,
  kTry,
  kWhile,
  kWith,
  kYield,
};

/// One token; its text points into the source or at a constant. `text` is what an indentation error
/// quotes: the token as written, or a description where it is not written at all.
struct Token {
  TokenKind kind = TokenKind::kEnd;
  Place place;
  std::string_view text;
};

struct Spelling {
  TokenKind kind;
  std::string_view text;
};

/// Operators and delimiters, longer ones before their beginnings.
inline constexpr Spelling kOperators[] = {
    {TokenKind::kPowerAssign, "**="},
    {TokenKind::kFloorDivAssign, "//="},
    {TokenKind::kShiftRightAssign, ">>="},
    {TokenKind::kShiftLeftAssign, "<<="},
    {TokenKind::kPlusAssign, "+="},
    {TokenKind::kMinusAssign, "-="},
    {TokenKind::kStarAssign, "*="},
    {TokenKind::kSlashAssign, "/="},
    {TokenKind::kPercentAssign, "%="},
    {TokenKind::kAndAssign, "&="},
    {TokenKind::kOrAssign, "|="},
    {TokenKind::kXorAssign, "^="},
    {TokenKind::kEqual, "=="},
    {TokenKind::kNotEqual, "!="},
    {TokenKind::kNotEqual, "<>"},
    {TokenKind::kLessEqual, "<="},
    {TokenKind::kGreaterEqual, ">="},
    {TokenKind::kPower, "**"},
    {TokenKind::kFloorDiv, "//"},
    {TokenKind::kShiftLeft, "<<"},
    {TokenKind::kShiftRight, ">>"},
    {TokenKind::kPlus, "+"},
    {TokenKind::kMinus, "-"},
    {TokenKind::kStar, "*"},
    {TokenKind::kSlash, "/"},
    {TokenKind::kPercent, "%"},
    {TokenKind::kBitAnd, "&"},
    {TokenKind::kBitOr, "|"},
    {TokenKind::kBitXor, "^"},
    {TokenKind::kTilde, "~"},
    {TokenKind::kLess, "<"},
    {TokenKind::kGreater, ">"},
    {TokenKind::kAssign, "="},
    {TokenKind::kParenOpen, "("},
    {TokenKind::kParenClose, ")"},
    {TokenKind::kBracketOpen, "["},
    {TokenKind::kBracketClose, "]"},
    {TokenKind::kBraceOpen, "{"},
    {TokenKind::kBraceClose, "}"},
    {TokenKind::kComma, ","},
    {TokenKind::kColon, ":"},
    {TokenKind::kDot, "."},
    {TokenKind::kSemicolon, ";"},
    {TokenKind::kAt, "@"},
};

/// `None`, `True`, `False` and `print` are names.
inline constexpr Spelling kKeywords[] = {
    {TokenKind::kAnd, "and"},
    {TokenKind::kAs, "as"},
    {TokenKind::kAssert, "assert"},
    {TokenKind::kBreak, "break"},
    {TokenKind::kClass, "class"},
    {TokenKind::kContinue, "continue"},
    {TokenKind::kDef, "def"},
    {TokenKind::kDel, "del"},
    {TokenKind::kElif, "elif"},
    {TokenKind::kElse, "else"},
    {TokenKind::kExcept, "except"},
    {TokenKind::kExec, "exec"},
    {TokenKind::kFinally, "finally"},
    {TokenKind::kFor, "for"},
    {TokenKind::kFrom, "from"},
    {TokenKind::kGlobal, "global"},
    {TokenKind::kNonlocal, "nonlocal"},
    {TokenKind::kIf, "if"},
    {TokenKind::kImport, "import"},
    {TokenKind::kIn, "in"},
    {TokenKind::kIs, "is"},
    {TokenKind::kLambda, "lambda"},
    {TokenKind::kNot, "not"},
    {TokenKind::kOr, "or"},
    {TokenKind::kPass, "pass"},
    {TokenKind::kRaise, "raise"},
    {TokenKind::kReturn, "return"},
    {TokenKind::kTry, "try"},
    {TokenKind::kWhile, "while"},
    {TokenKind::kWith, "with"},
    {TokenKind::kYield, "yield"},
};

/// How an operator or keyword is written; empty for other kinds. Lives forever.
constexpr std::string_view spelling(TokenKind kind) {
  for (const Spelling& entry : kOperators) {
    if (entry.kind == kind) return entry.text;
  }
  for (const Spelling& entry : kKeywords) {
    if (entry.kind == kind) return entry.text;
  }
  return {};
}

}  // namespace pxq::pxl
