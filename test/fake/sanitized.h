#pragma once

namespace pxq::fake {

/// Whether pxq and this suite are built with the address or the thread sanitizer. Their memory is
/// many times what pxq takes, so that bounds of it say nothing then.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace pxq::fake
