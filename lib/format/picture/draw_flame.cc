#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "format/picture/screen.h"
#include "format/role.h"

namespace pxq::picture {
namespace {

using chart::Flame;

constexpr size_t kMostLines = 80;
constexpr double kLeastShare = 0.01;
constexpr size_t kDeepestIndent = 40;
constexpr size_t kBar = 10;

class Tree {
 public:
  Tree(const Flame& flame, const Screen& screen, TextBuffer& out)
      : flame_(flame), screen_(screen), out_(out), least_(least_count(flame.root)) {}

  void draw() {
    add(flame_.root, 0);
    const uint64_t more = left_out_ + flame_.frames_left_out;
    if (more != 0) out_.append(fmt::format("and {} smaller frames\n", more));
  }

 private:
  void add(const Flame::Frame& frame, size_t depth) {
    const double share = frame.count / flame_.root.count;
    if (frame.count < least_ || lines_ >= kMostLines) {
      ++left_out_;
      return;
    }
    ++lines_;
    append_line(frame, share, depth);
    for (const Flame::Frame& child : frame.children) add(child, depth + 1);
  }

  // The count of the smallest frame that still has a line: the largest frames of the whole graph
  // are shown, rather than all of the first one. No frame is larger than the one above it.
  static double least_count(const Flame::Frame& root) {
    std::vector<double> counts;
    gather(root, counts);
    double least = root.count * kLeastShare;
    if (counts.size() > kMostLines) {
      const auto last = counts.begin() + kMostLines - 1;
      std::nth_element(counts.begin(), last, counts.end(), std::greater<>());
      least = std::max(least, *last);
    }
    return least;
  }

  static void gather(const Flame::Frame& frame, std::vector<double>& counts) {
    counts.push_back(frame.count);
    for (const Flame::Frame& child : frame.children) gather(child, counts);
  }

  void append_line(const Flame::Frame& frame, double share, size_t depth) {
    out_.append(fmt::format("{:5.1f} % ", share * 100));
    const auto filled = static_cast<size_t>(share * kBar + 0.5);
    for (size_t i = 0; i < kBar; ++i) out_.append(i >= filled ? " " : screen_.ascii ? "#" : "█");
    out_.push_back(' ');
    const std::string self =
        frame.self > 0 ? fmt::format("{:5.1f} %", 100 * frame.self / flame_.root.count) : "";
    out_.append(fmt::format("{:>7} ", self));
    const size_t indent = std::min({depth, kDeepestIndent, screen_.width / 3});
    out_.append(indent, ' ');
    const size_t taken = 8 + kBar + 1 + 8 + indent;
    append_label(frame.name, screen_.width - std::min(screen_.width - 1, taken), false, out_);
    out_.push_back('\n');
  }

  const Flame& flame_;
  const Screen& screen_;
  TextBuffer& out_;
  const double least_;
  size_t lines_ = 0;
  uint64_t left_out_ = 0;
};

}  // namespace

void draw(const Flame& flame, const Screen& screen, TextBuffer& out) {
  if (!(flame.root.count > 0)) return out.append("no samples\n");
  const Paint paint(screen.color);
  paint.append(Role::kFaint, "  share                self frame\n", out);
  Tree(flame, screen, out).draw();
}

}  // namespace pxq::picture
