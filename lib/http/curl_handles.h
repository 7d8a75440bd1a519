#pragma once

#include <memory>
#include <string>

#include "http/curl_library.h"

namespace pxq {

struct CurlEasyDeleter {
  const CurlLibrary* curl;
  void operator()(CURL* easy) const { curl->easy_cleanup(easy); }
};
struct CurlMultiDeleter {
  const CurlLibrary* curl;
  void operator()(CURLM* multi) const { curl->multi_cleanup(multi); }
};
struct CurlHeadersDeleter {
  const CurlLibrary* curl;
  void operator()(curl_slist* list) const { curl->slist_free_all(list); }
};
struct CurlUrlDeleter {
  const CurlLibrary* curl;
  void operator()(CURLU* url) const { curl->url_cleanup(url); }
};

/// Handles of curl, which go back to the library that made them; it outlives them.
using CurlEasy = std::unique_ptr<CURL, CurlEasyDeleter>;
using CurlMulti = std::unique_ptr<CURLM, CurlMultiDeleter>;
using CurlHeaders = std::unique_ptr<curl_slist, CurlHeadersDeleter>;
using CurlUrl = std::unique_ptr<CURLU, CurlUrlDeleter>;

/// Adds a header line; the list is as it was where there is no memory.
inline void add_header(CurlHeaders& headers, const std::string& line) {
  const CurlLibrary& curl = *headers.get_deleter().curl;
  if (curl_slist* longer = curl.slist_append(headers.get(), line.c_str())) {
    (void)headers.release();
    headers.reset(longer);
  }
}

}  // namespace pxq
