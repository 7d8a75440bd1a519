#include "format/column_fit.h"

#include <catch2/catch.hpp>
#include <numeric>

namespace pxq {
namespace {

std::vector<ColumnWish> wishes(const std::vector<size_t>& natural) {
  std::vector<ColumnWish> all;
  for (const size_t width : natural) {
    all.push_back({.natural = width, .least = std::min<size_t>(width, 20)});
  }
  return all;
}

size_t total(const ColumnFit& fit) {
  size_t cells = fit.hidden != 0 ? 1 : 0;
  size_t pieces = fit.hidden != 0 ? 1 : 0;
  for (const size_t width : fit.widths) {
    cells += width;
    pieces += width != 0 ? 1 : 0;
  }
  return cells + (pieces - 1) * kColumnGap;
}

TEST_CASE("what fits stays as it is") {
  CHECK(fit_columns(wishes({10, 30, 8}), 52).widths == std::vector<size_t>{10, 30, 8});
}

TEST_CASE("the longest are shortened first, and to one level") {
  CHECK(fit_columns(wishes({10, 30, 8}), 51).widths == std::vector<size_t>{10, 29, 8});
  CHECK(fit_columns(wishes({50, 90, 8}), 72).widths == std::vector<size_t>{30, 30, 8});
}

TEST_CASE("of equal columns the last go, and what is left is given back") {
  const ColumnFit fit = fit_columns(wishes({30, 30, 30, 30, 30}), 80);
  CHECK(fit.hidden == 2);
  CHECK(fit.mark_before == 3);
  CHECK(fit.widths == std::vector<size_t>{25, 24, 24, 0, 0});
  CHECK(total(fit) == 80);
}

TEST_CASE("what is missed least goes first") {
  auto all = wishes({30, 30, 30, 30});
  all[0].rank = ColumnRank::kIdentity;
  all[1].rank = ColumnRank::kName;
  all[2].rank = ColumnRank::kConstant;
  all[3].rank = ColumnRank::kDuration;
  CHECK(fit_columns(all, 70).widths == std::vector<size_t>{21, 21, 0, 21});
  CHECK(fit_columns(all, 50).widths == std::vector<size_t>{0, 23, 0, 22});
  CHECK(fit_columns(all, 30).widths == std::vector<size_t>{0, 27, 0, 0});
}

TEST_CASE("a narrow column comes back where a wide one had to go after it") {
  auto all = wishes({10, 30, 10});
  all[0].rank = ColumnRank::kTime;
  all[1].rank = ColumnRank::kDuration;
  all[2].rank = ColumnRank::kName;
  CHECK(fit_columns(all, 26).widths == std::vector<size_t>{10, 0, 10});
}

TEST_CASE("one column stays, cut where it must be") {
  const ColumnFit fit = fit_columns(wishes({30, 30, 30}), 21);
  CHECK(fit.widths == std::vector<size_t>{18, 0, 0});
  CHECK(total(fit) == 21);
}

TEST_CASE("no width is exceeded, whatever the columns") {
  for (size_t columns = 1; columns < 12; ++columns) {
    for (size_t natural = 1; natural < 60; natural += 7) {
      std::vector<size_t> naturals(columns);
      std::iota(naturals.begin(), naturals.end(), natural);
      for (size_t width = 8; width < 200; width += 3) {
        const ColumnFit fit = fit_columns(wishes(naturals), width);
        CHECK(total(fit) <= width);
        CHECK(fit.widths[0] != 0);
      }
    }
  }
}

TEST_CASE("no columns and no width do no harm") {
  CHECK(fit_columns({}, 80).widths.empty());
  CHECK(fit_columns(wishes({5, 5}), 0).widths[0] == 1);
}

}  // namespace
}  // namespace pxq
