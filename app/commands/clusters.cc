#include <fmt/format.h>
#include <CLI/App.hpp>

#include "cli/command.h"
#include "connect/connection.h"
#include "options/output_options.h"
#include "options/talk_options.h"
#include "process/print.h"
#include "result/listing.h"

namespace pxq {
namespace {

// Whole seconds, -1 where there never was a heartbeat, as Pixie has it.
int64_t heartbeat_seconds(const wire::Cluster& cluster) {
  if (!cluster.heartbeat_age) return -1;
  return std::chrono::duration_cast<std::chrono::seconds>(*cluster.heartbeat_age).count();
}

std::vector<ListCell> as_row(const wire::Cluster& one) {
  return {one.id,
          one.title(),
          wire::cluster_state_name(one.state),
          one.vizier_version,
          int64_t{one.nodes},
          int64_t{one.instrumented_nodes},
          heartbeat_seconds(one),
          one.state_message};
}

ListTable as_table(const std::vector<wire::Cluster>& clusters) {
  ListTable table{.name = "clusters",
                  .columns = {"id", "name", "status", "version", "nodes", "instrumented_nodes",
                              "heartbeat_age_s", "message"},
                  .rows = {},
                  .like = as_row({})};
  for (const wire::Cluster& one : clusters) table.rows.push_back(as_row(one));
  return table;
}

class ClustersCommand final : public Command {
 public:
  void declare(CLI::App& app) override {
    target_.declare(app);
    app.add_flag("--id", id_only_,
                 "only the id of the cluster that -c means, or the only healthy one")
        ->group("Target");
    output_.declare(app);
    talk_.declare(app);
  }

  Status run(Context& context) override {
    talk_.apply(context);
    const Result<Target> target = resolve_target(target_);
    if (!target.ok()) return for_clouds(target.status());
    if (target->kind != Target::Kind::kCloud) {
      return {Code::kUsage, "only a cloud has clusters",
              "name one with --cloud; leave out --addr, --local and PX_DIRECT_VIZIER_ADDR"};
    }
    const Result<Connection> cloud = open_cloud(*target, context);
    if (!cloud.ok()) return cloud.status();
    Result<std::vector<wire::Cluster>> clusters =
        wire::list_clusters(cloud->peer, cloud->call_options());
    if (!clusters.ok()) return clusters.status();
    if (id_only_) {
      const Result<wire::Cluster> one = wire::choose_cluster(*clusters, target->cluster);
      return one.ok() ? print(one->id + "\n") : one.status();
    }
    if (!target->cluster.empty()) {
      Result<wire::Cluster> one = wire::choose_cluster(*clusters, target->cluster);
      if (!one.ok()) return one.status();
      *clusters = {*std::move(one)};
    }
    return write_tables({as_table(*clusters)}, output_, talk_, context);
  }

 private:
  // Of the targets that could be named where none is, only a cloud has clusters.
  Status for_clouds(Status status) const {
    const Result<Settings> settings = Settings::gather(target_.given(), target_.profile);
    const bool nothing = settings.ok() && names_no_target(target_, *settings);
    if (!nothing || status.code() != Code::kUsage) return status;
    return {Code::kAuth, fmt::format("there is no key for the cloud {}", settings->text("cloud")),
            "it is the default, as no cloud is named: set PX_API_KEY, or `px auth login`; --cloud "
            "names another"};
  }

  TargetOptions target_;
  bool id_only_ = false;
  OutputOptions output_;
  TalkOptions talk_;
};

}  // namespace

std::unique_ptr<Command> make_clusters_command() { return std::make_unique<ClustersCommand>(); }

}  // namespace pxq
