#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

#include "cli/command.h"
#include "format/format.h"
#include "sink/select.h"

namespace pxq {

/// Where rows go and how they are written.
struct OutputOptions {
  std::string output;  // -o: a format's name or a path
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
  std::string expanded;
  std::string int64 = "number";
  std::string nan = "null";
  std::string bytes = "text";
  std::string time_format = "rfc3339";
  std::string time_zone;

  void declare(CLI::App& app);
  /// Of declare(), the flags about what is selected and how data formats spell it.
  void declare_selection(CLI::App& app);
  void declare_spelling(CLI::App& app);
  /// Of declare(), the flags about files.
  void declare_files(CLI::App& app);

  /// A value of -o with '.' or '/' in it is a path, else a format's name.
  bool is_path() const;
  /// An SQLite database, which is no format's file.
  bool is_database() const;
  /// The paths that are files whatever the tables; see check_distinct().
  std::vector<std::string> files() const;
  Result<Selection> selection() const;
  /// The format for stdout or the file that -o names.
  Result<const Format*> format(const Context& context) const;
  FormatOptions format_options(const Context& context, bool color) const;
};

}  // namespace pxq
