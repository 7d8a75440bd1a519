#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace pxq::pxl {

/// Scripts by chance, of every construct of the language: the same seed gives the same script. Most
/// of them parse; what they would do is nobody's business.
class RandomSource {
 public:
  explicit RandomSource(uint64_t seed) : random_(seed) {}

  std::string script() {
    std::string text;
    for (size_t n = 1 + below(5); n > 0; --n) text += statement(3, 0);
    return text;
  }

 private:
  using Words = std::vector<std::string>;

  size_t below(size_t bound) { return static_cast<size_t>(random_() % bound); }
  bool one_in(size_t bound) { return below(bound) == 0; }
  const std::string& of(const Words& words) { return words[below(words.size())]; }

  std::string name() {
    static const Words names = {"a",    "df",   "px", "x1",    "None",
                                "True", "self", "_",  "print", "long_name"};
    const std::string& found = of(names);
    return found == "print" || found == "None" ? (one_in(4) ? found : "b") : found;
  }
  std::string target() {
    static const Words names = {"a",      "df",     "df.x",   "df['a']", "x1",
                                "a[1:2]", "[a, b]", "(a, b)", "a, b"};
    return of(names);
  }

  std::string atom() {
    static const Words atoms = {"0",
                                "1",
                                "007",
                                "0x1F",
                                "3L",
                                "9223372036854775807",
                                "1.5",
                                "1e22",
                                ".5",
                                "1e999",
                                "2j",
                                "1 + 2j",
                                "1-2j",
                                "-(1-2j)",
                                "--(3L-1.5j)",
                                "4 2j",
                                "'text'",
                                "\"it's\"",
                                "'\\x00\\xff'",
                                "''",
                                "'a' 'b'",
                                "r'\\d+'",
                                "'''three\nlines'''",
                                "'\\\\'",
                                "()",
                                "[]",
                                "{}",
                                "`a`",
                                "`a, b`",
                                "(yield)",
                                "(yield 1)",
                                "\"\\\"q\\\"\""};
    return one_in(2) ? name() : of(atoms);
  }

  std::string list(size_t depth, size_t least = 0) {
    std::string text;
    const size_t count = least + below(4);
    for (size_t i = 0; i < count; ++i) text += (i == 0 ? "" : ", ") + expression(depth);
    if (count > 0 && one_in(4)) text += ",";
    return text;
  }

  std::string expression(size_t depth) {
    if (depth == 0 || one_in(4)) return atom();
    static const Words binary = {"+", "-", "*", "/", "%", "//", "**", "<<", ">>", "&", "^", "|"};
    static const Words compare = {"==", "!=", "<>",     "<",  "<=",    ">",
                                  ">=", "in", "not in", "is", "is not"};
    const auto sub = [&] { return expression(depth - 1); };
    switch (below(22)) {
      case 0: return sub() + " " + of(binary) + " " + sub();
      case 1: return sub() + " " + of(binary) + " " + sub() + " " + of(binary) + " " + sub();
      case 2: return sub() + " " + of(compare) + " " + sub();
      case 3: return sub() + " < " + sub() + " " + of(compare) + " " + sub();
      case 4: return sub() + " and " + sub() + " or " + sub() + " and " + sub();
      case 5: return "not " + sub();
      case 6: return of({"-", "+", "~"}) + sub();
      case 7: return "(" + sub() + ")";
      case 8: return "(" + list(depth - 1, 1) + ")";
      case 9: return "[" + list(depth - 1) + "]";
      case 10:
        return "{" + sub() + ": " + sub() + (one_in(2) ? ", " + sub() + ": " + sub() : "") + "}";
      case 11: return "{" + list(depth - 1, 1) + "}";
      case 12: return call(depth - 1);
      case 13: return name() + "." + of({"x", "y.z", "ctx['pod']"});
      case 14: return name() + "[" + slices(depth - 1) + "]";
      case 15:
        return "lambda " + of({"", "a", "a, b=1", "*a", "a, *b, **c", "(a, b), c"}) + ": " + sub();
      case 16: return sub() + " if " + sub() + " else " + sub();
      case 17: return "[" + sub() + clauses(depth - 1) + "]";
      case 18: return "(" + sub() + clauses(depth - 1) + ")";
      case 19: return "{" + sub() + clauses(depth - 1) + "}";
      case 20: return "{" + sub() + ": " + sub() + clauses(depth - 1) + "}";
      default: return sub() + "(" + sub() + ")";
    }
  }

  std::string call(size_t depth) {
    std::string text =
        name() + (one_in(2) ? ".f" : "") + "(" + (one_in(2) ? expression(depth) : "a");
    if (one_in(2)) text += ", k=" + expression(depth);
    if (one_in(5)) text += " m=" + expression(depth);
    if (one_in(5)) text += ", *" + expression(depth);
    if (one_in(5)) text += ", **" + expression(depth);
    if (one_in(8)) text += clauses(depth);
    return text + ")";
  }

