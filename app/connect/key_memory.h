#pragma once

#include <string>

namespace pxq {

/// Whether a Vizier refused to encrypt for an elliptic curve, kept in the state directory so that
/// only the first run pays for finding out. What was refused is asked again once the Vizier has
/// another version, or after thirty days. Nothing secret is kept, and a state directory that cannot
/// be read or written costs no more than that first time again.
class KeyMemory {
 public:
  /// `server`: where the Vizier is, and which cluster; `version`: its own, empty where not known.
  KeyMemory(const std::string& server, std::string version);

  bool wants_rsa() const;
  void remember_rsa() const;

 private:
  std::string server_;
  std::string version_;
  std::string path_;  // empty: no place is known
};

}  // namespace pxq
