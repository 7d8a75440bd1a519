#include "local/data/demo/stacks.h"

#include <algorithm>

#include "local/data/demo/dice.h"

namespace pxq::local::demo {
namespace {

struct Stack {
  std::string_view language;
  std::string_view frames;
  double weight;
};

constexpr Stack kStacks[] = {
    {"go", "runtime.main;main.main;net/http.(*conn).serve;main.handle;encoding/json.Marshal", 0.35},
    {"go",
     "runtime.main;main.main;net/http.(*conn).serve;main.handle;syscall.write;[k] sys_write;[k] "
     "tcp_sendmsg",
     0.3},
    {"go", "runtime.mcall;runtime.schedule;runtime.findrunnable;runtime.futex;[k] sys_futex", 0.2},
    {"go", "runtime.gcBgMarkWorker;runtime.gcDrain;runtime.scanobject", 0.15},
    {"java",
     "[j] java.lang.Thread.run;[j] shop.Server.handle;[j] shop.Orders.place;[j] "
     "java.sql.Statement.execute",
     0.4},
    {"java", "[j] java.lang.Thread.run;[j] shop.Server.handle;[j] shop.Json.write", 0.3},
    {"java", "start_thread;GangWorker::run;G1ParTask::work;G1ParCopyClosure::do_oop", 0.3},
    {"python",
     "_start;main;Py_RunMain;_PyEval_EvalFrameDefault;catalog.reviews_of;psycopg2.execute", 0.5},
    {"python", "_start;main;Py_RunMain;_PyEval_EvalFrameDefault;json.dumps", 0.3},
    {"python", "_start;main;Py_RunMain;_PyEval_EvalFrameDefault;socket.recv;[k] sys_recvfrom", 0.2},
    {"node", "node::Start;uv_run;v8::Function::Call;server.js:render;JSON.stringify", 0.6},
    {"node", "node::Start;uv_run;uv__io_poll;[k] sys_epoll_wait", 0.4},
    {"native", "main;serve;execute_query;scan_table;read_page;[k] sys_pread64", 0.6},
    {"native", "main;serve;send_result;[k] sys_sendto", 0.4},
    {"proxy", "main;Envoy::Server::run;Envoy::Http::ConnectionManager::onData", 1.0},
};

}  // namespace

std::vector<StackSample> stack_samples(uint64_t seed, const ProcessUse& use, int64_t time_ns) {
  constexpr double kLooks = 1000;
  std::vector<StackSample> samples;
  for (size_t i = 0; i < std::size(kStacks); ++i) {
    const Stack& stack = kStacks[i];
    if (stack.language != use.language) continue;
    const double chance = 0.7 + 0.6 * share(dice(seed, 80, use.pod, i, time_ns / kSecond));
    const auto count = static_cast<int64_t>(kLooks * use.cpu_share * stack.weight * chance);
    if (count > 0) {
      samples.push_back({static_cast<int64_t>(dice(81, i) >> 16), stack.frames, count});
    }
  }
  return samples;
}

}  // namespace pxq::local::demo
