#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "model/row_batch.h"
#include "model/schema.h"
#include "sink/result_sink.h"
#include "sink/summary.h"

/// pxq as a library: runs PxL scripts on a Vizier and hands the typed rows on, complete or with a
/// verdict. No call throws, prints or ends the process; what goes wrong is a Status.
namespace pxq::client {

/// Which Vizier is meant and how it is reached.
struct Target {
  enum class Kind {
    kCloud,   // a cluster behind a Pixie cloud
    kDirect,  // a Vizier that takes connections itself
    kLocal,   // a Vizier inside this process, on data of its own
  };

  /// `address`: HOST or HOST:PORT, whose port is 443 unless named. `cluster`: an id or an exact
  /// name; empty: the only healthy one. Rows come encrypted end to end.
  static Target cloud(std::string address, std::string api_key, std::string cluster = {});
  /// `address`: HOST:PORT or unix:PATH.
  static Target direct(std::string address, std::string key = {});
  /// `data`: what `pxq run --local=` takes, such as "host", this machine.
  static Target local(std::string data = "host");

  Kind kind = Kind::kLocal;
  std::string address;  // of kLocal: the data
  std::string key;      // empty: none
  std::string cluster;
  bool plaintext = false;   // without TLS: no key is sent to another machine so
  bool encrypted = false;   // rows are sealed by the Vizier for a key of this process
  std::string ca_file;      // PEM roots in place of the system's; empty: the system's
  std::string server_name;  // in the certificate; empty: the host of the address
};

/// How long a run may take and how often it is begun again. 0 is no limit.
struct Limits {
  std::chrono::nanoseconds connect = std::chrono::seconds(5);
  std::chrono::nanoseconds idle = std::chrono::seconds(200);  // without any message
  std::chrono::nanoseconds total{0};
  int retries = 2;                          // of runs of which no row had been handed on
  size_t message_bytes = size_t{16} << 20;  // the largest message taken
};

/// A cluster as its cloud knows it.
struct ClusterInfo {
  std::string id;       // dashed UUID text
  std::string name;     // raw bytes
  std::string state;    // "healthy", "disconnected" ...
  bool usable = false;  // takes scripts now
  std::string vizier_version;
};

/// A script and what is asked of it.
struct Query {
  std::string text = {};  // PxL
  std::string vis =
      {};  // its vis.json, whose functions are called then; empty: the text alone runs
  std::vector<std::pair<std::string, std::string>> arguments = {};  // of vis.json's variables
  std::string function = {};              // only this one of vis.json; empty: all that it calls
  std::optional<uint64_t> max_rows = {};  // in place of the server's own cap of 10 000 rows a table
  bool allow_probes = false;              // the script may install tracepoints
};

/// A table that was collected. Batches are those of the stream; a batch keeps alive what its string
/// cells point at.
struct Table {
  Schema schema;
  std::vector<RowBatch> batches;

  size_t rows() const;
};

/// A result: what came, and whether it is all.
struct Collected {
  std::vector<Table> tables;  // in the order in which the server announced them
  Summary summary;            // whose status is ok only if the result is proven whole
};

/// An open way to one Vizier. Movable; runs may follow one another, from one thread at a time.
class Client {
 public:
  /// A cloud is asked which cluster is meant. A direct address is connected to when first used.
  static Result<Client> connect(const Target& target, const Limits& limits = {});

  /// What a cloud's key can see, without choosing one. kUsage where the target is no cloud.
  static Result<std::vector<ClusterInfo>> clusters(const Target& cloud, const Limits& limits = {});

  Client(Client&& other) noexcept;
  Client& operator=(Client&& other) noexcept;
  ~Client();

  /// Runs a script and hands its tables to `sink` on this thread as they arrive, however long that
  /// takes: a script with df.stream() ends by `stop`, or when sink.satisfied(). The sink's rules
  /// are those of ResultSink; its end() gets the summary that is returned, but for the cluster and
  /// for tables that were probably cut by the server's row cap (TableSummary::capped).
  Summary run(const Query& query, ResultSink& sink, std::stop_token stop = {});

  /// Runs a script and keeps all of its rows; kLimit once they take more than `max_bytes`.
  Collected collect(const Query& query, size_t max_bytes = size_t{1} << 30,
                    std::stop_token stop = {});

 private:
  struct State;
  explicit Client(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace pxq::client
