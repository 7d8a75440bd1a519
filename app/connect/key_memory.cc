#include "connect/key_memory.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "base/digest.h"
#include "base/environment.h"
#include "base/wall_clock.h"
#include "file/atomic_file.h"
#include "file/file_bytes.h"
#include "text/json_bytes.h"

namespace pxq {
namespace {

constexpr size_t kLargest = 64 * 1024;
constexpr int64_t kTrusted = int64_t{30} * 24 * 3600 * 1'000'000'000;

}  // namespace

KeyMemory::KeyMemory(const std::string& server, std::string version)
    : server_(server), version_(std::move(version)) {
  const std::string directory = xdg_directory("XDG_STATE_HOME", ".local/state");
  if (!directory.empty()) path_ = directory + "/keys/" + sha256_hex(server).substr(0, 16) + ".json";
}

bool KeyMemory::wants_rsa() const {
  if (path_.empty()) return false;
  const Result<std::string> text = read_file(path_, kLargest, Code::kUsage);
  if (!text.ok()) return false;
  const auto json = nlohmann::json::parse(*text, nullptr, false);
  const auto is = [&json](const char* name, const nlohmann::json& value) {
    const auto found = json.find(name);
    return found != json.end() && *found == value;
  };
  if (!json.is_object() || !is("server", server_) || !is("version", version_)) return false;
  const auto asked = json.find("asked_ns");
  if (asked == json.end()) return false;
  const auto asked_ns = whole_number<int64_t>(*asked);
  const int64_t now = wall_clock_ns();
  return asked_ns && *asked_ns <= now && *asked_ns > now - kTrusted;
}

void KeyMemory::remember_rsa() const {
  if (path_.empty()) return;
  const nlohmann::json json = {
      {"server", server_}, {"version", version_}, {"asked_ns", wall_clock_ns()}};
  auto file =
      FileOutput::open(path_, {.force = true, .make_directories = true, .temp_tag = "keys"});
  if (!file.ok()) return;
  (*file)->text().append(json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) +
                         "\n");
  (*file)->commit();
  (*file)->flush();
  if (const Status status = (*file)->save(); !status.ok()) return;  // the next run asks again
}

}  // namespace pxq
