#pragma once

#include <string>
#include <string_view>

namespace pxq::html {

// What is the same in all pages; lib/format/html/EmbedPage.cmake writes the functions at build time
// from the files beside it and from Debian's node-d3.
std::string_view page_style();
std::string_view page_script();
std::string_view d3_script();

/// The licence under which D3 may stand in a page.
std::string_view d3_notice();

/// A policy that lets these parts run and nothing else, and reach no network.
std::string content_policy();

}  // namespace pxq::html
