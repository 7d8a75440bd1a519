// What can be wrong with a script, its arguments and the words of the command line, and is told
// before anything is asked; and what looks wrong and goes through unchanged.

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "session.h"

namespace pxq::app {
namespace {

/// A session at a Vizier that must not be asked.
struct Unasked {
  fake::Vizier vizier{whole()};
  Session session;

  fake::Command command(std::vector<std::string> words) const {
    words.insert(words.begin(), {"run", "--addr", vizier.address(), "--insecure"});
    return session.command(std::move(words));
  }

  void refuse(const fake::Command& command, const std::vector<std::string>& err) const {
    session.check(fake::run(command), {2, "", err});
    CHECK(vizier.calls().empty());
  }
};

TEST_CASE("I03 a script without a statement is told as such") {
  Unasked unasked;
  const auto [content, text] = GENERATE(table<std::string, std::string>(
      {{"", "empty"}, {" \n\t\r\n", "only blanks"}, {"# a\n  # b", "only blanks and comments"}}));
  unasked.session.home().write("s.pxl", content);
  unasked.session.allow("s.pxl");
  unasked.refuse(unasked.command({"s.pxl"}), {"s.pxl", text});
}

TEST_CASE("I04 a script that is too large or never ends is refused, and not read to its end") {
  Unasked unasked;
  SECTION("a file") {
    unasked.session.home().write("s.pxl", std::string((4u << 20) + 1, '#'));
    unasked.session.allow("s.pxl");
    unasked.refuse(unasked.command({"s.pxl"}), {"s.pxl is larger than 4 MiB"});
  }
  SECTION("stdin without an end") {
    unasked.refuse(in_shell(unasked.command({"-"}), "yes | \"$0\" \"$@\""),
                   {"<stdin> is larger than 4 MiB"});
  }
}

TEST_CASE("I05 what is no file of text is told by its name") {
  Unasked unasked;
  const fake::TempDir& home = unasked.session.home();
  SECTION("a directory without scripts") {
    std::filesystem::create_directory(home.path("d"));
    unasked.session.allow("d");
    unasked.refuse(unasked.command({"./d"}), {"./d: no .pxl files"});
  }
  SECTION("a link to itself") {
    std::filesystem::create_symlink("loop.pxl", home.path("loop.pxl"));
    unasked.session.allow("loop.pxl");
    unasked.refuse(unasked.command({"loop.pxl"}), {"loop.pxl", "symbolic links"});
  }
  SECTION("a missing file") {
    unasked.refuse(unasked.command({"./none.pxl"}), {"none.pxl", "No such file"});
  }
  SECTION("a file that may not be read") {
    home.write("mine.pxl", "import px\n");
    std::filesystem::permissions(home.path("mine.pxl"), std::filesystem::perms::none);
    unasked.session.allow("mine.pxl");
    if (::geteuid() == 0) return;  // root may read it
    unasked.refuse(unasked.command({"mine.pxl"}), {"mine.pxl", "Permission denied"});
  }
  SECTION("a device without an end") {
    unasked.refuse(unasked.command({"/dev/zero"}), {"/dev/zero is larger than 4 MiB"});
  }
  SECTION("a pipe that nobody writes") {
    REQUIRE(::mkfifo(home.path("pipe").c_str(), 0600) == 0);
    unasked.session.allow("pipe");
    unasked.refuse(in_shell(unasked.command({"./pipe"}), ": >pipe & exec \"$0\" \"$@\""),
                   {"./pipe: the script is empty"});
  }
}

TEST_CASE("I06 a script that stdin does not bring is told, and nobody is asked for one") {
  Unasked unasked;
  fake::Command command = unasked.command({"-"});
  SECTION("an empty pipe") { command.input = ""; }
  SECTION("/dev/null, as cron has it") {}
  SECTION("closed") { command.closed_input = true; }
  unasked.refuse(command, {"<stdin>: the script is empty"});
}

TEST_CASE("I07 values of arguments go out as they are, whatever is in them") {
  const std::string value =
      GENERATE(as<std::string>(), "a=b=c", "two\nlines", "'single' and \"double\"", "-leading", "",
               "\\n {} %s $HOME `id`", "'); px.display(px.DataFrame('secrets'))  #",
               std::string(64u << 10, 'x'), "h\xc3\xa4user \xf0\x9f\x90\xa7");
  const fake::Vizier vizier(whole());
  const Session session;
  const std::string script = "import px\n\n\ndef f(x: str):\n  return px.DataFrame('t')\n";
  fake::Command command = session.command({"run", "-e", script, "--addr", vizier.address(),
                                           "--insecure", "--func", "f", "-a", "x=" + value});
  session.check(fake::run(command), {.out = kWholeRows});
  REQUIRE(vizier.calls().size() == 1);
  const auto request = vizier.calls().front().script_request();
  CHECK(request.query_str() == script);
  REQUIRE(request.exec_funcs_size() == 1);
  REQUIRE(request.exec_funcs(0).arg_values_size() == 1);
  CHECK(request.exec_funcs(0).arg_values(0).value() == value);
}

TEST_CASE("I08 a line of #px:set that a server refuses is told in its words") {
  const Session session;
  session.check(
      fake::run(session.command({"run", "--local", "-e", "#px:set foo=bar\nimport px\n"})),
      {3, "", {"foo is not a valid flag", "max_output_rows_per_table"}});
  session.check(fake::run(session.command({"run", "--local", "-e", "#px:set foo\nimport px\n"})),
                {3, "", {"Config setting is malformed", "name=value"}});
}

TEST_CASE("I08 a value that a line of #px:set cannot have is told with its line") {
  const std::string line = "#px:set max_output_rows_per_table=abc";
  const std::string script = "import px\n" + line + "\npx.display(px.DataFrame('t'))\n";
  const std::string words = "strconv.ParseInt: parsing \"abc\": invalid syntax";
  const std::string block = "pxq: error: " + words + "\n  --> <inline>:2:1\n   2 | " + line +
                            "\n     | ^ max_output_rows_per_table takes a whole number\n";
  const Session session;
  session.check(fake::run(session.command({"run", "--local", "-e", script})), {3, "", {block}});
  // A cluster says the same words, and no place.
  const fake::Vizier vizier(fake::Script().finish(2, words));
  const std::vector<std::string> run = {"run",       "-e", script, "--addr", vizier.address(),
                                        "--insecure"};
  session.check(fake::run(session.command(run)), {3, "", {block}});
  // Words of a server that are about no line of the script get no place.
  const fake::Vizier other(fake::Script().finish(2, "foo is not a valid flag"));
  const auto elsewhere = fake::run(
      session.command({"run", "-e", "import px\n", "--addr", other.address(), "--insecure"}));
  CHECK(elsewhere.status() == 3);
  CHECK_THAT(elsewhere.err, !Catch::Contains("-->"));
}

TEST_CASE("I10 times and sizes that are none are refused with their flag") {
  Unasked unasked;
  const auto [flag, value] = GENERATE(table<std::string, std::string>({
      {"--timeout", "-1"},
      {"--timeout", "1e999"},
      {"--timeout", "NaN"},
      {"--timeout", "inf"},
      {"--timeout", "5 m"},
      {"--timeout", "99999999999999999999s"},
      {"--timeout", ""},
      {"--idle-timeout", "0x10"},
      {"--limit", "-1"},
      {"--limit", "1e3"},
      {"--limit", "99999999999999999999"},
      {"--max-message", "-5"},
      {"--max-message", "1e999MiB"},
      {"--max-message", "17EiB"},
  }));
  INFO(flag << " " << value);
  unasked.refuse(unasked.command({"-e", "import px", flag, value}), {flag});
}

TEST_CASE("I11 a second table on the way into one CSV is refused with both names") {
  const fake::Table t = numbers();
  const fake::Table u = numbers("u");
  const fake::Vizier vizier(fake::Script()
                                .send(t.metadata())
                                .send(u.metadata())
                                .send(t.batch().int64({1}).eos())
                                .send(u.batch().int64({2}).eos())
                                .send(fake::stats()));
  const Session session;
  session.check(fake::run(session.run_at(vizier.address(), {"-o", "csv"})),
                {2, "", {"'t'", "'u'", "-t", "{table}"}});
}

TEST_CASE("I13 words that are long, no text, or behind -- are passed on or refused") {
  Unasked unasked;
  SECTION("a script of 120 KB on the command line") {
    const std::string script = "import px  #" + std::string(120'000, 'x') + "\n";
    const fake::ProcessResult result = fake::run(unasked.command({"-e", script}));
    unasked.session.check(result, {.out = kWholeRows});
    CHECK(unasked.vizier.calls().front().script_request().query_str() == script);
  }
  SECTION("a name that is no UTF-8") {
    unasked.refuse(unasked.command({"\xff\xfe.pxl"}), {"\\xff\\xfe.pxl"});
  }
  SECTION("a value that is no UTF-8") {
    unasked.refuse(
        unasked.command({"-e", "def f(x: str):\n  pass\n", "--func", "f", "-a", "x=\xff"}),
        {"x", "UTF-8"});
  }
  SECTION("a flag behind --") {
    unasked.refuse(unasked.command({"-e", "import px", "--", "--limit", "3"}), {"limit"});
  }
}

}  // namespace
}  // namespace pxq::app
