// Addresses: whose they are, what they are called, and whether they belong to the cluster.

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "local/functions/families.h"
#include "local/functions/json_text.h"
#include "local/functions/lookup.h"

namespace pxq::local {
namespace {

constexpr auto kPodByIp = [](const ClusterState& state, std::string_view ip) {
  return state.pod_by_ip(ip);
};

constexpr auto kPodIdThen = [](std::string_view ip, Time64 time, FunctionContext& context) {
  const Pod* pod = context.state().pod_by_ip(ip, time.ns);
  return pod == nullptr ? std::string_view() : std::string_view(pod->id);
};

/// The service that has the address, else the services of the pod that has it.
constexpr auto kServiceIds = [](std::string_view ip, FunctionContext& context) {
  const ClusterState& state = context.state();
  if (const Service* service = state.service_by_ip(ip)) return service->id;
  const Pod* pod = state.pod_by_ip(ip);
  return pod == nullptr ? std::string() : service_ids(state, *pod);
};

/// The cluster's own name of an address; an address without one answers itself, as in Pixie.
constexpr auto kHostName = [](std::string_view ip, FunctionContext& context) {
  const std::string_view name = context.state().host_name(ip);
  return name.empty() ? ip : name;
};

using Bytes = std::array<uint8_t, 16>;

struct Address {
  Bytes bytes{};
  int bits = 0;  // 32 or 128
};

std::optional<Address> parse_address(std::string_view text) {
  const std::string whole(text);
  Address address;
  if (inet_pton(AF_INET, whole.c_str(), address.bytes.data()) == 1) {
    address.bits = 32;
  } else if (inet_pton(AF_INET6, whole.c_str(), address.bytes.data()) == 1) {
    address.bits = 128;
  } else {
    return std::nullopt;
  }
  return address;
}

/// Whether "10.0.0.0/8" holds the address.
bool holds(std::string_view cidr, const Address& address) {
  const size_t slash = cidr.find('/');
  const std::optional<Address> net = parse_address(cidr.substr(0, slash));
  if (!net || net->bits != address.bits) return false;
  int bits = net->bits;
  if (slash != std::string_view::npos) {
    const char* end = cidr.data() + cidr.size();
    const auto [at, error] = std::from_chars(cidr.data() + slash + 1, end, bits);
    if (error != std::errc() || at != end || bits < 0 || bits > net->bits) return false;
  }
  for (int bit = 0; bit < bits; ++bit) {
    const auto byte = static_cast<size_t>(bit / 8);
    const int mask = 0x80 >> (bit % 8);
    if ((net->bytes[byte] & mask) != (address.bytes[byte] & mask)) return false;
  }
  return true;
}

constexpr auto kContains = [](std::string_view cidrs, std::string_view ip) {
  const std::optional<Address> address = parse_address(ip);
  if (!address) return false;
  const auto list = nlohmann::json::parse(cidrs, nullptr, /*allow_exceptions=*/false);
  if (!list.is_array()) return false;
  for (const auto& cidr : list) {
    if (cidr.is_string() && holds(cidr.get_ref<const std::string&>(), *address)) return true;
  }
  return false;
};

constexpr auto kCidrs = [](FunctionContext& context) {
  std::string json = "[";
  for (const std::string& cidr : context.state().parts().cidrs) {
    json += json.size() == 1 ? "" : ",";
    append_json_string(json, cidr);
  }
  return json += ']';
};

constexpr auto kVizierId = [](FunctionContext& context) {
  return std::string_view(context.state().parts().vizier_id);
};
constexpr auto kVizierName = [](FunctionContext& context) {
  return std::string_view(context.state().parts().vizier_name);
};
constexpr auto kVizierNamespace = [](FunctionContext& context) {
  return std::string_view(context.state().parts().vizier_namespace);
};

}  // namespace

std::vector<ScalarFunction> address_functions() {
  using Text = std::string_view;
  constexpr Placement kKelvin = Placement::kKelvinOnly;
  return {
      lookup<kPodByIp, kIdOf>("ip_to_pod_id", no_semantic, kKelvin),
      scalar<kPodIdThen, Text, Time64>("ip_to_pod_id", no_semantic, kKelvin),
      scalar<kServiceIds, Text>("ip_to_service_id", no_semantic, kKelvin),
      scalar<kHostName, Text>("nslookup"),
      scalar<kContains, Text, Text>("cidrs_contain_ip"),
      scalar<kCidrs>("get_cidrs"),
      scalar<kVizierId>("vizier_id"),
      scalar<kVizierName>("vizier_name"),
      scalar<kVizierNamespace>("vizier_namespace"),
  };
}

}  // namespace pxq::local
