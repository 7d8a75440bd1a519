"""What is measured, a function a group. The bounds are those of docs/performance.md."""

import json
import os
import statistics
import subprocess
import tempfile

import reading_tools
import screen
from distance import Distance
from load import Load, numbers_of
from local import local
from process import Case, all_cores, client_cores, interleave, stalled_peak
from report import instruction_sets


def floors(load, spec):
    return load.floor("raw", "rawread", **spec), load.floor("proto", "protoread", **spec)


def wide(options, report):
    spec = {"shape": "wide", "rows": options.wide_rows}
    with Load(options.build) as load:
        raw, proto = floors(load, spec)
        csv, jsonl, null = (load.pxq(name, **spec) for name in ("csv", "jsonl", "null"))
        table = load.pxq("table", **spec)
        piped = load.pxq("table", "pxq table | cat", reader=["/usr/bin/cat"], **spec)
        cases = [raw, proto, csv, jsonl, table, piped, null]
        interleave(cases, options.runs)
    report.add_cases("wide", cases)
    report.add_ratio("csv, wide / rawread", csv.median() / raw.median(), 2.2)
    report.add_ratio("csv, wide / protoread", csv.median() / proto.median(), 0.50)
    report.add_ratio("jsonl, wide / rawread", jsonl.median() / raw.median(), 3.0)
    report.add_ratio("jsonl, wide / protoread", jsonl.median() / proto.median(), 0.62)
    report.add_ratio("table, wide / protoread", table.median() / proto.median(), 0.80)
    report.add_ratio("table in a pipe to cat, wide / protoread", piped.median() / proto.median(), 0.90)


def narrow(options, report):
    spec = {"shape": "narrow", "rows": options.narrow_rows}
    with Load(options.build) as load:
        raw, proto = floors(load, spec)
        csv, jsonl, null = (load.pxq(name, **spec) for name in ("csv", "jsonl", "null"))
        cases = [raw, proto, csv, jsonl, null]
        interleave(cases, options.runs)
    report.add_cases("narrow", cases)
    report.add_ratio("csv, narrow / protoread", csv.median() / proto.median(), 0.70)
    report.add_ratio("jsonl, narrow / protoread", jsonl.median() / proto.median(), 0.70)


def file(options, report):
    """Rows into a file: by the shell's `>`, and as an export, which is on the disk when it ends."""
    rows = options.wide_rows // 2
    with Load(options.build) as load, tempfile.TemporaryDirectory() as directory:
        path = f"{directory}/out.csv"
        shell = load.pxq("csv", "pxq -o csv > file", out=path, shape="wide", rows=rows)
        export = load.pxq(path, "pxq -o file.csv", shape="wide", rows=rows)
        interleave([shell], 1)
        megabytes = os.path.getsize(path) >> 20
        shell.costs.clear()
        argv = ["/usr/bin/dd", "if=/dev/zero", f"of={path}", "bs=1M", f"count={megabytes}",
                "status=none"]
        cases = [shell, Case("dd of the same size", argv),
                 export, Case("dd conv=fsync of the same size", argv + ["conv=fsync"])]
        for _ in range(options.runs):
            for case in cases:  # each onto a new file: overwriting costs the freeing too
                os.unlink(path)
                os.sync()  # what the one before left is not to be written in the time of the next
                interleave([case], 1)
    report.add_cases("file", cases)
    for case, copy in (cases[:2], cases[2:]):
        report.add_ratio(f"{case.name} / {copy.name.removesuffix(' of the same size')}",
                         case.median() / copy.median(), 1.8)


def start(options, report):
    with Load(options.build) as plain, Load(options.build, "tls") as tls:
        spec = {"shape": "narrow", "rows": 1}
        cases = []
        for load, word in ((plain, ""), (tls, ", TLS")):
            cases.append(load.floor("first", f"bare client{word}", **spec))
            cases.append(load.pxq("jsonl", f"pxq jsonl{word}", **spec))
        interleave(cases, 2)
        for case in cases:
            case.costs.clear()
        interleave(cases, 10 * options.runs)
    report.add_cases("start", cases)
    report.add_ratio("start to end, one row / bare gRPC client",
                     cases[1].median() / cases[0].median(), 1.1)
    report.add_ratio("the same over TLS", cases[3].median() / cases[2].median(), 1.1)


