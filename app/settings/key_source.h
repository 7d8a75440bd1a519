#pragma once

#include <cstdint>
#include <optional>

#include "settings/settings.h"
#include "wire/credentials.h"

namespace pxq {

/// The key for a cloud: --key-file, PX_API_KEY, the profile's, the defaults', or px's login; empty
/// where there is none. A key from config.toml is used only for the cloud that its own section, or
/// a weaker one, names: --cloud never redirects it.
Result<wire::Credentials> cloud_key(const Settings& settings, int64_t now_s);

/// The token of px's login; nothing where there is none, kAuth once it has expired.
Result<std::optional<wire::Credentials>> px_login(int64_t now_s);

/// The key for a Vizier reached directly: --key-file, PX_DIRECT_VIZIER_KEY, or that of the section
/// which names the address. It may have none; a cloud's key is never it.
Result<wire::Credentials> direct_key(const Settings& settings);

}  // namespace pxq
