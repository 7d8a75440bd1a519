#include "snapshot/answer.h"

#include <fmt/format.h>

#include <type_traits>
#include <utility>

#include "model/row_batch.h"
#include "script/row_cap.h"
#include "sink/result_sink.h"
#include "wire/script_call.h"

namespace pxq {
namespace {

std::string text_of(const Column& column, size_t row) {
  return std::visit(
      [row](const auto& values) -> std::string {
        using Cell = std::remove_cvref_t<decltype(values[row])>;
        if constexpr (std::is_same_v<Cell, std::string_view>) return std::string(values[row]);
        if constexpr (std::is_same_v<Cell, Time64>) return std::to_string(values[row].ns);
        if constexpr (std::is_same_v<Cell, Uint128>) {
          return fmt::format("{} {}", values[row].high, values[row].low);
        }
        if constexpr (std::is_arithmetic_v<Cell>) return fmt::format("{}", values[row]);
        return {};
      },
      column);
}

class AnswerSink final : public ResultSink {
 public:
  void begin(const Schema& schema) override { answer[schema.name]; }
  void rows(const Schema& schema, const RowBatch& batch) override {
    for (size_t row = 0; row < batch.num_rows; ++row) {
      AnswerRow& cells = answer[schema.name].emplace_back();
      for (size_t i = 0; i < batch.columns.size(); ++i) {
        cells[schema.columns[i].name] = text_of(batch.columns[i], row);
      }
    }
  }
  void end(const Summary& /*summary*/) override {}

  Answer answer;
};

}  // namespace

Result<Answer> ask(const Connection& connection, const std::string& script) {
  ScriptRequest request;
  request.text = script;
  request.source = "<snapshot>";
  request.cluster_id = connection.cluster_id;
  set_row_cap(request, kNoRowCap);
  AnswerSink sink;
  const Summary summary = wire::run_script(connection.peer, request, connection.run, sink);
  if (!summary.status.ok()) return summary.status;
  return std::move(sink.answer);
}

}  // namespace pxq
