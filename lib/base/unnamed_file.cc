#include "base/unnamed_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace pxq {

Result<UniqueFd> open_unnamed_file(std::string_view what) {
  std::error_code error;
  const std::filesystem::path directory = std::filesystem::temp_directory_path(error);
  if (error) return errno_status(Code::kOutput, "finding the place of", what, error.value());
  UniqueFd file(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (file) return file;
  // Some file systems know no files without a name.
  std::string name = directory / "pxq-XXXXXX";
  file.reset(::mkostemp(name.data(), O_CLOEXEC));
  if (!file) return errno_status(Code::kOutput, "making", what, errno);
  ::unlink(name.c_str());
  return file;
}

}  // namespace pxq
