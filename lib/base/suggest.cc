#include "base/suggest.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/letter_case.h"

namespace pxq {
namespace {

// Longer names are not typed by hand; the work below grows with the product of the lengths.
constexpr size_t kMaxLength = 256;

char folded(char byte) { return byte == '-' ? '_' : lower_case(byte); }

std::string_view last_part(std::string_view name) {
  const size_t slash = name.rfind('/');
  return slash == std::string_view::npos ? name : name.substr(slash + 1);
}

}  // namespace

size_t edit_distance(std::string_view a, std::string_view b, size_t limit) {
  const size_t gap = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (gap > limit || std::max(a.size(), b.size()) > kMaxLength) return limit + 1;
  std::vector<size_t> before_last(b.size() + 1);
  std::vector<size_t> last(b.size() + 1);
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    size_t smallest = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const bool same = folded(a[i - 1]) == folded(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0U : 1U)});
      if (i > 1 && j > 1 && folded(a[i - 1]) == folded(b[j - 2]) &&
          folded(a[i - 2]) == folded(b[j - 1])) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
      smallest = std::min(smallest, row[j]);
    }
    if (smallest > limit) return limit + 1;
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

Suggestion::Suggestion(std::string_view wanted)
    : wanted_(wanted),
      // One slip in every three letters, three at most, and one in a name that is shorter. The
      // bound itself is too far.
      distance_(wanted.size() < 3 ? 2 : std::min<size_t>(wanted.size() / 3, 3) + 1) {}

void Suggestion::offer(std::string_view candidate) {
  // A shared letter is the least that makes a guess worth reading.
  if (wanted_.empty() || candidate.empty() || distance_ == 0) return;
  size_t distance = edit_distance(wanted_, candidate, distance_ - 1);
  if (distance >= std::max(wanted_.size(), candidate.size())) distance = distance_;
  // "http_data" for "px/http_data": the folder is what people leave out.
  if (distance >= distance_ && candidate.find('/') != std::string_view::npos &&
      wanted_.find('/') == std::string::npos) {
    distance = edit_distance(wanted_, last_part(candidate), distance_ - 1);
    if (distance >= wanted_.size()) distance = distance_;
  }
  if (distance < distance_) {
    distance_ = distance;
    best_ = candidate;
  }
}

std::string Suggestion::question() const {
  return best_.empty() ? std::string{} : "did you mean '" + best_ + "'?";
}

bool same_but_for_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char one, char other) { return lower_case(one) == lower_case(other); });
}

}  // namespace pxq
