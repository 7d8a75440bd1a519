#include "destination.h"

#include <unistd.h>

#include <csignal>
#include <functional>

namespace pxq {
namespace {

// How long a record that is partly written may still take after a stop.
constexpr Duration kRecordGrace = std::chrono::seconds(1);

class StdoutDestination final : public Destination {
 public:
  StdoutDestination(const Format& format, const FormatOptions& options, Context& context)
      : context_(context),
        output_(STDOUT_FILENO, "stdout"),
        sink_(format.make(options, output_)),
        on_stop_(context.signals.token(), [this] { output_.request_stop(kRecordGrace); }) {
    context.signals.watch_reader(STDOUT_FILENO);
  }

  ResultSink& sink() override { return *sink_; }
  Status status() const override { return output_.status(); }

  Status conclude(const Status&) override {
    Status status = output_.finish();
    context_.signals.watch_reader(-1);
    if (output_.broken_pipe()) {
      context_.signals.raise(SIGPIPE);
      return {Code::kInterrupted, "the reader of stdout went away"};
    }
    return status;
  }

 private:
  Context& context_;
  FdOutput output_;
  std::unique_ptr<ResultSink> sink_;
  std::stop_callback<std::function<void()>> on_stop_;
};

class FileDestination final : public Destination {
 public:
  FileDestination(std::unique_ptr<FileOutput> file, const Format& format,
                  const FormatOptions& options, Context& context)
      : file_(std::move(file)),
        sink_(format.make(options, *file_)),
        on_stop_(context.signals.token(), [this] {
          if (FdOutput* in_place = file_->in_place()) in_place->request_stop(kRecordGrace);
        }) {}

  ResultSink& sink() override { return *sink_; }
  Status status() const override { return file_->status(); }

  Status conclude(const Status& run) override {
    if (run.ok()) return file_->save();
    file_->abandon();
    return file_->status();
  }

 private:
  std::unique_ptr<FileOutput> file_;
  std::unique_ptr<ResultSink> sink_;
  std::stop_callback<std::function<void()>> on_stop_;
};

}  // namespace

Result<std::unique_ptr<Destination>> Destination::open(const OutputOptions& options, bool color,
                                                       Context& context) {
  Result<const Format*> format = options.format(context);
  if (!format.ok()) return format.status();
  const FormatOptions format_options = options.format_options(context, color);
  if (!options.is_path()) {
    if (!context.stdout_status.ok()) return context.stdout_status;
    return std::unique_ptr<Destination>(
        std::make_unique<StdoutDestination>(**format, format_options, context));
  }
  FileOptions file_options;
  file_options.force = options.force;
  file_options.stop = context.signals.token();
  Result<std::unique_ptr<FileOutput>> file = FileOutput::open(options.output, file_options);
  if (!file.ok()) return file.status();
  return std::unique_ptr<Destination>(
      std::make_unique<FileDestination>(*std::move(file), **format, format_options, context));
}

}  // namespace pxq
