"""scripts/bench: measures pxq, gRPC's own cost and other clients side by side."""

import argparse
import os
import sys

import instructions
import peers
from groups import GROUPS
from report import Report


def parse():
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP",
                        help=f"of {', '.join(GROUPS)}, peers; without any: the first six")
    parser.add_argument("--runs", type=int, default=5, help="of each program; medians are shown")
    parser.add_argument("--wide-rows", type=int, default=2_000_000)
    parser.add_argument("--narrow-rows", type=int, default=10_000_000)
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows, three runs")
    parser.add_argument("--json", metavar="FILE", help="write the results there too")
    parser.add_argument("--peers", action="store_true",
                        help="set up the peers that package registries have, and measure them")
    parser.add_argument("--instructions", action="store_true",
                        help="count instructions of decoding and writing a fixed input, and "
                             "compare them with the numbers kept in the repository")
    parser.add_argument("--approve", action="store_true",
                        help="with --instructions: keep today's numbers")
    parser.add_argument("--compare", nargs=2, metavar=("REV1", "REV2"),
                        help="count the instructions of two commits")
    options = parser.parse_args()
    if options.quick:
        options.runs = min(options.runs, 3)
        options.wide_rows //= 10
        options.narrow_rows //= 10
    unknown = set(options.groups) - set(GROUPS) - {"peers"}
    if unknown:
        parser.error(f"no group {', '.join(sorted(unknown))}")
    return options


def main():
    options = parse()
    options.build = os.path.realpath(os.environ["PXQ_BENCH_BUILD"])
    if options.compare:
        return instructions.compare(*options.compare)
    if options.instructions:
        return instructions.check(options.build, options.approve)
    report = Report()
    chosen = options.groups or ([] if options.peers else list(GROUPS)[:6])
    for name in chosen:
        if name in GROUPS:
            print(f"measuring {name} ...", file=sys.stderr)
            GROUPS[name](options, report)
    if options.peers or "peers" in chosen:
        print("measuring peers ...", file=sys.stderr)
        peers.measure(options, report)
    report.print()
    if options.json:
        report.write_json(options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
