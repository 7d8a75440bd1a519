"""scripts/soak: pxq at work for long: memory, descriptors, threads and files must stay flat.

Each part is sampled some 400 times. The first quarter is warm-up; over the rest the median slope of all
pairs of samples is taken. A part fails where that slope would add more than 2 MiB and 2 % of memory, or
half a descriptor, thread or file, in the time that was watched; where a program ends by itself, or not as
documented; or where an export says anything. What serve holds under load is chance, so it must hold at rest,
when all clients are gone, as much after the whole of the time as after half of it. The exit code is 1 where
a part failed.
"""

import argparse
import json
import os
import random
import re
import signal
import sys
import tempfile

import exports
import files
import serving
import streams

PARTS = {"stream": streams.soak, "file": files.soak, "export": exports.soak, "serve": serving.soak,
         "host": lambda options: serving.soak(options, serving.HOST)}
UNITS = {"s": 1, "m": 60, "h": 3600}


def duration(text):
    found = re.fullmatch(r"(\d+)([smh]?)", text)
    if not found:
        raise argparse.ArgumentTypeError(f"'{text}' is no duration such as 90s, 30m or 1h")
    return int(found[1]) * UNITS[found[2] or "s"]


def parse():
    parser = argparse.ArgumentParser(prog="scripts/soak", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; without any: all")
    parser.add_argument("--for", dest="seconds", type=duration, default="5m", metavar="DURATION",
                        help="how long each but export takes (5m)")
    parser.add_argument("--exports", type=int, default=1000, metavar="N", help="runs of export (1000)")
    parser.add_argument("--clients", type=int, default=4, metavar="N", help="of serve and host, at once (4)")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="of the clients' chance")
    parser.add_argument("--json", metavar="FILE", help="write samples and results there")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no part {', '.join(sorted(unknown))}")
    return options


def shown(series):
    scale, unit = (2**20, " MiB") if series.figure == "memory" else (1, "")
    mark = "GROWS" if series.grows() else "flat"
    return (f"  {series.of:34} {series.figure:16} {series.values[0] / scale:8.1f} first "
            f"{series.median() / scale:8.1f} median {max(series.values) / scale:8.1f} most "
            f"{series.growth() / scale:+8.2f}{unit} of {series.bound() / scale:.1f}: {mark}")


def soak(name, options, report):
    """Runs one part; whether all was well."""
    with tempfile.TemporaryDirectory(prefix="pxq-soak-") as folder:
        options.folder = folder
        options.env = {"PATH": "/usr/bin:/bin", "HOME": folder, "TMPDIR": folder, "TERM": "xterm-256color",
                       "LC_ALL": "C.UTF-8"}
        try:
            series, figures = PARTS[name](options)
        except RuntimeError as error:
            print(f"  {error}: FAILED")
            report[name] = {"failed": str(error)}
            return False
    for one in series:
        print(shown(one))
    for of, figure in figures.items():
        print(f"  {of:34} {figure}")
    report[name] = {"figures": figures, "series": [
        {"of": s.of, "figure": s.figure, "growth": s.growth(), "bound": s.bound(), "moments": s.moments,
         "values": s.values} for s in series]}
    return not any(one.grows() for one in series)


def main():
    options = parse()
    # Behind nohup it would be ignored, by the programs that are to be interrupted, too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    options.build = os.path.realpath(os.environ["PXQ_BENCH_BUILD"])
    report = {"seed": options.seed, "seconds": options.seconds}
    good = True
    for name in options.parts or PARTS:
        print(f"{name} (seed {options.seed}):", flush=True)
        good = soak(name, options, report) and good
        sys.stdout.flush()
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(report, file)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
