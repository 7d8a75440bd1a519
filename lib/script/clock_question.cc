#include "script/clock_question.h"

#include <string>

namespace pxq {
namespace {

// A count without groups has one row also of no rows, on every Vizier, and process_stats is the
// table that all of them have.
constexpr std::string_view kQuestion = R"(
import px
def pxq_clock():
    df = px.DataFrame(table='process_stats', start_time='-1s')
    df = df.agg(rows=('time_', px.count))
    df.time_ = px.now()
    return df[['time_']]
)";

}  // namespace

void add_clock_question(ScriptRequest& request) {
  request.text += kQuestion;
  if (request.functions.empty()) {
    request.text += "px.display(pxq_clock(), 'pxq_clock')\n";
  } else {
    request.functions.push_back({std::string(kClockTable), {}, std::string(kClockTable)});
  }
}

}  // namespace pxq
