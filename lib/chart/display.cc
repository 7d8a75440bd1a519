#include "chart/display.h"

namespace pxq::chart {
namespace {

constexpr Display kDisplays[] = {
#define PXQ_DISPLAY(name, maker) {name, maker},
#include "chart/displays.def"
#undef PXQ_DISPLAY
};

}  // namespace

const Display* find_display(std::string_view name) {
  for (const Display& display : kDisplays) {
    if (display.name == name) return &display;
  }
  return nullptr;
}

}  // namespace pxq::chart
