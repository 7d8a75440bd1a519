#include <fmt/format.h>
#include <CLI/App.hpp>

#include <ctime>
#include <memory>

#include "base/suggest.h"
#include "cli/command.h"
#include "connect/connection.h"
#include "local/data/catalogue.h"
#include "local/data/data_set.h"
#include "options/output_options.h"
#include "options/talk_options.h"
#include "options/target_options.h"
#include "result/listing.h"
#include "scripts/table_catalogue.h"
#include "settings/key_source.h"
#include "settings/target.h"
#include "text/time_text.h"
#include "text/unit.h"
#include "text/visible.h"

namespace pxq {
namespace {

/// The tables of a source, or one table's columns.
class TablesCommand final : public Command {
 public:
  void declare(CLI::App& app) override {
    app.add_option("NAME", name_, "a table: its columns are listed");
    target_.declare(app);
    output_.declare(app);
    talk_.declare(app);
  }

  Status run(Context& context) override {
    talk_.apply(context);
    Result<std::vector<CatalogueTable>> tables = find_tables(context);
    if (!tables.ok()) return tables.status();
    if (name_.empty()) return write_tables({overview(*tables)}, output_, talk_, context);
    std::vector<std::string> names;
    for (const CatalogueTable& table : *tables) {
      if (table.name == name_) return write_tables({columns(table)}, output_, talk_, context);
      names.push_back(table.name);
    }
    std::string hint = did_you_mean(name_, names);
    return {Code::kUsage, fmt::format("no table '{}'", name_),
            hint.empty() ? "`pxq tables` lists them" : std::move(hint)};
  }

 private:
  Result<std::vector<CatalogueTable>> find_tables(Context& context) const {
    if (!target_.local.empty()) {
      const Result<Target> target = resolve_target(target_);
      if (!target.ok()) return target.status();
      const Result<local::DataSet> data = local::open_data_set(target->local, target->at_ns);
      if (!data.ok()) return data.status();
      for (const std::string& note : data->notes) context.console.warning(visible(note));
      return tables_of(data->tables);
    }
    if (names_nothing()) {
      context.console.line(
          "Pixie's own tables, as no Vizier is named: --addr, -c or --local ask one for its own");
      return tables_of(local::catalogue_tables());
    }
    Result<Connection> connection = open_connection(target_, context);
    if (!connection.ok()) return connection.status();
    return tables_of(*connection);
  }

  // Neither a target nor a key, which alone means the default cloud.
  bool names_nothing() const {
    const Result<Settings> settings = Settings::gather(target_.given(), target_.profile);
    if (!settings.ok() || !names_no_target(target_, *settings)) return false;
    const Result<wire::Credentials> key = cloud_key(*settings, std::time(nullptr));
    return key.ok() && key->key.empty();
  }

  static ListTable overview(const std::vector<CatalogueTable>& tables) {
    ListTable list{.name = "tables", .columns = {"table", "columns", "description"}, .rows = {}};
    for (const CatalogueTable& table : tables) {
      list.rows.push_back(
          {table.name, static_cast<int64_t>(table.columns.size()), table.description});
    }
    if (!tables.empty() && tables.front().extent) add_extents(tables, list);
    return list;
  }

  /// How much is stored of each, and from when to when.
  static void add_extents(const std::vector<CatalogueTable>& tables, ListTable& list) {
    list.columns = {"table", "columns", "rows", "bytes", "from", "to", "verdict"};
    for (size_t i = 0; i < tables.size(); ++i) {
      const local::TableExtent extent = tables[i].extent.value_or(local::TableExtent());
      const bool timed = extent.times.has_value();
      list.rows[i] = {tables[i].name,
                      static_cast<int64_t>(tables[i].columns.size()),
                      static_cast<int64_t>(extent.rows),
                      static_cast<int64_t>(extent.bytes),
                      timed ? rfc3339_text(extent.times->start_ns) : std::string(),
                      timed ? rfc3339_text(extent.times->end_ns) : std::string(),
                      extent.verdict};
    }
  }

  static ListTable columns(const CatalogueTable& table) {
    ListTable list{.name = table.name,
                   .columns = {"column", "type", "unit", "meaning", "description"},
                   .rows = {}};
    for (const ColumnInfo& column : table.columns) {
      const bool plain =
          column.semantic == SemanticType::kNone || column.semantic == SemanticType::kUnspecified;
      list.rows.push_back({column.name, std::string(data_type_name(column.type)),
                           std::string(unit_of(column)),
                           plain ? std::string() : std::string(semantic_type_name(column.semantic)),
                           column.description});
    }
    return list;
  }

  std::string name_;
  TargetOptions target_;
  OutputOptions output_;
  TalkOptions talk_;
};

}  // namespace

std::unique_ptr<Command> make_tables_command() { return std::make_unique<TablesCommand>(); }

}  // namespace pxq
