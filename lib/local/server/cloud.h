#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "cloudapi.grpc.pb.h"
#include "local/data/data_set.h"
#include "local/server/access.h"

namespace pxq::local {

/// What a server calls itself: one cluster.
struct ClusterCard {
  px::uuidpb::UUID id;
  std::string name;
  int32_t nodes = 1;
};

/// The cluster of a data set as of now: its own id and name where its state tells them, else ones
/// that follow from the data set's name and this machine's.
ClusterCard card_of(const DataSet& data);

/// A UUID's text; both halves are 0 for what is none.
px::uuidpb::UUID uuid_of(std::string_view text);

/// The UUID that follows from a name, always the same.
px::uuidpb::UUID uuid_from_name(std::string_view name);

/// What a server says its Vizier is: pxq's own version, as px can read it.
std::string_view vizier_version();

/// The calls by which Pixie's clients find a cluster and what to ask it with.
class ClusterInfoService final : public px::cloudapi::VizierClusterInfo::Service {
 public:
  /// Both must outlive it.
  ClusterInfoService(const DataSet& data, const Access& access) : data_(data), access_(access) {}

  grpc::Status GetClusterInfo(grpc::ServerContext* context,
                              const px::cloudapi::GetClusterInfoRequest* request,
                              px::cloudapi::GetClusterInfoResponse* response) override;
  grpc::Status GetClusterConnectionInfo(
      grpc::ServerContext* context, const px::cloudapi::GetClusterConnectionInfoRequest* request,
      px::cloudapi::GetClusterConnectionInfoResponse* response) override;

 private:
  const DataSet& data_;
  const Access& access_;
};

/// Gives the server's token for its key.
class LoginService final : public px::cloudapi::AuthService::Service {
 public:
  explicit LoginService(const Access& access) : access_(access) {}

  grpc::Status Login(grpc::ServerContext* context, const px::cloudapi::LoginRequest* request,
                     px::cloudapi::LoginReply* response) override;

 private:
  const Access& access_;
};

/// The one organisation of a server. px wants its name when its user logs in.
class OrganizationService final : public px::cloudapi::OrganizationService::Service {
 public:
  explicit OrganizationService(const Access& access) : access_(access) {}

  grpc::Status GetOrg(grpc::ServerContext* context, const px::uuidpb::UUID* request,
                      px::cloudapi::OrgInfo* response) override;

 private:
  const Access& access_;
};

/// Tells which versions there are: of the Vizier this one, and of nothing else any, so that px
/// finds no update of itself. It asks for no key, since px brings none here.
class ArtifactService final : public px::cloudapi::ArtifactTracker::Service {
 public:
  grpc::Status GetArtifactList(grpc::ServerContext* context,
                               const px::cloudapi::GetArtifactListRequest* request,
                               px::cloudapi::ArtifactSet* response) override;
  grpc::Status GetDownloadLink(grpc::ServerContext* context,
                               const px::cloudapi::GetDownloadLinkRequest* request,
                               px::cloudapi::GetDownloadLinkResponse* response) override;
};

}  // namespace pxq::local