  std::string slices(size_t depth) {
    const auto sub = [&] { return one_in(3) ? std::string() : expression(depth); };
    switch (below(6)) {
      case 0: return expression(depth);
      case 1: return list(depth, 1);
      case 2: return sub() + ":" + sub();
      case 3: return sub() + ":" + sub() + ":" + sub();
      case 4: return "...";
      default: return sub() + ":" + sub() + ", " + expression(depth);
    }
  }

  std::string clauses(size_t depth) {
    std::string text = " for " + of({"a", "a, b", "(a, b)"}) + " in " + expression(depth);
    if (one_in(3)) text += " if " + expression(depth);
    if (one_in(4)) text += " for c in " + expression(depth);
    return text;
  }

  std::string body(size_t depth, size_t indent) {
    if (one_in(3)) return " " + small(depth) + (one_in(3) ? "; " + small(depth) : "") + "\n";
    std::string text = "\n";
    for (size_t n = 1 + below(2); n > 0; --n) text += statement(depth - 1, indent + 1);
    return text;
  }

  std::string small(size_t depth) {
    const auto sub = [&] { return expression(depth); };
    switch (below(17)) {
      case 0:
        return target() + " = " + (one_in(4) ? "b = " : "") + (one_in(3) ? list(depth, 1) : sub());
      case 1:
        return of({"a", "df.x", "df['a']"}) + " " + of({"+=", "-=", "**=", "//=", "<<=", "|="}) +
               " " + sub();
      case 2: return sub();
      case 3: return "'doc string'";
      case 4: return "import " + of({"px", "a.b.c", "a as b, c.d as e"});
      case 5:
        return "from " + of({"px", "..a.b", "."}) + " import " +
               of({"x", "*", "(x, y as z)", "a, b"});
      case 6: return "return" + (one_in(3) ? "" : " " + list(depth, 1));
      case 7: return "del " + target();
      case 8: return "global a, b";
      case 9: return "assert " + sub() + (one_in(2) ? ", " + sub() : "");
      case 10:
        return "exec " + of({"a", "'x'"}) +
               (one_in(2) ? " in " + sub() + (one_in(2) ? ", " + sub() : "") : "");
      case 11:
        return "print " + of({"", ">>a", ">>a, "}) + (one_in(2) ? sub() : "") +
               of({"", ",", ", a"});
      case 12:
        return "raise" +
               (one_in(3) ? ""
                          : " " + sub() +
                                (one_in(2) ? ", " + sub() + (one_in(2) ? ", " + sub() : "") : ""));
      case 13: return "yield" + (one_in(2) ? "" : " " + list(depth, 1));
      case 14: return of({"pass", "break", "continue"});
      case 15: return "a = yield " + sub();
      default: return "px.display(" + sub() + ")";
    }
  }

  std::string statement(size_t depth, size_t indent) {
    const std::string margin(indent, ' ');
    if (depth == 0 || one_in(2))
      return margin + small(depth) + (one_in(6) ? "; " + small(depth) : "") + "\n";
    const auto sub = [&] { return expression(depth - 1); };
    const auto block = [&] { return body(depth, indent); };
    switch (below(9)) {
      case 0: {
        std::string text = margin + "if " + sub() + ":" + block();
        if (one_in(2)) text += margin + "elif " + sub() + ":" + block();
        if (one_in(2)) text += margin + "else:" + block();
        return text;
      }
      case 1:
        return margin + "while " + sub() + ":" + block() +
               (one_in(3) ? margin + "else:" + block() : "");
      case 2:
        return margin + "for " + of({"a", "a, b"}) + " in " + list(1, 1) + ":" + block() +
               (one_in(3) ? margin + "else:" + block() : "");
      case 3:
        return margin + "with " + sub() + of({"", " as a", ", b as c", " as a, b"}) + ":" + block();
      case 4: return margin + "try:" + block() + (one_in(2) ? margin + "finally:" + block() : "");
      case 5: {
        std::string text = margin + "try:" + block() + margin + "except" +
                           of({"", " a", " a as b", " a, b"}) + ":" + block();
        if (one_in(2)) text += margin + "else:" + block();
        return text + (one_in(3) ? margin + "finally:" + block() : "");
      }
      case 6: return margin + "class A" + of({"", "(b)", "(b, c)", "()"}) + ":" + block();
      default:
        return (one_in(4) ? margin + "@a.b(1, k=2)\n" : "") + margin + "def f(" +
               of({"", "a", "a: px.Pod, b: str = 'x'", "a=1, *b, **c", "*b", "**c"}) +
               "):" + block();
    }
  }

  std::mt19937_64 random_;
};

}  // namespace pxq::pxl
