#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "tool.h"

namespace pxq::app {

/// What Python prints of a program of its own.
inline std::string python(const std::string& code) {
  return tool("/usr/bin/env", {"python3", "-c", code});
}

/// What Python's csv finds in a file, as JSON.
inline nlohmann::json csv_rows(const std::string& path, const std::string& how = "") {
  return nlohmann::json::parse(python("import csv, json\nprint(json.dumps(list(csv.reader(open('" +
                                      path + "', newline='', encoding='utf-8-sig')" + how +
                                      "))))"));
}

}  // namespace pxq::app
