#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/output.h"
#include "chart/page_plan.h"
#include "sink/result_sink.h"
#include "text/line_format.h"

namespace pxq {

class OddText;

/// How values are written; each format uses what concerns it and ignores the rest. The defaults are
/// those of a pipe. docs/formats.md holds the rules.
struct FormatOptions {
  enum class Int64 { kNumber, kString };
  enum class Nan { kNull, kString };
  enum class Bytes { kText, kReplace, kBase64 };
  enum class Time { kRfc3339, kRfc3339Ms, kRfc3339S, kUnix, kUnixMs, kUnixUs, kUnixNs };

  bool header = true;      // --no-header
  bool table_key = false;  // --table-key: `_table_` although there is one table
  bool human = false;      // --human: humanise also in csv and tsv
  Int64 int64 = Int64::kNumber;
  Nan nan = Nan::kNull;
  Bytes bytes = Bytes::kText;
  OddText* odd_text = nullptr;  // told of cells that are not UTF-8 and are written as they are
  Time time = Time::kRfc3339;
  std::string time_zone;     // as TimeZone::load() takes it; empty: UTC
  char delimiter = 0;        // --delimiter, ASCII; 0: the format's own
  bool spreadsheet = false;  // --spreadsheet: a byte order mark first, CRLF at each line's end
  bool skip_empty = false;   // --skip-empty: a table without rows is not written
  bool begins = true;        // nothing stands before it in its file

  // Of the terminal, for table and vertical. Width 0: not a terminal, nothing is cut or hidden.
  int width = 0;
  bool color = false;
  bool ascii = false;   // pictures, and signs of ours in tables, are of what every terminal has
  bool units = true;    // a line of units below the names; pxq's own lists have none
  bool wide = false;    // --wide: all columns and rows
  size_t max_rows = 0;  // rows shown of a bounded result, half from each end; 0: all
  enum class Expanded { kOff, kAuto, kOn } expanded = Expanded::kOff;

  // Formats with sections hold tables after the first: in memory up to here, then in a private
  // temporary file.
  size_t hold_bytes = 16 << 20;
  // What is known of the result before its rows; null: nothing. Tables stand in the order of its
  // widgets; others follow by name, because the server announces them in random order.
  std::shared_ptr<const chart::PagePlan> page;
};

/// Where a format is written unless the user names another one.
enum class DefaultFor { kNothing, kTerminal, kPipe };

/// Which of FormatOptions a format heeds: asking it for another one would change nothing.
struct Heeds {
  bool expanded = false;
  bool header = false;
  bool table_key = false;
  bool human = false;
  bool int64 = false;
  bool nan = false;
  bool bytes = false;
  bool time = false;
  bool raw_bytes = false;  // with Bytes::kText cells are written byte for byte
  bool delimiter = false;
  bool spreadsheet = false;
  bool script_labels = false;  // links to scripts are written as the JSON that they are
  bool skip_empty = false;     // it writes something for a table without rows
  bool no_empty_file = false;  // a file of a table without rows may be left out
};

/// One output format: its names, what it is for, and how to make a sink that writes to an Output,
/// which must outlive the sink. The sink never flushes at its own pace: it commits records, and
/// flushes at each batch's end so that `| head` and `tail -f` work.
struct Format {
  /// Binary forms are not for a terminal, and pack their contents themselves.
  enum class Form { kText, kBinary };

  std::string_view name;
  std::string_view alias = {};      // another name, or empty
  std::string_view extension = {};  // of files in this format, without the dot; empty: none
  std::string_view description;     // one line for --help
  Form form = Form::kText;
  bool one_table = false;                // cannot hold two tables (csv, tsv)
  std::optional<LineFormat> lines = {};  // how rows can be added to a file; nothing: they cannot
  DefaultFor default_for = DefaultFor::kNothing;
  Heeds heeds = {};
  bool at_end = false;  // what people look at is made at the end, also of a run that was stopped
  std::unique_ptr<ResultSink> (*make)(const FormatOptions& options, Output& output);
};

/// All formats, in the order in which help lists them.
std::span<const Format> formats();

/// The format of a terminal or a pipe; the first of all where none says that it is.
const Format& default_format(DefaultFor place);

/// By name or alias; nullptr if there is none.
const Format* find_format(std::string_view name);

/// By the extension of a file's name; nullptr if there is none.
const Format* find_format_by_extension(std::string_view extension);

}  // namespace pxq
