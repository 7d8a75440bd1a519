#include "object/object_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/digest.h"
#include "base/wall_clock.h"
#include "file/file_bytes.h"
#include "object/kept_file.h"

namespace pxq::object {
namespace {

// A process that was told to end is ended after 1.7 s; one that failed by itself has more time.
constexpr Duration kLastWordsAfterStop = std::chrono::milliseconds(1200);
constexpr Duration kLastWords = std::chrono::seconds(10);
// By how much a store's clock, as it was last read, may have been off.
constexpr int64_t kClockSlack = 5'000'000'000;
constexpr size_t kLongestKey = 1024;

Result<std::unique_ptr<ObjectStore>> open_store(const std::string& bucket,
                                                const ObjectSetOptions& options) {
  auto settings = StoreSettings::gather(bucket);
  if (!settings.ok()) return settings.status();
  auto store = ObjectStore::open(*std::move(settings), bucket);
  if (!store.ok()) return store.status();
  (*store)->be_patient(
      {.deadline = options.deadline, .stop = options.stop, .asked_again = options.asked_again});
  return store;
}

// Two objects never have the same one.
std::string new_mark(const ObjectSetOptions& options, const std::string& key) {
  return sha256_hex(fmt::format("{}\n{}\n{}", options.journal, key,
                                MonotonicClock::now().time_since_epoch().count() ^ wall_clock_ns()))
      .substr(0, 32);
}

std::string packed_type(Compression compression, const std::string& plain) {
  switch (compression) {
    case Compression::kGzip: return "application/gzip";
    case Compression::kZstd: return "application/zstd";
    case Compression::kNone: break;
  }
  return plain;
}

}  // namespace

Result<std::unique_ptr<ObjectSet>> ObjectSet::create(ObjectSetOptions options) {
  auto store = open_store(options.bucket, options);
  if (!store.ok()) return store.status();
  std::unique_ptr<ObjectSet> set(new ObjectSet(std::move(options), *std::move(store)));
  if (Status finished = set->finish_dead_run(); !finished.ok()) return finished;
  if (Status swept = set->sweep(); !swept.ok()) return swept;
  return set;
}

ObjectSet::ObjectSet(ObjectSetOptions options, std::unique_ptr<ObjectStore> store)
    : options_(std::move(options)),
      store_(std::move(store)),
      notes_(notes_path(options_.journal)) {}

ObjectSet::~ObjectSet() {
  if (!decided_) abandon();
}

Status ObjectSet::finish_dead_run() {
  const auto pending = PendingObjects::load(options_.journal);
  if (!pending.ok()) return pending.status();
  if (!pending->has_value()) return {};
  const PendingObjects& left = **pending;
  if (left.endpoint != store_->settings().endpoint()) {
    return {
        Code::kOutput,
        fmt::format("the run before has not finished its objects at {}, and this one goes to {}",
                    left.endpoint, store_->settings().endpoint()),
        "run it once with the endpoint of then"};
  }
  if (left.bucket == options_.bucket) return finish_pending(left, options_.journal, *store_);
  auto other = open_store(left.bucket, options_);
  return other.ok() ? finish_pending(left, options_.journal, **other) : other.status();
}

Status ObjectSet::sweep() {
  if (Status loaded = notes_.load(); !loaded.ok()) return loaded;
  if (notes_.all().empty()) return {};
  std::vector<UploadNote> left;
  for (const UploadNote& note : notes_.all()) {
    // Another store's keys are not at hand: its parts wait for a run that goes there.
    if (note.endpoint != store_->settings().endpoint()) {
      left.push_back(note);
      continue;
    }
    auto store = open_store(note.bucket, options_);
    if (!store.ok()) return store.status();
    const Status swept = take_back(note, **store);
    // Whoever may not remove parts may write objects all the same.
    if (swept.retryable() || swept.code() == Code::kInterrupted) return swept;
    if (!swept.ok()) left.push_back(note);
  }
  return notes_.replace(std::move(left));
}

// Of that key, and from then on: uploads of anybody else are not ours to end.
Status ObjectSet::take_back(const UploadNote& note, ObjectStore& store) {
  if (!note.id.empty()) {
    if (Status gone = store.abort_upload(note.key, note.id); !gone.ok()) return gone;
  }
  if (!note.unsure) return {};
  const auto uploads = store.uploads_of(note.key);
  if (!uploads.ok()) return uploads.status();
  const int64_t begun_ns = note.begun_ns + uploads->ahead_ns - kClockSlack;
  for (const OpenUpload& upload : uploads->open) {
    if (upload.begun_ns < begun_ns) continue;
    if (Status gone = store.abort_upload(note.key, upload.id); !gone.ok()) return gone;
  }
  return {};
}

Result<NamedOutputs::Opened> ObjectSet::add(const std::string& path, bool /*can_append*/) {
  auto url = ObjectUrl::parse(path);
  if (!url.ok()) return url.status();
  if (url->key.size() > kLongestKey) {
    return Status(Code::kOutput, fmt::format("{}: a key of {} bytes, and S3 takes {} at most", path,
                                             url->key.size(), kLongestKey));
  }
  const Compression compression = compression_of(url->key);
  const std::string type = packed_type(compression, options_.content_type);
  const std::string mark = new_mark(options_, url->key);
  Member member;
  member.object = std::make_unique<ObjectWriter>(*store_, notes_, url->key, ObjectLabel{type, mark},
                                                 options_.hash);
  Output* output = member.object.get();
  if (compression != Compression::kNone) {
    member.compressor = make_compressor(compression, *member.object);
    output = member.compressor.get();
  }
  members_.push_back(std::move(member));
  return Opened{.output = output};
}

const Status& ObjectSet::status() const {
  static const Status fine;
  for (const Member& member : members_) {
    if (!member.object->status().ok()) return member.object->status();
    if (member.compressor && !member.compressor->status().ok()) return member.compressor->status();
  }
  return fine;
}

Status ObjectSet::keep_state(const std::string& path, const std::string& text) {
  auto before = state_hash(path);
  if (!before.ok()) return before.status();
  pending_.state_name = base_name(path);
  pending_.state_text = text;
  pending_.state_before = *std::move(before);
  return {};
}

Status ObjectSet::commit() {
  if (Status staged = stage(); !staged.ok()) return staged;
  pending_.endpoint = store_->settings().endpoint();
  pending_.bucket = options_.bucket;
  if (Status saved = pending_.save(options_.journal); !saved.ok()) return saved;
  decided_ = true;
  const Status finished = finish_pending(pending_, options_.journal, *store_);
  if (!finished.ok()) return left_to_next(finished);
  for (const Member& member : members_) {
    reports_.push_back({.path = store_->name_of(member.object->key()),
                        .bytes = member.object->bytes_written(),
                        .sha256 = member.object->sha256()});
  }
  // What else may have begun under these keys is ended; a failure leaves it to the next run.
  if (notes_.all().empty()) return {};
  std::vector<UploadNote> unsure;
  std::ranges::copy_if(notes_.all(), std::back_inserter(unsure), &UploadNote::unsure);
  if (Status noted = notes_.replace(std::move(unsure)); !noted.ok()) return {};
  [[maybe_unused]] const Status swept = sweep();
  return {};
}

Status ObjectSet::left_to_next(const Status& failure) const {
  const auto pending = PendingObjects::load(options_.journal);
  if (!pending.ok() || !pending->has_value()) return failure;
  const std::string finishes = "the next run of the same job finishes the objects";
  return Status(failure).with_hint(failure.hint().empty() ? finishes
                                                          : failure.hint() + "; " + finishes);
}

// Whatever can fail for lack of room is done for all objects before the first gets its name.
Status ObjectSet::stage() {
  for (const Member& member : members_) {
    if (member.compressor) {
      if (auto finished = member.compressor->finish(); !finished.ok()) return finished;
    }
    if (auto finished = member.object->finish(); !finished.ok()) return finished;
    const ObjectWriter& object = *member.object;
    PendingObject pending{.key = object.key(),
                          .label = object.label(),
                          .upload_id = object.upload_id(),
                          .tags = object.tags(),
                          .sha256 = {}};
    if (pending.upload_id.empty()) {
      const std::string place =
          PendingObjects::staged_path(options_.journal, pending_.objects.size());
      if (Status kept = keep_file(place, object.body()); !kept.ok()) return kept;
      pending.sha256 = sha256_hex(object.body());
    }
    pending_.objects.push_back(std::move(pending));
  }
  return {};
}

void ObjectSet::abandon() {
  for (size_t i = 0; i < pending_.objects.size(); ++i) {
    [[maybe_unused]] const Status gone =
        remove_kept(PendingObjects::staged_path(options_.journal, i));
  }
  const Duration time = options_.stop.stop_requested() ? kLastWordsAfterStop : kLastWords;
  const TimePoint end = MonotonicClock::now() + time;
  options_.deadline = end;
  options_.stop = {};
  store_->be_patient({.deadline = end});
  // What cannot be removed now stays noted.
  [[maybe_unused]] const Status swept = sweep();
}

}  // namespace pxq::object
