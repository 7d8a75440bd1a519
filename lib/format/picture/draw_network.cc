#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "format/picture/screen.h"
#include "format/role.h"

namespace pxq::picture {
namespace {

using chart::Network;

constexpr size_t kMostEdges = 60;
constexpr size_t kBar = 8;

Role role_of(Network::Level level) {
  switch (level) {
    case Network::Level::kMedium: return Role::kWarning;
    case Network::Level::kHigh: return Role::kBad;
    case Network::Level::kLow: break;
  }
  return Role::kPlain;
}

// Also where there is no colour.
std::string_view sign_of(Network::Level level) {
  switch (level) {
    case Network::Level::kMedium: return "! ";
    case Network::Level::kHigh: return "!!";
    case Network::Level::kLow: break;
  }
  return "  ";
}

std::string facts_of(const Network::Edge& edge, const Network& network) {
  if (edge.facts.empty()) {
    return network.weight.label.empty()
               ? std::string()
               : fmt::format("{} {}", network.weight.label,
                             value_text(network.weight.quantity, edge.weight));
  }
  std::string text;
  for (const Network::Fact& fact : edge.facts) {
    if (!text.empty()) text += "  ";
    text += fmt::format("{} {}", fact.name,
                        fact.text.empty() ? value_text(fact.quantity, fact.value) : fact.text);
  }
  return text;
}

std::string shown_name(const std::string& name) { return name.empty() ? "(none)" : name; }

void draw_view(const Network& network, const Network::View& view, const Screen& screen,
               TextBuffer& out) {
  if (view.edges.empty()) return out.append("no connections\n");
  const size_t shown = std::min(view.edges.size(), kMostEdges);
  // The callers in the order of their heaviest edge.
  std::vector<size_t> callers;
  std::map<size_t, std::vector<const Network::Edge*>> by_caller;
  size_t widest = 0;
  for (size_t i = 0; i < shown; ++i) {
    const Network::Edge& edge = view.edges[i];
    if (!by_caller.contains(edge.from)) callers.push_back(edge.from);
    by_caller[edge.from].push_back(&edge);
    widest = std::max(widest, width_of(shown_name(view.nodes[edge.to])));
  }
  const size_t name = std::min({widest, size_t{40}, screen.width / 3});
  // Edges may all weigh 0: the smallest divisor then leaves their bars empty instead of dividing by
  // zero.
  const double most = std::max(view.edges.front().weight, 1e-300);
  const Paint paint(screen.color);
  for (const size_t caller : callers) {
    append_label(shown_name(view.nodes[caller]), screen.width, false, out);
    out.push_back('\n');
    for (const Network::Edge* edge : by_caller[caller]) {
      paint.append(role_of(edge->level), sign_of(edge->level), out);
      out.append(screen.ascii ? "-> " : "→ ");
      append_label(shown_name(view.nodes[edge->to]), name, true, out);
      const double share = std::clamp(edge->weight / most, 0.0, 1.0);
      const size_t filled = std::max<size_t>(1, static_cast<size_t>(share * kBar + 0.5));
      out.push_back(' ');
      for (size_t i = 0; i < kBar; ++i) {
        out.append(i >= filled ? " " : screen.ascii ? "#" : "█");
      }
      out.push_back(' ');
      const size_t taken = 2 + (screen.ascii ? 3 : 2) + name + kBar + 2;
      append_label(facts_of(*edge, network), screen.width - std::min(screen.width - 1, taken),
                   false, out);
      out.push_back('\n');
    }
  }
  const size_t more = view.edges.size() - shown + view.edges_left_out;
  if (more != 0) out.append(fmt::format("and {} lighter ones\n", more));
}

}  // namespace

void draw(const Network& network, const Screen& screen, TextBuffer& out) {
  draw_view(network, network.views.front(), screen, out);
}

}  // namespace pxq::picture
