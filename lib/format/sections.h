#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "format/format.h"
#include "format/held_output.h"
#include "format/names.h"

namespace pxq {

/// Renders one table whole, without knowing what stands around it.
class Section {
 public:
  Section() = default;
  Section(const Section&) = delete;
  Section& operator=(const Section&) = delete;
  virtual ~Section() = default;

  virtual void rows(const RowBatch& batch, Output& out) = 0;

  /// `whole`: all rows were seen. Otherwise nothing may claim so.
  virtual void close(bool whole, Output& out) = 0;

  /// Time passed (ResultSink::tick): what waits for more rows before it is shown may go out.
  virtual void tick(Output& /*out*/) {}

  /// From now on rows name their table (for formats where they do).
  virtual void add_table_key() {}
};

/// What stands around sections: before the first, between two, after the last, and instead of all.
struct SectionFrame {
  std::string_view open;
  std::string_view separator;
  std::string_view close;       // only if the run succeeded
  std::string_view torn;        // else
  std::string_view no_section;  // a run that succeeded without any section
};

using MakeSection = std::function<std::unique_ptr<Section>(
    const Schema& schema, const std::string& name, const FormatOptions& options)>;

/// Puts tables one after another although their rows interleave. The server announces tables in
/// random order before any rows, so those known at the first row are put in the order of the page,
/// then by name; tables announced later take their place among those not yet begun. The first is
/// written as it arrives, the rest is held (HeldOutput) until the ones before are complete.
class Sections final : public ResultSink {
 public:
  Sections(const SectionFrame& frame, MakeSection make, const FormatOptions& options,
           Output& output);

  void begin(const Schema& schema) override;
  void rows(const Schema& schema, const RowBatch& batch) override;
  void end(const Summary& summary) override;
  void tick() override;

 private:
  struct Table {
    std::string name;
    std::unique_ptr<Section> section;
    std::unique_ptr<HeldOutput> held;  // until the section's first bytes may go out
    bool any_rows = false;             // or a batch of none that is shown
    bool complete = false;             // no rows follow
    bool closed = false;               // written to its end
  };

  bool before(const Table& a, const Table& b) const;
  size_t rank(const std::string& name) const;
  void choose_current();
  void close_current(bool whole);
  void release_current();
  Output& destination(Table& table);

  const SectionFrame& frame_;
  const MakeSection make_;
  const FormatOptions options_;
  Output& output_;
  TableNames names_;
  HoldBudget budget_;
  std::map<const Schema*, std::unique_ptr<Table>> tables_;
  std::vector<Table*> waiting_;  // not yet begun to be written, in order of announcement
  Table* current_ = nullptr;
  bool any_bytes_ = false;
};

}  // namespace pxq
