#include "format/html/drawing_json.h"

#include <string>
#include <string_view>

#include "format/html/page_cells.h"
#include "text/time_text.h"
#include "text/visible.h"

namespace pxq::html {
namespace {

using Json = nlohmann::ordered_json;
using chart::Bars;
using chart::Boxes;
using chart::Flame;
using chart::Lines;
using chart::Network;
using chart::Rows;

Json axis_json(const chart::Axis& axis) {
  return {{"label", visible(axis.label)}, {"unit", page_unit(axis.quantity).kind}};
}

double factor_of(const chart::Axis& axis) { return page_unit(axis.quantity).factor; }

// As the script reads a time from the rows: milliseconds on the zone's clock.
double page_time(int64_t ns, const TimeZone& zone) {
  const int32_t offset = zone.offset_at(floor_seconds(Time64{ns}));
  return static_cast<double>(ns) / 1e6 + 1000.0 * offset;
}

std::string_view mode_name(Lines::Mode mode) {
  switch (mode) {
    case Lines::Mode::kPoint: return "point";
    case Lines::Mode::kArea: return "area";
    case Lines::Mode::kLine: break;
  }
  return "line";
}

struct ToJson {
  const TimeZone& zone;

  Json operator()(const Rows& rows) const {
    Json data = {{"gutter", nullptr}};
    if (rows.gutter) data["gutter"] = *rows.gutter;
    return data;
  }

  Json operator()(const Lines& lines) const {
    Json data = {{"time", lines.time_column},        {"by", nullptr},
                 {"stacked", lines.stacked},         {"from", page_time(lines.from, zone)},
                 {"to", page_time(lines.to, zone)},  {"y", axis_json(lines.y)},
                 {"leftOut", lines.series_left_out}, {"series", Json::array()}};
    if (lines.series_column) data["by"] = *lines.series_column;
    for (const Lines::Series& series : lines.series) {
      data["series"].push_back({{"name", visible(series.name)},
                                {"column", series.column},
                                {"mode", mode_name(series.mode)}});
    }
    return data;
  }

  Json operator()(const Bars& bars) const {
    Json data = {{"bins", bars.bins},
                 {"horizontal", bars.horizontal},
                 {"across", axis_json(bars.across)},
                 {"value", axis_json(bars.value)},
                 {"leftOut", bars.bars_left_out},
                 {"bars", Json::array()}};
    const double across = factor_of(bars.across);
    for (const Bars::Bar& bar : bars.bars) {
      data["bars"].push_back({{"label", visible(bar.label)},
                              {"group", visible(bar.group)},
                              {"stack", visible(bar.stack)},
                              {"value", bar.value * factor_of(bars.value)},
                              {"from", bar.from * across},
                              {"to", bar.to * across}});
    }
    return data;
  }

  Json operator()(const Boxes& boxes) const {
    Json data = {{"value", axis_json(boxes.value)},
                 {"leftOut", boxes.boxes_left_out},
                 {"boxes", Json::array()}};
    const double factor = factor_of(boxes.value);
    for (const Boxes::Box& box : boxes.boxes) {
      Json values = {box.low * factor, box.box_low * factor, box.middle * factor,
                     box.box_high * factor, box.high * factor};
      data["boxes"].push_back({{"label", visible(box.label)},
                               {"column", visible(box.column)},
                               {"values", std::move(values)}});
    }
    return data;
  }

  Json operator()(const Network& network) const {
    Json data = {{"hierarchy", network.hierarchy},
                 {"weight", axis_json(network.weight)},
                 {"views", Json::array()}};
    for (const Network::View& view : network.views) {
      Json one = {{"name", view.name}, {"leftOut", view.edges_left_out}};
      one["nodes"] = Json::array();
      for (const std::string& node : view.nodes) one["nodes"].push_back(visible(node));
      one["edges"] = Json::array();
      for (const Network::Edge& edge : view.edges) {
        one["edges"].push_back(edge_json(edge, factor_of(network.weight)));
      }
      data["views"].push_back(std::move(one));
    }
    return data;
  }

  Json operator()(const Flame& flame) const {
    return {{"percentLabel", visible(flame.percent_label)},
            {"hasPercent", flame.has_percent},
            {"hasDifference", flame.has_difference},
            {"leftOut", flame.frames_left_out},
            {"root", frame_json(flame.root)}};
  }

  static Json edge_json(const Network::Edge& edge, double factor) {
    Json one = {{"from", edge.from},
                {"to", edge.to},
                {"weight", edge.weight * factor},
                {"level", static_cast<int>(edge.level)},
                {"facts", Json::array()}};
    for (const Network::Fact& fact : edge.facts) {
      Json told = {{"name", visible(fact.name)}};
      if (!fact.text.empty()) {
        told["text"] = visible(fact.text);
      } else {
        const PageUnit unit = page_unit(fact.quantity);
        told["unit"] = unit.kind;
        told["value"] = fact.value * unit.factor;
      }
      one["facts"].push_back(std::move(told));
    }
    return one;
  }

  // A list rather than an object: there are many.
  static Json frame_json(const Flame::Frame& frame) {
    Json children = Json::array();
    for (const Flame::Frame& child : frame.children) children.push_back(frame_json(child));
    Json one = Json::array();
    one.push_back(visible(frame.name));
    one.push_back(frame.count);
    one.push_back(frame.self);
    one.push_back(frame.percent);
    one.push_back(frame.difference);
    one.push_back(static_cast<int>(frame.family));
    one.push_back(std::move(children));
    return one;
  }
};

// In the order of the alternatives of chart::Drawing, whose index picks the name.
constexpr std::string_view kKinds[] = {"rows", "lines", "bars", "boxes", "network", "flame"};
static_assert(std::variant_size_v<chart::Drawing> == std::size(kKinds));

}  // namespace

Json picture_json(const chart::Picture& picture, int table, const TimeZone& zone) {
  const chart::Grid& grid = picture.grid;
  return {{"title", visible(picture.title)},
          {"table", table},
          {"kind", kKinds[picture.drawing.index()]},
          {"display", visible(picture.kind)},
          {"note", visible(picture.note)},
          {"grid", Json::array({grid.x, grid.y, grid.width, grid.height})},
          {"data", std::visit(ToJson{zone}, picture.drawing)}};
}

}  // namespace pxq::html
