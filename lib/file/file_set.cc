#include "file/file_set.h"

#include <optional>
#include <set>
#include <utility>

#include "base/digest.h"
#include "file/file_bytes.h"
#include "file/journal.h"

namespace pxq {
namespace {

/// A journal must not be on the disk sooner than the names that it tells of.
Status sync_temps(const std::vector<PlannedChange>& changes) {
  std::set<std::string> directories;
  for (const PlannedChange& change : changes) directories.insert(parent_path(change.temp));
  for (const std::string& directory : directories) {
    if (auto synced = sync_directory(directory); !synced.ok()) return synced;
  }
  return {};
}

}  // namespace

FileSet::FileSet(FileSetOptions options) : options_(std::move(options)) {
  // The temporaries that a journal lists must not be taken for stale by runs that do not know it.
  options_.file.temp_tag = sha256_hex(options_.journal).substr(0, 16);
}

Result<std::unique_ptr<FileSet>> FileSet::create(FileSetOptions options) {
  if (!options.journal.empty()) {
    if (auto recovered = Journal::recover(options.journal); !recovered.ok()) return recovered;
  }
  return std::unique_ptr<FileSet>(new FileSet(std::move(options)));
}

Result<FileSet::Opened> FileSet::add(const std::string& path, bool can_append) {
  auto target = resolve_file_target(path);
  if (!target.ok()) return target.status();
  Member member;
  if (options_.append && target->exists && !target->in_place) {
    if (auto opened = open_to_append(path, can_append, member); !opened.ok()) return opened;
  } else {
    auto file = FileOutput::open(path, options_.file);
    if (!file.ok()) return file.status();
    member.file = *std::move(file);
  }
  const bool adds = member.appended;
  return Opened{.output = keep(std::move(member)), .adds = adds};
}

Output* FileSet::keep(Member member) {
  Output* output = member.file.get();
  const Compression compression = compression_of(member.file->path());
  if (compression != Compression::kNone) {
    member.compressor = make_compressor(compression, *member.file);
    output = member.compressor.get();
  }
  members_.push_back(std::move(member));
  return output;
}

Result<Output*> FileSet::replace(const std::string& path, bool reported) {
  FileOptions options = options_.file;
  options.force = true;
  auto file = FileOutput::open(path, options);
  if (!file.ok()) return file.status();
  Member member;
  member.file = *std::move(file);
  member.reported = reported;
  return keep(std::move(member));
}

Status FileSet::open_to_append(const std::string& path, bool can_append, Member& member) {
  if (!can_append) {
    return {Code::kOutput, path + " exists and its format cannot be added to",
            "csv, tsv and jsonl can; --force replaces the file"};
  }
  auto file = AppendOutput::open(path, options_.file);
  if (!file.ok()) return file.status();
  member.appended = true;
  member.old_size = (*file)->old_size();
  member.file = *std::move(file);
  return {};
}

const Status& FileSet::status() const {
  static const Status fine;
  for (const Member& member : members_) {
    if (!member.file->status().ok()) return member.file->status();
    if (member.compressor && !member.compressor->status().ok()) return member.compressor->status();
  }
  return fine;
}

void FileSet::request_stop(Duration grace) noexcept {
  for (const Member& member : members_) {
    if (FdOutput* output = member.file->in_place()) output->request_stop(grace);
  }
}

Status FileSet::commit() {
  Status result = prepare();
  if (result.ok()) result = publish();
  if (result.ok()) report();
  for (const Member& member : members_) {
    if (!left_to_journal_) member.file->settle();
  }
  return result;
}

Status FileSet::prepare() {
  // Whatever can fail for lack of room is done for all files before the first gets its name.
  for (const Member& member : members_) {
    if (member.compressor) {
      if (auto finished = member.compressor->finish(); !finished.ok()) return finished;
    }
    if (auto prepared = member.file->prepare(); !prepared.ok()) return prepared;
  }
  return {};
}

Status FileSet::publish() {
  std::vector<PlannedChange> changes;
  bool appends = false;
  for (const Member& member : members_) {
    auto change = member.file->planned();
    if (!change) continue;
    appends = appends || change->append;
    changes.push_back(*std::move(change));
  }
  std::optional<Journal> journal;
  // A single new name appears at once or not at all. Several, or rows that are added, can be cut in
  // between.
  if (!options_.journal.empty() && (appends || changes.size() > 1)) {
    if (auto synced = sync_temps(changes); !synced.ok()) return synced;
    auto written = Journal::write(options_.journal, changes);
    if (!written.ok()) return written.status();
    journal.emplace(*std::move(written));
  }
  Status result;
  size_t published = 0;
  while (result.ok() && published < members_.size()) {
    result = members_[published++].file->publish();
  }
  if (!result.ok()) return take_back(published, journal ? &*journal : nullptr, result);
  // What remains of a journal is harmless: its temporaries are gone.
  if (journal) [[maybe_unused]]
    const Status removed = journal->remove();
  return {};
}

/// The way back is final once the journal is gone; where it cannot be gone all the way, the next
/// run goes forward.
Status FileSet::take_back(size_t published, Journal* journal, const Status& failure) {
  Status undone = roll_back(published);
  if (undone.ok() && journal != nullptr) undone = journal->remove();
  if (undone.ok()) return failure;
  if (journal == nullptr) return undone;
  left_to_journal_ = true;
  for (const Member& member : members_) member.file->leave();
  return {Code::kOutput, failure.message() + "; then " + undone.message(),
          "the next run of the same command finishes the files"};
}

Status FileSet::roll_back(size_t count) {
  Status result;
  while (count > 0) {
    const Status undone = members_[--count].file->rollback();
    if (result.ok()) result = undone;
  }
  return result;
}

void FileSet::report() {
  for (const Member& member : members_) {
    if (!member.reported) continue;
    reports_.push_back({.path = member.file->path(),
                        .bytes = member.old_size + member.file->bytes_written(),
                        .sha256 = member.file->sha256(),
                        .appended = member.appended});
  }
}

}  // namespace pxq
