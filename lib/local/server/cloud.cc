#include "local/server/cloud.h"

#include <unistd.h>

#include <array>
#include <charconv>

#include "base/digest.h"
#include "base/wall_clock.h"

namespace pxq::local {
namespace {

namespace pb = px::cloudapi;

constexpr int64_t kTokenSeconds = int64_t{90} * 60;  // as the cloud has it

std::string machine_name() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
}

bool equal(const px::uuidpb::UUID& a, const px::uuidpb::UUID& b) {
  return a.high_bits() == b.high_bits() && a.low_bits() == b.low_bits();
}

}  // namespace

px::uuidpb::UUID uuid_from_name(std::string_view name) {
  const std::array<uint8_t, 32> sum = sha256(name);
  uint64_t high = 0;
  uint64_t low = 0;
  for (size_t i = 0; i < 8; ++i) {
    high = high << 8 | sum[i];
    low = low << 8 | sum[i + 8];
  }
  px::uuidpb::UUID id;
  id.set_high_bits((high & ~uint64_t{0xf000}) | 0x8000);  // version 8: a sum of our own choice
  id.set_low_bits((low >> 2) | uint64_t{1} << 63);
  return id;
}

// px reads versions by the rules of semantic versioning and shows no other.
std::string_view vizier_version() { return PXQ_VERSION "-pxq"; }

px::uuidpb::UUID uuid_of(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c != '-') digits += c;
  }
  px::uuidpb::UUID id;
  uint64_t high = 0;
  uint64_t low = 0;
  const char* begin = digits.data();
  if (digits.size() != 32 || std::from_chars(begin, begin + 16, high, 16).ptr != begin + 16 ||
      std::from_chars(begin + 16, begin + 32, low, 16).ptr != begin + 32) {
    return id;
  }
  id.set_high_bits(high);
  id.set_low_bits(low);
  return id;
}

ClusterCard card_of(const DataSet& data) {
  ClusterCard card{uuid_from_name("pxq " + machine_name() + ' ' + data.name), data.name};
  if (data.cluster == nullptr) return card;
  const std::shared_ptr<const ClusterState> state = data.cluster(data.now());
  if (state == nullptr) return card;
  const ClusterParts& parts = state->parts();
  const px::uuidpb::UUID id = uuid_of(parts.vizier_id);
  if (id.high_bits() != 0 || id.low_bits() != 0) card.id = id;
  if (!parts.vizier_name.empty()) card.name = parts.vizier_name;
  card.nodes = static_cast<int32_t>(parts.nodes.size());
  return card;
}

grpc::Status ClusterInfoService::GetClusterInfo(grpc::ServerContext* context,
                                                const pb::GetClusterInfoRequest* request,
                                                pb::GetClusterInfoResponse* response) {
  if (grpc::Status status = access_.check(*context); !status.ok()) return status;
  const ClusterCard card = card_of(data_);
  // An id that is not known gives an empty list, as a cloud has it.
  if (request->has_id() && !equal(request->id(), card.id)) return grpc::Status::OK;
  pb::ClusterInfo& info = *response->add_clusters();
  *info.mutable_id() = card.id;
  info.set_status(pb::CS_HEALTHY);
  info.set_last_heartbeat_ns(0);
  info.mutable_config()->set_passthrough_enabled(true);
  info.set_cluster_uid(card.name);
  info.set_cluster_name(card.name);
  info.set_pretty_cluster_name(card.name);
  info.set_vizier_version(std::string(vizier_version()));
  info.set_num_nodes(card.nodes);
  info.set_num_instrumented_nodes(card.nodes);
  return grpc::Status::OK;
}

grpc::Status ClusterInfoService::GetClusterConnectionInfo(
    grpc::ServerContext* context, const pb::GetClusterConnectionInfoRequest* request,
    pb::GetClusterConnectionInfoResponse* response) {
  if (grpc::Status status = access_.check(*context); !status.ok()) return status;
  if (!equal(request->id(), card_of(data_).id)) {
    return {grpc::StatusCode::NOT_FOUND, "this server has no such cluster"};
  }
  response->set_token(access_.token());
  return grpc::Status::OK;
}

grpc::Status LoginService::Login(grpc::ServerContext* context, const pb::LoginRequest* request,
                                 pb::LoginReply* response) {
  if (!access_.check(*context).ok() && !access_.is_key(request->access_token())) {
    return {grpc::StatusCode::UNAUTHENTICATED, "the key is not the one that this server asks for"};
  }
  response->set_token(access_.token());
  response->set_expires_at(wall_clock_ns() / 1'000'000'000 + kTokenSeconds);
  return grpc::Status::OK;
}

grpc::Status OrganizationService::GetOrg(grpc::ServerContext* context,
                                         const px::uuidpb::UUID* request, pb::OrgInfo* response) {
  if (grpc::Status status = access_.check(*context); !status.ok()) return status;
  // Our token names no organisation: px asks for the one without an id.
  *response->mutable_id() = *request;
  response->set_org_name("pxq");
  return grpc::Status::OK;
}

grpc::Status ArtifactService::GetArtifactList(grpc::ServerContext* /*context*/,
                                              const pb::GetArtifactListRequest* request,
                                              pb::ArtifactSet* response) {
  response->set_name(request->artifact_name());
  if (request->artifact_name() != "vizier") return grpc::Status::OK;
  pb::Artifact& artifact = *response->add_artifact();
  artifact.set_version_str(std::string(vizier_version()));
  artifact.add_available_artifacts(request->artifact_type());
  return grpc::Status::OK;
}

grpc::Status ArtifactService::GetDownloadLink(grpc::ServerContext* /*context*/,
                                              const pb::GetDownloadLinkRequest* /*request*/,
                                              pb::GetDownloadLinkResponse* /*response*/) {
  return {grpc::StatusCode::NOT_FOUND, "this server is pxq and has nothing to install"};
}

}  // namespace pxq::local
