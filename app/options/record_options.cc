#include "options/record_options.h"

#include <CLI/App.hpp>
#include <CLI/Option.hpp>

namespace pxq {

void RecordOptions::declare(CLI::App& app) {
  CLI::Option* record =
      app.add_option("--record", path, "keep the run, whatever its end, for `pxq replay`")
          ->type_name("FILE.pxrec")
          ->group("Output");
  app.add_flag("--record-plaintext", plain, "record rows decrypted that come encrypted")
      ->needs(record)
      ->group("Output");
}

}  // namespace pxq