def long_script(functions):
    """PxL of a script with its vis.json's functions, as long as the longest that Pixie ships."""
    body = """def f{n}(start_time: str):
    df = px.DataFrame('http_events', start_time=start_time)
    df.pod = df.ctx['pod']
    df.remote = px.pod_id_to_pod_name(px.ip_to_pod_id(df.remote_addr))
    df.failed = df.resp_status >= 400
    df = df[df.trace_role == 2 and df.req_path != '/healthz']
    df.bucket = px.bin(df.time_, px.DurationNanos({n} * 1000 * 1000 * 1000))
    df = df.groupby(['pod', 'remote', 'bucket']).agg(
        latency=('latency', px.quantiles), count=('latency', px.count), failed=('failed', px.mean))
    df.p99 = px.DurationNanos(px.floor(px.pluck_float64(df.latency, 'p99')))
    df.rate = df.count / px.DurationNanos({n} * 1000 * 1000 * 1000)
    top = df.groupby('pod').agg(count=('count', px.sum))
    df = df.merge(top, how='inner', left_on='pod', right_on='pod', suffixes=['', '_all'])
    return df[['pod', 'remote', 'p99', 'rate', 'count_all']].head(100)
"""
    text = "import px\n\n\n" + "\n\n".join(body.format(n=n) for n in range(1, functions + 1))
    calls = [{"outputName": f"t{n}",
              "func": {"name": f"f{n}", "args": [{"name": "start_time", "value": "-5m"}]}}
             for n in range(1, functions + 1)]
    return text, json.dumps({"globalFuncs": calls})


def check(options, report):
    """What an editor waits for after each pause: 50 ms is what feels like at once."""
    pxq = f"{options.build}/app/pxq"
    with tempfile.TemporaryDirectory() as directory:
        text, vis = long_script(30)
        for name, content in (("long.pxl", text), ("vis.json", vis)):
            with open(f"{directory}/{name}", "w", encoding="utf-8") as out:
                out.write(content)
        floor = Case("pxq version", [pxq, "version"])
        short = Case("check of two lines", [pxq, "-q", "check", "-o", "jsonl", "-e",
                                            "import px\npx.display(px.DataFrame('dns_events'))"])
        long = Case(f"check of {text.count(chr(10))} lines, 30 functions",
                    [pxq, "-q", "check", "-o", "jsonl", f"{directory}/long.pxl"])
        cases = [floor, short, long]
        interleave(cases, options.runs * 4)
    report.add_cases("check", cases)
    report.add_ratio("check, long / pxq version", long.median() / floor.median(), 5)
    # By processor time, which other programs on the machine do not lengthen as they do the rest.
    report.add_ratio("check, long, processor / 50 ms", long.median("cpu") / 0.05, 1)


