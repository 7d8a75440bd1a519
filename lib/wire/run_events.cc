#include "wire/run_events.h"

namespace pxq::wire {

RunEvents& RunEvents::unheard() {
  static RunEvents none;
  return none;
}

}  // namespace pxq::wire
