// A script that is parsed, printed and parsed again is the same: for scripts that were observed,
// those that are shipped, those with mistakes, and those made by chance. PXQ_SEED says which
// chance.

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "fake/seeds.h"
#include "local/pxl/parser.h"
#include "local/random_source.h"
#include "local/source_text.h"
#include "local/tree_text.h"
#include "places.h"

namespace pxq::pxl {
namespace {

/// The tree without its places.
std::string shape_of(const Module& module) {
  const std::string tree = TreeText().of(module);
  std::string shape;
  const auto digits = [&](size_t at) {
    return std::min(tree.find_first_not_of("0123456789", at), tree.size());
  };
  for (size_t i = 0; i < tree.size(); ++i) {
    shape += tree[i];
    if (tree[i] != ' ') continue;
    const size_t colon = digits(i + 1);
    if (colon == i + 1 || colon == tree.size() || tree[colon] != ':') continue;
    const size_t end = digits(colon + 1);
    if (end > colon + 1) i = end - 1;
  }
  return shape;
}

enum class Trip { kSame, kDifferent, kNoScript, kBeyond };

/// What becomes of a text; `said` is the printed one and how its tree differs.
Trip trip_of(std::string_view text, std::string* said = nullptr) {
  const ParseResult first = parse(text);
  if (!first.module) return Trip::kNoScript;
  // There every literal is raw, so that not every text can be written.
  if (text.find("unicode_literals") != std::string_view::npos) return Trip::kBeyond;
  const std::string printed = SourceText().of(*first.module);
  const ParseResult second = parse(printed);
  if (!second.module && second.errors[0].message == "SyntaxError: nested too deeply") {
    return Trip::kBeyond;  // for all the parentheses
  }
  const std::string got = second.module ? shape_of(*second.module) : second.errors[0].message;
  if (got == shape_of(*first.module)) return Trip::kSame;
  if (said != nullptr) *said = printed + "\n" + shape_of(*first.module) + "\n" + got;
  return Trip::kDifferent;
}

/// A shorter text that still comes back as another one.
std::string smaller(std::string text) {
  for (size_t step = text.size(); step > 0; step /= 2) {
    for (size_t at = 0; at < text.size();) {
      std::string shorter = text;
      shorter.erase(at, step);
      if (trip_of(shorter) == Trip::kDifferent) {
        text = std::move(shorter);
      } else {
        at += step;
      }
    }
  }
  return text;
}

/// Whether it is a script, and one that comes back.
bool check_trip(const std::string& text) {
  const Trip trip = trip_of(text);
  if (trip == Trip::kDifferent) {
    const std::string small = smaller(text);
    std::string said;
    trip_of(small, &said);
    FAIL_CHECK("of\n" << text << "\nthe small\n" << small << "\ncomes back as\n" << said);
  }
  return trip == Trip::kSame;
}

std::string file_text(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<std::string> known_scripts() {
  std::vector<std::string> texts;
  std::ifstream observed(PXQ_TEST_DATA "/local/data/pxl-parser.jsonl");
  for (std::string line; std::getline(observed, line);) {
    texts.push_back(nlohmann::json::parse(line)["pxl"]);
  }
  std::vector<std::filesystem::path> paths;
  for (const char* folder :
       {"/scripts/pxl", "/test/fuzz/corpus/script", "/test/fuzz/corpus/query"}) {
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(PXQ_SOURCE_DIR + std::string(folder))) {
      if (entry.is_regular_file()) paths.push_back(entry.path());
    }
  }
  std::sort(paths.begin(), paths.end());
  for (const auto& path : paths) texts.push_back(file_text(path));
  return texts;
}

/// Pieces of known scripts put together anew.
class Mixer {
 public:
  Mixer(const std::vector<std::string>& texts, uint64_t seed) : texts_(texts), random_(seed) {}

  std::string next() {
    std::string text = any();
    for (size_t changes = 1 + below(4); changes > 0 && !text.empty(); --changes) change(text);
    return text;
  }

 private:
  size_t below(size_t bound) { return static_cast<size_t>(random_() % bound); }
  const std::string& any() { return texts_[below(texts_.size())]; }

  void change(std::string& text) {
    const size_t at = below(text.size());
    const std::string& other = any();
    if (other.empty()) return;
    const size_t from = below(other.size());
    switch (below(3)) {
      case 0: text.erase(at, 1 + below(12)); break;
      case 1: text.insert(at, other.substr(from, 1 + below(12))); break;
      default: text.replace(at, below(20), other.substr(from, below(40)));
    }
  }

  const std::vector<std::string>& texts_;
  std::mt19937_64 random_;
};

TEST_CASE("a script that was seen or is shipped comes back from its tree") {
  size_t same = 0;
  for (const std::string& text : known_scripts()) same += check_trip(text) ? 1U : 0U;
  CHECK(same > 150);
}

void check_random(size_t per_seed, size_t count) {
  const std::vector<std::string> known = known_scripts();
  for (const uint64_t seed : fake::seeds(count)) {
    INFO("PXQ_SEED=" << seed);
    Mixer mixer(known, seed);
    RandomSource source(seed);
    size_t mixed = 0;
    size_t made = 0;
    for (size_t i = 0; i < per_seed; ++i) {
      mixed += check_trip(mixer.next()) ? 1U : 0U;
      made += check_trip(source.script()) ? 1U : 0U;
    }
    CHECK(mixed > per_seed / 20);
    CHECK(made > per_seed / 20);
  }
}

TEST_CASE("complex numbers come back with either letter, however they are put together") {
  for (const std::string letter : {"j", "J"}) {
    for (const std::string text :
         {"2", "-2", "--2", "1 2", "1 + 2", "1 - 2", "(1) + (2", "(1) - (2", "-(1 2", "-(1 + 2",
          "-(1 - 2", "--(1 + 2", "-((1) - (2", "0 - 2", "1L 2", "-(1L + 2"}) {
      const auto open =
          std::count(text.begin(), text.end(), '(') - std::count(text.begin(), text.end(), ')');
      check_trip("x = " + text + letter + std::string(static_cast<size_t>(open), ')') + "\n");
    }
  }
}

TEST_CASE("any script comes back from its tree") { check_random(1000, 2); }

TEST_CASE("many more scripts come back from their trees", "[.sweep]") { check_random(1000, 200); }

TEST_CASE("a tree that is another is seen, and its script made small") {
  const auto shape = [](std::string_view text) { return shape_of(*parse(text).module); };
  CHECK(shape("a = 1\n") == shape("\n\na   =   (1)\n"));
  CHECK(shape("a = 1\n") != shape("a = 2\n"));
  CHECK(shape("a = b + c * d\n") != shape("a = (b + c) * d\n"));
  CHECK(shape("f(a=1)\n") != shape("f(1)\n"));
  CHECK(trip_of("a = (\n") == Trip::kNoScript);
}

}  // namespace
}  // namespace pxq::pxl
