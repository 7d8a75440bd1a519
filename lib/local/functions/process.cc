#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "base/unique_fd.h"
#include "local/functions/families.h"
#include "local/functions/json_text.h"
#include "local/functions/kernel.h"
#include "local/functions/lookup.h"

namespace pxq::local {
namespace {

constexpr uint64_t kLow32 = 0xffffffff;

constexpr auto kPid = [](Uint128 upid) { return static_cast<int64_t>(upid.high & kLow32); };
constexpr auto kAsidOf = [](Uint128 upid) { return static_cast<int64_t>(upid.high >> 32); };

constexpr auto kUpidToText = [](Uint128 upid) {
  return std::to_string(kAsidOf(upid)) + ':' + std::to_string(kPid(upid)) + ':' +
         std::to_string(upid.low);
};

// Too large an asid or pid loses its upper bits, as in Pixie.
constexpr auto kMakeUpid = [](int64_t asid, int64_t pid, int64_t start) {
  return Uint128{static_cast<uint64_t>(asid) << 32 | (static_cast<uint64_t>(pid) & kLow32),
                 static_cast<uint64_t>(start)};
};
constexpr auto kMakeUpidHere = [](int64_t pid, int64_t start, FunctionContext& context) {
  return kMakeUpid(context.asid, pid, start);
};

// Without a cluster's nodes the processes are this machine's, and /proc knows them.
bool is_this_host(const FunctionContext& context) {
  const ClusterParts& parts = context.state_or_here().parts();
  return parts.nodes.empty() && !parts.is_elsewhere;
}

// A cluster's first node answers for all, as one Vizier runs everything.
const Node& first_node(const FunctionContext& context) {
  static const Node kUnknown;
  const std::vector<Node>& nodes = context.state().parts().nodes;
  return nodes.empty() ? kUnknown : nodes.front();
}

// A process may end between any two calls, and its file is then one that cannot be read.
std::optional<std::string> read_all(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return std::nullopt;
  std::string bytes;
  std::array<char, 4096> part;
  while (true) {
    const ssize_t count = ::read(file.get(), part.data(), part.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::nullopt;
    if (count == 0) return bytes;
    bytes.append(part.data(), static_cast<size_t>(count));
  }
}

// Field 22 of /proc/PID/stat, in clock ticks. The name in field 2 may hold anything, spaces and
// parentheses included, so the count starts after its last parenthesis.
std::optional<uint64_t> start_time(const std::string& stat) {
  size_t position = stat.rfind(')');
  for (int field = 2; field < 22; ++field) {
    if (position == std::string::npos) return std::nullopt;
    position = stat.find(' ', position + 1);
  }
  if (position == std::string::npos) return std::nullopt;
  uint64_t ticks = 0;
  const auto [end, error] =
      std::from_chars(stat.data() + position + 1, stat.data() + stat.size(), ticks);
  if (error != std::errc()) return std::nullopt;
  return ticks;
}

// The libraries that a process of this host has mapped, each once; empty for other processes.
std::string libraries(Uint128 upid, uint32_t asid) {
  if (upid.high >> 32 != asid) return {};
  const std::string directory = "/proc/" + std::to_string(upid.high & kLow32);
  const std::string maps = read_all(directory + "/maps").value_or("");
  if (start_time(read_all(directory + "/stat").value_or("")) != upid.low) return {};
  std::set<std::string> paths;
  std::istringstream lines(maps);
  for (std::string line; std::getline(lines, line);) {
    const size_t path = line.find('/');
    if (path == std::string::npos) continue;
    if (line.find(".so", path) != std::string::npos) paths.insert(line.substr(path));
  }
  std::string json = "[";
  for (const std::string& path : paths) {
    if (json.size() > 1) json += ',';
    append_json_string(json, path);
  }
  return json + ']';
}

// Empty for a process of another host, one that ended, and one whose pid is somebody else's now.
std::string command_line(Uint128 upid, uint32_t asid) {
  if (upid.high >> 32 != asid) return {};
  const std::string directory = "/proc/" + std::to_string(upid.high & kLow32);
  std::string line = read_all(directory + "/cmdline").value_or("");
  // The start time is read last: it vouches for the command line before it.
  if (start_time(read_all(directory + "/stat").value_or("")) != upid.low) return {};
  if (line.ends_with('\0')) line.pop_back();
  for (char& c : line) {
    if (c == '\0') c = ' ';
  }
  return line;
}

std::string command_of(Uint128 upid, const FunctionContext& context) {
  if (is_this_host(context)) return command_line(upid, context.asid);
  const Process* process = context.state().process(upid);
  return process == nullptr ? std::string() : process->command;
}

// What the cluster's state knows, or this host. A batch names few processes many times.
Column command_lines(std::span<const Column* const> arguments, size_t rows,
                     FunctionContext& context) {
  const auto& upids = std::get<Uint128Column>(*arguments[0]);
  std::map<Uint128, std::string_view> known;
  StringColumn lines(rows);
  std::array<size_t, kToldRows> earlier;
  earlier.fill(rows);
  for (size_t row = 0; row < rows; ++row) {
    size_t& last = earlier[told_place(upids[row])];
    if (last < row && upids[last] == upids[row]) {
      lines[row] = lines[last];
      continue;
    }
    last = row;
    const auto [entry, is_new] = known.try_emplace(upids[row]);
    if (is_new) entry->second = context.strings->keep(command_of(upids[row], context));
    lines[row] = entry->second;
  }
  return lines;
}

std::string host_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return {};
  return name.data();
}

constexpr auto kLibraries = [](Uint128 upid, FunctionContext& context) {
  return is_this_host(context) ? libraries(upid, context.asid) : std::string();
};

constexpr auto kAsid = [](FunctionContext& context) { return int64_t{context.asid}; };
// Pixie answers for the agent that runs the function.
constexpr auto kProcessors = [](FunctionContext& context) {
  return is_this_host(context) ? int64_t{sysconf(_SC_NPROCESSORS_ONLN)}
                               : first_node(context).processors;
};

Column repeat_host_name(std::span<const Column* const>, size_t rows, FunctionContext& context) {
  const bool here = is_this_host(context);
  const std::string name = here ? host_name() : first_node(context).name;
  return StringColumn(rows, context.strings->keep(name));
}

Column host_names_of(std::span<const Column* const> arguments, size_t rows,
                     FunctionContext& context) {
  const auto& upids = std::get<Uint128Column>(*arguments[0]);
  const bool is_here = is_this_host(context);
  const std::string_view here = is_here ? context.strings->keep(host_name()) : "";
  StringColumn names(rows, "");
  for (size_t row = 0; row < rows; ++row) {
    const auto asid = static_cast<uint32_t>(upids[row].high >> 32);
    if (is_here && asid == context.asid) names[row] = here;
    const Node* node = is_here ? nullptr : context.state().node_by_asid(asid);
    if (node != nullptr) names[row] = node->name;
  }
  return names;
}

}  // namespace

std::vector<ScalarFunction> process_functions() {
  constexpr SemanticRule kIsAsid = always<SemanticType::kAsid>;
  constexpr SemanticRule kIsUpid = always<SemanticType::kUpid>;
  return {
      scalar<kPid, Uint128>("upid_to_pid"),
      scalar<kAsidOf, Uint128>("upid_to_asid", kIsAsid),
      scalar<kUpidToText, Uint128>("upid_to_string"),
      {.name = "upid_to_cmdline",
       .arguments = {DataType::kUint128},
       .result = DataType::kString,
       .semantic = no_semantic,
       .kernel = command_lines,
       .placement = Placement::kPemOnly},
      {.name = "upid_to_hostname",
       .arguments = {DataType::kUint128},
       .result = DataType::kString,
       .semantic = no_semantic,
       .kernel = host_names_of,
       .placement = Placement::kPemOnly},
      scalar<kMakeUpid, int64_t, int64_t, int64_t>("upid", kIsUpid),
      scalar<kMakeUpidHere, int64_t, int64_t>("upid", kIsUpid),
      scalar<kLibraries, Uint128>("shared_libraries", no_semantic, Placement::kPemOnly),
      scalar<kAsid>("asid", kIsAsid),
      {.name = "_exec_hostname",
       .arguments = {},
       .result = DataType::kString,
       .semantic = no_semantic,
       .kernel = repeat_host_name},
      scalar<kProcessors>("_exec_host_num_cpus"),
  };
}

}  // namespace pxq::local
