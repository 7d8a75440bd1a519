#include "chart/edges.h"

#include <algorithm>
#include <cstdint>

namespace pxq::chart {
namespace {

// Which edges are heaviest is known at the end only, so more are kept than drawn; a picture of more
// than a few hundred shows nothing.
constexpr size_t kMostKept = 20'000;
constexpr size_t kMostDrawn = 400;

}  // namespace

size_t EdgeList::node(const std::string& name) {
  const auto [entry, made] = by_name_.emplace(name, names_.size());
  if (made) names_.push_back(name);
  return entry->second;
}

size_t EdgeList::add(const std::string& from, const std::string& to, bool join_equal) {
  if (edges_.size() >= kMostKept &&
      (!join_equal || !by_name_.contains(from) || !by_name_.contains(to))) {
    ++left_out_;
    return SIZE_MAX;
  }
  const std::pair ends(node(from), node(to));
  if (join_equal) {
    const auto [entry, made] = by_ends_.emplace(ends, edges_.size());
    if (!made) return entry->second;
  }
  edges_.push_back({.from = ends.first, .to = ends.second});
  return edges_.size() - 1;
}

Network::View EdgeList::finish(std::string name) {
  std::stable_sort(edges_.begin(), edges_.end(),
                   [](const auto& a, const auto& b) { return a.weight > b.weight; });
  if (edges_.size() > kMostDrawn) {
    left_out_ += edges_.size() - kMostDrawn;
    edges_.resize(kMostDrawn);
  }
  Network::View view{.name = std::move(name)};
  std::map<size_t, size_t> kept;
  for (Network::Edge& edge : edges_) {
    for (size_t* end : {&edge.from, &edge.to}) {
      const auto [entry, made] = kept.emplace(*end, view.nodes.size());
      if (made) view.nodes.push_back(names_[*end]);
      *end = entry->second;
    }
  }
  view.edges = std::move(edges_);
  view.edges_left_out = left_out_;
  return view;
}

}  // namespace pxq::chart
