#include "cli/px_lines.h"

#include <algorithm>
#include <cstddef>

namespace pxq {
namespace {

using Words = std::vector<std::string>;

// What px's script for it asks, without fetching that script.
constexpr std::string_view kAgents = "import px\npx.display(px.GetAgentStatus(), 'agents')\n";

bool is_one_of(const std::string& word, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), word) != names.end();
}

// `run -l`: the scripts that there are.
Words from_run(Words words) {
  const auto list = std::find_if(words.begin() + 1, words.end(), [](const std::string& word) {
    return word == "-l" || word == "--list";
  });
  if (list == words.end()) return words;
  words.erase(list);
  words.front() = "scripts";
  return words;
}

// The second of px's words; flags may stand before it.
Words::iterator second_word(Words& words) {
  return std::find_if(words.begin() + 1, words.end(),
                      [](const std::string& word) { return !word.starts_with('-'); });
}

Words from_scripts(Words words) {
  words.front() = "scripts";
  const auto second = second_word(words);
  if (second == words.end()) return words;
  if (*second == "run") words.front() = "run";
  if (*second == "run" || *second == "list") words.erase(second);
  return words;
}

Words from_get(Words words) {
  const auto second = second_word(words);
  if (second == words.end()) return words;
  if (is_one_of(*second, {"viziers", "vizier", "clusters", "cluster"})) {
    words.front() = "clusters";
    words.erase(second);
  } else if (is_one_of(*second, {"pems", "pem", "agents"})) {
    words.front() = "run";
    *second = "-e";
    words.insert(second + 1, std::string(kAgents));
  }
  return words;
}

struct Absent {
  std::string_view command;
  std::string_view instead;
};

constexpr std::string_view kDeploys =
    "pxq runs scripts and changes no cluster: px or Helm installs, updates and removes Pixie";
constexpr std::string_view kLooks =
    "pxq reads no pods: `pxq doctor` examines the way to a cluster, px or kubectl its pods";
constexpr std::string_view kKeys =
    "px or the cloud's web page makes keys; PX_API_KEY gives pxq one";

constexpr Absent kAbsent[] = {
    {"deploy", kDeploys},
    {"update", kDeploys},
    {"delete", kDeploys},
    {"demo", kDeploys},
    {"auth",
     "pxq has no login of its own: it takes that of `px auth login`, or a key (PX_API_KEY)"},
    {"debug", kLooks},
    {"collect-logs", kLooks},
    {"api-key", kKeys},
    {"deploy-key", kKeys},
    {"create-bundle", "`-b DIRECTORY` takes a checkout of scripts as it is"},
};

}  // namespace

std::span<const PxLine> px_lines() {
  static constexpr PxLine kLines[] = {
      {"px run px/pod -- --pod x", "the same"},
      {"px run -f q.pxl -o json", "the same; rows keep their types"},
      {"px run -o csv", "the same; RFC 4180, one table a file"},
      {"px run -l, px script list", "pxq scripts"},
      {"px script show NAME", "pxq scripts show NAME"},
      {"px live SCRIPT", "the same; keys as less and htop have them, ? lists them"},
      {"px get viziers", "pxq clusters"},
      {"px get cluster --id", "pxq clusters --id"},
      {"px get pems", "a run of px.GetAgentStatus()"},
      {"px -e=false, --e2e_encryption=false", "pxq --no-e2e"},
      {"px --cloud_addr, PL_CLOUD_ADDR", "pxq --cloud, PX_CLOUD_ADDR"},
      {"px --direct_vizier_addr", "pxq --addr"},
      {"px auth login", "px's login is taken, or PX_API_KEY"},
      {"px deploy, update, delete, demo", "no: px or Helm"},
      {"px debug, collect-logs", "no: px or kubectl; pxq doctor for the way there"},
  };
  return kLines;
}

Words from_px(Words words) {
  if (words.empty()) return words;
  const std::string& command = words.front();
  if (command == "run") return from_run(std::move(words));
  if (is_one_of(command, {"script", "scripts"})) return from_scripts(std::move(words));
  if (command == "get") return from_get(std::move(words));
  return words;
}

std::string_view instead_of_px(std::string_view command) {
  for (const Absent& absent : kAbsent) {
    if (absent.command == command) return absent.instead;
  }
  return {};
}

}  // namespace pxq