def encryption(options, report):
    """What it costs that rows come encrypted from end to end, beside TLS alone."""
    with Load(options.build, "tls") as load:
        spec = {"shape": "narrow", "rows": 1}
        cases = [load.pxq("jsonl", "pxq jsonl, one row", **spec),
                 load.pxq("jsonl", "the same, encrypted", flags=["--e2e"], **spec)]
        interleave(cases, 2 * options.runs)
        one = load.encryption_cost(4 * options.runs, **spec)
        wide = {"shape": "wide", "rows": options.wide_rows // 10}
        many = load.encryption_cost(options.runs, **wide)
        free = load.encryption_cost(options.runs, all_cores(), **wide)
    report.add_cases("encryption", cases)
    report.add_ratio("making the key pair, once a run", one["key"], unit=" ms")
    report.add_ratio("one row, encrypted: more than plain, key made",
                     one["encrypted"] - one["plain"], 10, unit=" ms")
    report.add_ratio("rows decoded only, wide, encrypted / plain, key made",
                     many["encrypted"] / many["plain"], 2.0)
    report.add_ratio("the same where the server's processor may be used too",
                     free["encrypted"] / free["plain"], 2.0)
    report.add_ratio("the same: rows a second", options.wide_rows * 100 / many["encrypted"] / 1e6,
                     unit=" M")


def opening(options, report):
    """The steps of opening an encrypted batch of 1024 wide rows, one by one."""
    cost = numbers_of([f"{options.build}/test/bench/pxq_opening_cost", str(200 * options.runs)])
    for name, what in (("header", "reading the header"), ("agreement", "agreeing on the key"),
                       ("base64", "base64"), ("inflate", "inflating"), ("whole", "all of it")):
        report.add_ratio(f"opening a batch: {what}", cost[name], unit=" us")
    report.add_ratio("opening a batch: AES-GCM", cost["copy+gcm"] - cost["copy"], unit=" us")
    report.add_ratio("a batch's bytes: encrypted / plain",
                     cost["bytes_sealed"] / cost["bytes_plain"])


def kernels(options, report):
    """The same machine with its larger instruction sets put out of use, one after the other."""
    spec = {"shape": "wide", "rows": options.wide_rows}
    names = instruction_sets()[1:]
    with Load(options.build) as load:
        proto = load.floor("proto", "protoread", **spec)
        cases = {(name, output): load.pxq(output, f"pxq {output}, up to {name}",
                                          env={"PXQ_TEXT_KERNELS": name}, **spec)
                 for output in ("csv", "jsonl") for name in names}
        interleave([proto, *cases.values()], options.runs)
    report.add_cases("kernels", [proto, *cases.values()])
    bounds = {("avx2", "csv"): 0.50, ("avx2", "jsonl"): 0.62}
    for key, case in cases.items():
        report.add_ratio(f"{case.name.removeprefix('pxq ')}, wide / protoread",
                         case.median() / proto.median(), bounds.get(key))
    if "avx512" not in names:
        report.skip("the kernels for AVX-512", "this processor has none")


def parquet(options, report):
    """A wide stream into Parquet, beside pyarrow that writes the same columns from memory."""
    rows = options.wide_rows // 4
    with Load(options.build) as load, tempfile.TemporaryDirectory() as directory:
        path, other = f"{directory}/t.parquet", f"{directory}/pyarrow.parquet"
        ours = load.pxq(path, "pxq -o file.parquet", flags=("--force",), shape="wide", rows=rows)
        null = load.pxq("null", shape="wide", rows=rows)
        interleave([ours, null], options.runs)
        size = os.path.getsize(path)
        report.add_cases("parquet", [ours, null])
        try:
            python = reading_tools.interpreter()
        except (subprocess.SubprocessError, OSError) as error:
            return report.skip("pyarrow", str(error))
        peer = numbers_of([python, f"{os.path.dirname(__file__)}/../peers/write_parquet.py", path,
                           other, str(options.runs)])
        report.add_ratio("Parquet from the wide stream / pyarrow writing it from memory",
                         ours.median() / peer["seconds"], 1.0)
        report.add_ratio("its size / that of pyarrow's zstd", size / os.path.getsize(other), 1.1)


def html(options, report):
    """A page of ten tables and 50 000 points, from a recording: no query is in the time."""
    with Load(options.build) as load, tempfile.TemporaryDirectory() as directory:
        path, page = f"{directory}/r.pxrec", f"{directory}/r.html"
        interleave([load.pxq("null", flags=("--record", path), shape="numbers", rows=50_000,
                             tables=10, columns=4)], 1)
        case = Case("pxq replay -o page.html", [f"{options.build}/app/pxq", "replay", path, "-q",
                                                "-o", page, "--force"])
        interleave([case], options.runs)
        size = os.path.getsize(page)
    report.add_cases("html", [case])
    report.add_ratio("a page of 10 tables, 50 000 rows", case.median() * 1000, 200, unit=" ms")
    report.add_ratio("its size", size / 1e6, unit=" MB")


def batches(options, report):
    rows = options.wide_rows // 4
    with Load(options.build) as load:
        small, large = (load.pxq("csv", f"pxq csv, {batch} rows a batch", shape="wide", rows=rows,
                                 batch=batch) for batch in (64, 1024))
        interleave([small, large], options.runs)
    report.add_cases("batches", [small, large])
    report.add_ratio("64 instead of 1024 rows a batch", small.median() / large.median(), 1.6)


def memory(options, report):
    with Load(options.build) as load:
        cases = [load.pxq("jsonl", f"pxq jsonl, {rows // 1_000_000} M rows", shape="wide",
                          rows=rows)
                 for rows in (16_000_000, 64_000_000)]
        interleave(cases, options.runs)
    report.add_cases("memory", cases)
    for case in cases:
        report.add_ratio(f"peak resident memory, {case.name}", case.median("peak") / 1e6, 128,
                         unit=" MB")
    report.add_ratio("the two peaks", cases[1].median("peak") / cases[0].median("peak"))


def waiting(options, report):
    """Memory where rows wait: for a reader that takes none, and for a network that is slow."""
    spec = {"shape": "wide", "rows": options.wide_rows}
    with Load(options.build) as load, Distance(load.address, 0.050) as far:
        stalled = load.pxq("jsonl", **spec)
        peaks = [stalled_peak(stalled) for _ in range(options.runs)]
        report.add_ratio("peak resident memory, stalled reader", statistics.median(peaks) / 1e6, 64,
                         unit=" MB")
        load.address = far.address
        distant = load.pxq("jsonl", "pxq jsonl, 50 ms away", **spec)
        interleave([distant], options.runs)
    report.add_cases("waiting", [distant])
    report.add_ratio("peak resident memory, 50 ms away", distant.median("peak") / 1e6, 64,
                     unit=" MB")


def scaling(options, report):
    """Cost grows linearly: every axis in steps, nanoseconds a row and a cell."""
    base = {"shape": "numbers", "rows": 1_000_000, "columns": 8, "batch": 1024, "tables": 1}
    axes = [("rows", "rows", (10_000, 100_000, 1_000_000, 4_000_000), {}),
            ("columns", "columns", (1, 8, 64, 512), {"rows": 50_000}),
            ("cell bytes", "cell", (1, 16, 256, 4096, 65_536),
             {"shape": "strings", "columns": 1, "rows": 10_000, "batch": 64}),
            ("rows a batch", "batch", (1, 8, 64, 1024, 8192, 65_536), {"rows": 200_000}),
            ("tables", "tables", (1, 10, 100, 1000), {})]
    for transport in ("plain", "tls", "unix"):
        with Load(options.build, transport) as load:
            for title, key, values, changes in axes if transport == "plain" else axes[:1]:
                cases = [load.pxq("jsonl", f"{title} {value}, {transport}",
                                  **{**base, **changes, key: value}) for value in values]
                interleave(cases, options.runs)
                report.add_cases("scaling", cases)
                for value, case in zip(values, cases):
                    spec = {**base, **changes, key: value}
                    report.add_ratio(f"{title} {value}, {transport}: ns of CPU a row",
                                     case.median("cpu") / spec["rows"] * 1e9, unit=" ns")


def record(options, report):
    """What --record costs beside the rows, and how large a recording is."""
    for shape, rows in (("wide", options.wide_rows // 2), ("narrow", options.narrow_rows // 2)):
        spec = {"shape": shape, "rows": rows}
        with Load(options.build) as load, tempfile.TemporaryDirectory() as directory:
            path, summary = f"{directory}/r.pxrec", f"{directory}/s.json"
            kept = ("--record", path)
            plain = load.pxq("jsonl", f"pxq jsonl, {shape}", **spec)
            alone = load.pxq("jsonl", f"pxq jsonl --record, {shape}", flags=kept, **spec)
            # Compression is for a second processor, which on a machine of two is the server's.
            free = load.pxq("jsonl", f"jsonl, {shape}, all processors", cores=all_cores(), **spec)
            recorded = load.pxq("jsonl", f"jsonl --record, {shape}, all processors", flags=kept,
                                cores=all_cores(), **spec)
            alone.makes = recorded.makes = path
            interleave([plain, alone, free, recorded], options.runs)
            interleave([load.pxq("null", flags=("--summary", summary), **spec)], 1)
            with open(summary, encoding="utf-8") as file:
                received = json.load(file)["bytes_received"]
            binary = f"{options.build}/app/pxq"
            replayed = Case(f"pxq replay, jsonl, {shape}",
                            [binary, "replay", path, "-o", "jsonl", "-q"])
            interleave([replayed], options.runs)
            size = os.path.getsize(path)
        report.add_cases("record", [plain, alone, free, recorded, replayed])
        report.add_ratio(f"jsonl with --record, {shape} / without, all processors",
                         recorded.median() / free.median(), 1.5)
        report.add_ratio(f"the same on {len(client_cores())} of them", alone.median() / plain.median(),
                         1.5)
        report.add_ratio(f"the same in CPU time, {shape}",
                         alone.median("cpu") / plain.median("cpu"))
        report.add_ratio(f"recording / bytes received, {shape}", size / received)


def live(options, report):
    with Load(options.build) as load:
        screen.measure(load, f"{options.build}/app/pxq", report)


GROUPS = {group.__name__: group
          for group in (wide, narrow, file, start, encryption, batches, memory, waiting, scaling,
                        record, check, live, opening, kernels, parquet, html)}
GROUPS["local"] = local
