#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "chart/drawing.h"

namespace pxq::chart {

/// Gathers a network's edges by the names of their ends.
class EdgeList {
 public:
  /// The edge's place in all(); SIZE_MAX: there are too many, it is only counted.
  size_t add(const std::string& from, const std::string& to, bool join_equal);

  std::vector<Network::Edge>& all() { return edges_; }

  /// The heaviest edges and the nodes that they need, under `name`. Once.
  Network::View finish(std::string name);

 private:
  size_t node(const std::string& name);

  std::map<std::string, size_t> by_name_;
  std::vector<std::string> names_;
  std::vector<Network::Edge> edges_;
  std::map<std::pair<size_t, size_t>, size_t> by_ends_;
  size_t left_out_ = 0;
};

}  // namespace pxq::chart
