#include "script/vis.h"

#include "fuzz/target.h"
#include "script/bundle.h"
#include "script/manifest.h"

namespace pxq::fuzz {

// The first byte: 0 for a vis.json, 1 for a bundle of scripts, else a manifest.
void fuzz_vis(std::string_view input) {
  Feed feed(input);
  const unsigned char what = feed.byte();
  const std::string_view rest = feed.rest();
  if (what == 0) {
    const Result<Vis> vis = parse_vis(rest, "vis.json");
    if (!vis.ok()) return;
    expect(widget_plans(*vis).size() == vis->widgets.size(), "each widget has its plan");
    for (const VisTable& table : vis_tables(*vis)) {
      expect(table.widgets.size() == table.displays.size(), "each widget of a table has a display");
    }
  } else if (what == 1) {
    Result<Bundle> bundle = parse_bundle(rest, "bundle.json");
    if (!bundle.ok()) return;
    ScriptLibrary library;
    library.add(*std::move(bundle));
    for (const BundleScript* script : library.list({}, true)) (void)library.load(script->name);
  } else {
    (void)parse_manifest(std::string(rest), "manifest.yaml");
  }
}

}  // namespace pxq::fuzz
