#include "format/sections.h"

#include <algorithm>
#include <utility>

namespace pxq {

Sections::Sections(const SectionFrame& frame, MakeSection make, const FormatOptions& options,
                   Output& output)
    : frame_(frame),
      make_(std::move(make)),
      options_(options),
      output_(output),
      budget_{options.hold_bytes} {}

void Sections::begin(const Schema& schema) {
  auto table = std::make_unique<Table>();
  table->name = names_.unique(schema.name);
  table->section = make_(schema, table->name, options_);
  table->held = std::make_unique<HeldOutput>(budget_);
  waiting_.push_back(table.get());
  tables_.emplace(&schema, std::move(table));
  if (tables_.size() < 2) return;
  for (auto& [key, known] : tables_) known->section->add_table_key();
}

void Sections::rows(const Schema& schema, const RowBatch& batch) {
  if (current_ == nullptr) choose_current();
  Table& table = *tables_.at(&schema);
  if (table.closed) return;
  if (batch.num_rows != 0 || !options_.skip_empty) {
    table.any_rows = true;
    Output& out = destination(table);
    table.section->rows(batch, out);
    out.flush();  // a held table's bytes move to where the budget counts them
  }
  table.complete = table.complete || batch.eos;
  if (&table == current_) release_current();
  while (current_ != nullptr && current_->complete) {
    close_current(true);
    choose_current();
  }
  output_.flush();
}

void Sections::tick() {
  if (current_ == nullptr || current_->closed) return;
  if (options_.skip_empty && !current_->any_rows) return;
  Output& out = destination(*current_);
  current_->section->tick(out);
  out.flush();
  release_current();
  output_.flush();
}

void Sections::end(const Summary& summary) {
  const bool success = summary.status.ok();
  if (current_ == nullptr) choose_current();
  while (current_ != nullptr) {
    close_current(success || current_->complete);
    choose_current();
  }
  if (any_bytes_) {
    output_.text().append(success ? frame_.close : frame_.torn);
  } else if (success && !options_.skip_empty) {
    output_.text().append(frame_.no_section);
  }
  output_.commit();
  output_.flush();
}

size_t Sections::rank(const std::string& name) const {
  if (options_.page == nullptr) return 0;
  const std::vector<chart::WidgetPlan>& widgets = options_.page->widgets;
  const auto found = std::ranges::find(widgets, name, &chart::WidgetPlan::table);
  return static_cast<size_t>(found - widgets.begin());
}

bool Sections::before(const Table& a, const Table& b) const {
  return std::pair(rank(a.name), std::string_view(a.name)) <
         std::pair(rank(b.name), std::string_view(b.name));
}

void Sections::choose_current() {
  current_ = nullptr;
  if (waiting_.empty()) return;
  const auto first =
      std::min_element(waiting_.begin(), waiting_.end(),
                       [this](const Table* a, const Table* b) { return before(*a, *b); });
  current_ = *first;
  waiting_.erase(first);
  release_current();
}

void Sections::close_current(bool whole) {
  if (current_->any_rows || !options_.skip_empty) {
    current_->section->close(whole, destination(*current_));
    release_current();
  }
  current_->held.reset();
  current_->closed = true;
}

// A section is held until it has bytes, so that the separator before it is written just then.
void Sections::release_current() {
  HeldOutput* held = current_->held.get();
  if (held == nullptr) return;
  held->flush();
  if (held->is_empty() && held->status().ok()) return;
  output_.text().append(any_bytes_ ? frame_.separator : frame_.open);
  any_bytes_ = true;
  held->release(output_);
  current_->held.reset();
}

Output& Sections::destination(Table& table) {
  if (table.held == nullptr) return output_;
  return *table.held;
}

}  // namespace pxq
