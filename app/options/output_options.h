#pragma once

#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/flag_types.h"
#include "options/talk_options.h"
#include "output/output_plan.h"

namespace pxq {

/// Where rows go and how they are written.
struct OutputOptions {
  std::string output;       // -o: a format's name or a path
  bool only_paths = false;  // it is --to
  std::vector<std::string> tables;
  std::string columns;
  std::string limit;
  bool no_header = false;
  bool table_key = false;
  bool force = false;
  bool append = false;
  std::string schema;  // --schema: a path
  bool wide = false;
  bool human = false;
  std::string sort;       // --sort: columns
  std::string delimiter;  // --delimiter: one character
  bool spreadsheet = false;
  bool skip_empty = false;
  bool expand_quantiles = false;
  bool script_labels = false;
  std::string expanded;
  std::string int64 = "number";
  std::string nan = "null";
  std::string bytes = "text";
  std::string time_format = "rfc3339";
  std::string time_zone;    // --tz
  bool takes_zone = false;  // PXQ_TZ is heard
  // Flags of other meaning beside the rows' own, which the command hears.
  bool force_elsewhere = false;
  bool zone_elsewhere = false;

  void declare(CLI::App& app);
  /// --to, which an export has in place of -o: files or a database, never stdout.
  void declare_to(CLI::App& app);
  /// Of declare(), the flags about what is selected and how data formats spell it.
  void declare_selection(CLI::App& app);
  void declare_spelling(CLI::App& app);
  /// Of declare(), the flags about what becomes of columns and tables on their way.
  void declare_shape(CLI::App& app);
  /// Of declare(), --tz.
  void declare_zone(CLI::App& app);
  /// Of declare(), the flags about files.
  void declare_files(CLI::App& app);

  /// What all of them mean together; kUsage where one of them means nothing.
  Result<OutputPlan> plan(const Context& context, const TalkOptions& talk) const;
  /// The zone of --tz, else of PXQ_TZ.
  Result<std::string> zone() const;

 private:
  Result<Selection> selection() const;
  Result<Shape> shape(const OutputKind& kind) const;
  Result<char> delimiter_byte() const;
  Status check_address(const OutputPlan& plan) const;
  Status check_append(const OutputPlan& plan) const;
  Status check_place(const OutputPlan& plan) const;
  Result<const Format*> format(const OutputKind& kind, const Context& context) const;
  FormatOptions spelling(const OutputKind& kind, const Context& context, bool color) const;
};

}  // namespace pxq
