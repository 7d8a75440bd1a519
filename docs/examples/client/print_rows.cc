// Prints the rows of a script: print_rows HOST:PORT, or nothing for this machine.

#include <pxq/client/client.h>

#include <cstdint>
#include <iostream>
#include <string>
#include <string_view>
#include <variant>

namespace {

constexpr const char* kScript =
    "import px\n"
    "df = px.DataFrame('process_stats', start_time='-5m')\n"
    "px.display(df[['time_', 'upid', 'rss_bytes']], 'memory')\n";

struct PrintCell {
  size_t row;

  void operator()(const pxq::BooleanColumn& cells) const {
    std::cout << (cells[row] != 0 ? "true" : "false");
  }
  void operator()(const pxq::Uint128Column& cells) const {
    std::cout << cells[row].high << ':' << cells[row].low;
  }
  void operator()(const pxq::Time64Column& cells) const { std::cout << cells[row].ns; }
  template <typename Cells>
  void operator()(const Cells& cells) const {
    std::cout << cells[row];
  }
};

void print(const pxq::client::Table& table) {
  for (const pxq::RowBatch& batch : table.batches) {
    for (size_t row = 0; row < batch.num_rows; ++row) {
      for (size_t i = 0; i < batch.columns.size(); ++i) {
        std::cout << (i == 0 ? "" : " ") << table.schema.columns[i].name << '=';
        std::visit(PrintCell{row}, batch.columns[i]);
      }
      std::cout << '\n';
    }
  }
}

int fail(const pxq::Status& status) {
  std::cerr << status.message() << '\n';
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  pxq::client::Target target = pxq::client::Target::local();
  if (argc > 1) {
    target = pxq::client::Target::direct(argv[1]);
    target.plaintext = true;  // on this machine, or through `kubectl port-forward`
  }
  auto client = pxq::client::Client::connect(target);
  if (!client.ok()) return fail(client.status());
  const pxq::client::Collected result = client->collect({.text = kScript});
  for (const pxq::client::Table& table : result.tables) print(table);
  // Without this a stream that was cut would look like a short result.
  if (!result.summary.status.ok()) return fail(result.summary.status);
  return 0;
}
