#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "file/path_template.h"
#include "format/format.h"
#include "output/destination.h"
#include "output/output_host.h"
#include "output/run_identity.h"
#include "shape/shape.h"
#include "sink/select.h"

namespace pxq {

struct OutputKind;

/// What a user's words about rows' way out mean, decided once, before anything is asked of a
/// server. Whoever comes behind it knows no flag and no format by its name.
struct OutputPlan {
  const OutputKind* kind = nullptr;  // never null once made
  const Format* format = nullptr;    // none where the kind has a form of its own
  FormatOptions spelling = {};       // how the format writes
  Selection selection = {};
  Shape shape = {};
  std::optional<PathTemplate> path = {};  // none: stdout
  std::string schema = {};                // a file for the tables' columns; empty: none
  bool force = false;                     // files that are there are replaced
  bool append = false;                    // rows are added to them
  /// What writes rows where that takes more than a format is told; else the format does.
  std::function<std::unique_ptr<ResultSink>(const RunIdentity& run, Output& output)> own_sink = {};

  /// The paths that are files of this machine whatever the tables are called; some may be empty.
  std::vector<std::string> files() const;

  /// The format's sink that writes `run` to `output`; `header` false: rows are added to some.
  /// REQUIRES: there is a format.
  std::unique_ptr<ResultSink> make_sink(const RunIdentity& run, bool header, Output& output) const;

  /// Opens the destination of a run that needs nothing from there before: prepare() and open().
  Result<std::unique_ptr<Destination>> open(const RunIdentity& run, OutputHost& host) const;
};

/// A place for rows at which nothing stands in the way any more: what a run that died has left
/// there has been put right.
class OutputPlace {
 public:
  OutputPlace() = default;
  OutputPlace(const OutputPlace&) = delete;
  OutputPlace& operator=(const OutputPlace&) = delete;
  virtual ~OutputPlace() = default;

  /// Once at most. `run` is that of prepare() with its window and key, which an export knows only
  /// after it has read the state that it keeps in this place.
  virtual Result<std::unique_ptr<Destination>> open(const RunIdentity& run) = 0;
};

/// One kind of destination: how users name it and how it is made. A kind is one file that defines
/// its constant and one line of outputs.def.
struct OutputKind {
  std::string_view extension;  // of files that it makes itself, without the dot; empty: by formats
  bool takes_paths;            // -o names a file, not a format
  bool formatted;              // a format writes the rows
  bool holds_runs;             // many runs in one file, with a list of them and exports' states

  /// Refuses what cannot work. `plan` outlives the place, `host` also its
  /// destination.
  Result<std::unique_ptr<OutputPlace>> (*prepare)(const OutputPlan& plan, const RunIdentity& run,
                                                  OutputHost& host);

  /// What its addresses begin with, such as `s3://`; empty: paths of this machine.
  std::string_view scheme = {};
  /// Of addresses: says where they lead and whose keys are used, for people; refuses what cannot
  /// work, and asks nobody.
  Result<std::string> (*about)(const OutputPlan& plan) = nullptr;

  bool remote() const { return !scheme.empty(); }
};

std::span<const OutputKind* const> output_kinds();

/// The kind of the destination that -o names: a value with '.' or '/' in it is a path, else it is a
/// format's name, or nothing.
const OutputKind& output_kind(std::string_view output);

/// The ending of a path that says what it is in, without the dot and that of a compression.
std::string output_extension(std::string_view path);

#define PXQ_OUTPUT(kind) extern const OutputKind kind;
#include "output/outputs.def"
#undef PXQ_OUTPUT

}  // namespace pxq
