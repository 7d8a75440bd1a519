#include "result/recording_file.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "base/wall_clock.h"
#include "script/row_cap.h"

namespace pxq {

wire::RecordingHeader recording_header(const ScriptRequest& request, const wire::Peer& peer,
                                       const wire::TimeLimits& limits, bool encrypted) {
  wire::RecordingHeader header;
  header.pxq_version = PXQ_VERSION;
  header.started_unix_ns = wall_clock_ns();
  header.script_name = request.name;
  header.script_source = request.source;
  header.script_sha256 = sha256_hex(request.text);
  header.lines_before = request.lines_before;
  header.row_cap = row_cap(request.text);
  header.functions = request.functions;
  header.cluster_id = request.cluster_id;
  header.address = peer.address;
  header.limits = limits;
  header.decrypted = encrypted;
  return header;
}

RecordingFile::RecordingFile(std::unique_ptr<FileOutput> file, const wire::RecordingHeader& header)
    : file_(std::move(file)), writer_(*file_, header) {}

Result<std::unique_ptr<RecordingFile>> RecordingFile::open(const RecordOptions& options, bool force,
                                                           const wire::RecordingHeader& header,
                                                           Context& context) {
  if (header.decrypted && !options.plain) {
    return Status(Code::kUsage,
                  "--record cannot keep rows that come encrypted: the key ends with the run",
                  "--record-plaintext keeps them decrypted; --no-e2e asks for no encryption");
  }
  FileOptions file_options;
  file_options.force = force;
  file_options.temp_tag = "record";
  file_options.exists_hint = "--force replaces it";
  file_options.stop = context.signals.token();
  Result<std::unique_ptr<FileOutput>> file = FileOutput::open(options.path, file_options);
  if (!file.ok()) return file.status();
  return std::unique_ptr<RecordingFile>(new RecordingFile(*std::move(file), header));
}

Status RecordingFile::keep() {
  writer_.close();
  if (!writer_.status().ok()) return writer_.status();
  return file_->save();
}

}  // namespace pxq
