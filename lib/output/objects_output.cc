#include <fmt/format.h>

#include <memory>
#include <string_view>
#include <utility>

#include "object/object_set.h"
#include "object/store_settings.h"
#include "output/beside_schema.h"
#include "output/files_sink.h"
#include "output/output_plan.h"

namespace pxq {
namespace {

/// What browsers and loaders call a format's bytes, by the ending of its files.
struct MediaType {
  std::string_view extension;
  std::string_view type;
};

constexpr MediaType kMediaTypes[] = {
    {"csv", "text/csv; charset=utf-8"},     {"tsv", "text/tab-separated-values; charset=utf-8"},
    {"jsonl", "application/x-ndjson"},      {"json", "application/json"},
    {"md", "text/markdown; charset=utf-8"}, {"txt", "text/plain; charset=utf-8"},
    {"html", "text/html; charset=utf-8"},   {"parquet", "application/vnd.apache.parquet"}};

std::string content_type(std::string_view extension) {
  for (const MediaType& known : kMediaTypes) {
    if (known.extension == extension) return std::string(known.type);
  }
  return "application/octet-stream";
}

FilesOptions objects_options(const OutputPlan& plan, const RunIdentity& run) {
  FilesOptions made{
      .path = *plan.path,
      .values = run.path_values(),
      .make_sink = [plan, run](Output& output,
                               bool header) { return plan.make_sink(run, header, output); },
      .can_append = std::nullopt,
      .skip_empty = plan.spelling.skip_empty};
  // As with files: the key may name the moment from which a first run has rows.
  made.late = run.first;
  return made;
}

/// Rows in objects that appear together, and with them the state of the export.
class ObjectsDestination final : public Destination {
 public:
  ObjectsDestination(std::unique_ptr<object::ObjectSet> objects, const OutputPlan& plan,
                     const RunIdentity& run)
      : objects_(std::move(objects)), rows_(objects_options(plan, run), *objects_) {}

  Status open() { return rows_.open(); }

  const Status& status() const override {
    return rows_.status().ok() ? objects_->status() : rows_.status();
  }

  Status conclude(const Status& run) override {
    if (!run.ok() || !status().ok()) return status();
    return objects_->commit();
  }

  std::vector<FileReport> files() const override { return objects_->reports(); }

  void start_at(int64_t time_ns) override { rows_.start_at(time_ns); }

  Status keep_state(const RunState& state) override {
    return objects_->keep_state(state.path, state.text);
  }

 private:
  ResultSink& sink() override { return rows_; }

  std::unique_ptr<object::ObjectSet> objects_;
  FilesSink rows_;
};

class ObjectsPlace final : public OutputPlace {
 public:
  ObjectsPlace(std::unique_ptr<object::ObjectSet> objects, const OutputPlan& plan, OutputHost& host)
      : objects_(std::move(objects)), plan_(plan), host_(host) {}

  Result<std::unique_ptr<Destination>> open(const RunIdentity& run) override {
    auto made = std::make_unique<ObjectsDestination>(std::move(objects_), plan_, run);
    if (Status opened = made->open(); !opened.ok()) return opened;
    return beside_schema(std::move(made), plan_, run, host_);
  }

 private:
  std::unique_ptr<object::ObjectSet> objects_;
  const OutputPlan& plan_;
  OutputHost& host_;
};

Result<std::unique_ptr<OutputPlace>> prepare_objects(const OutputPlan& plan, const RunIdentity& run,
                                                     OutputHost& host) {
  auto url = object::ObjectUrl::parse(plan.path->text());
  if (!url.ok()) return url.status();
  auto objects = object::ObjectSet::create({.bucket = url->bucket,
                                            .content_type = content_type(plan.format->extension),
                                            .journal = run.journal,
                                            .hash = run.hash_files,
                                            .deadline = run.deadline,
                                            .stop = host.stop(),
                                            .asked_again = run.asked_again});
  if (!objects.ok()) return objects.status();
  return std::unique_ptr<OutputPlace>(
      std::make_unique<ObjectsPlace>(*std::move(objects), plan, host));
}

Result<std::string> about_objects(const OutputPlan& plan) {
  auto url = object::ObjectUrl::parse(plan.path->text());
  if (!url.ok()) return url.status();
  auto settings = object::StoreSettings::gather(url->bucket);
  if (!settings.ok()) return settings.status();
  const auto store = object::ObjectStore::open(*std::move(settings), url->bucket);
  if (!store.ok()) return store.status();
  const object::StoreSettings& place = (*store)->settings();
  return fmt::format("{}, region {}, the bucket in the {}, keys of {}", place.endpoint(),
                     place.region, place.path_style ? "path" : "host's name",
                     place.credentials_from);
}

}  // namespace

const OutputKind kObjectsOutput = {.extension = {},
                                   .takes_paths = true,
                                   .formatted = true,
                                   .holds_runs = false,
                                   .prepare = prepare_objects,
                                   .scheme = object::ObjectUrl::kScheme,
                                   .about = about_objects};

}  // namespace pxq
