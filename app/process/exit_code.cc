#include "process/exit_code.h"

namespace pxq {

int exit_code(Code code) {
  switch (code) {
    case Code::kOk: return 0;
    case Code::kInternal: return 1;
    case Code::kUsage: return 2;
    case Code::kScript: return 3;
    case Code::kAuth: return 4;
    case Code::kConnect: return 5;
    case Code::kServer: return 6;
    case Code::kTimeout: return 7;
    case Code::kIncomplete: return 8;
    case Code::kOutput: return 9;
    case Code::kLocked: return 10;
    case Code::kLimit: return 11;
    case Code::kAssertion: return 12;
    case Code::kInterrupted: break;
  }
  return 1;
}

std::string_view error_name(Code code) {
  switch (code) {
    case Code::kOk: return "ok";
    case Code::kInternal: return "internal";
    case Code::kUsage: return "usage";
    case Code::kScript: return "script";
    case Code::kAuth: return "auth";
    case Code::kConnect: return "connect";
    case Code::kServer: return "server";
    case Code::kTimeout: return "timeout";
    case Code::kIncomplete: return "incomplete";
    case Code::kOutput: return "output";
    case Code::kLocked: return "locked";
    case Code::kLimit: return "limit";
    case Code::kAssertion: return "assertion";
    case Code::kInterrupted: return "interrupted";
  }
  return "internal";
}

}  // namespace pxq
