"""The local Vizier on stored rows, beside DuckDB on the same ones, each on one core. Ratios are of
processor time, less what a start takes."""

import datetime
import json
import os
import subprocess
import sys
import tempfile

from process import Case, all_cores, interleave

READERS = os.path.join(os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache")),
                       "pxq-bench", "tools", "bin", "python")
AT = "2026-03-04T12:00:00Z"

MAKE = """import px
df = px.DataFrame('http_events', start_time='-{minutes}m')
df.service = df.ctx['service']
df.pod = df.ctx['pod']
df = df[['time_', 'upid', 'remote_addr', 'service', 'pod', 'req_method', 'req_path', 'resp_status',
         'req_headers', 'resp_body', 'resp_body_size', 'latency']]
px.display(df, 'http_events')
"""

# A snapshot has Pixie's own columns: services are looked up, row by row, in its state.
LOOK_UP = {"Parquet": "", "snapshot": "df.service = df.ctx['service']\n"}


def script(form, work, window=""):
    return (f"import px\ndf = px.DataFrame('http_events'{window})\n"
            f"{LOOK_UP[form]}{work}px.display(df, 'out')\n")


# name, PxL, SQL; the same answer by construction
QUERIES = [
    ("filter and count",
     "df = df[df.resp_status >= 400]\ndf = df.agg(n=('latency', px.count))\n",
     "SELECT count(latency) FROM t WHERE resp_status >= 400"),
    ("one key: count, mean, max",
     "df = df.groupby('service').agg(n=('latency', px.count), m=('latency', px.mean), "
     "x=('latency', px.max))\n",
     "SELECT service, count(latency), avg(latency), max(latency) FROM t GROUP BY service"),
    ("two keys, quantiles",
     "df = df.groupby(['service', 'req_method']).agg(q=('latency', px.quantiles))\n",
     "SELECT service, req_method, approx_quantile(latency, [0.01, 0.1, 0.5, 0.9, 0.99]) FROM t "
     "GROUP BY service, req_method"),
    ("join of two aggregates",
     "a = df.groupby('service').agg(n=('latency', px.count))\n"
     "b = df[df.resp_status >= 400].groupby('service').agg(e=('latency', px.count))\n"
     "df = a.merge(b, how='inner', left_on='service', right_on='service', "
     "suffixes=['', '_b'])\n",
     "SELECT * FROM (SELECT service, count(latency) n FROM t GROUP BY service) JOIN "
     "(SELECT service, count(latency) e FROM t WHERE resp_status >= 400 GROUP BY service) "
     "USING (service)"),
]

DUCK = ("import duckdb, sys\n"
        "db = duckdb.connect()\n"
        "db.execute('SET threads = 1')\n"
        "db.execute(f\"CREATE VIEW t AS SELECT * FROM read_parquet('{sys.argv[1]}')\")\n"
        "db.execute(sys.argv[2]).fetchall()\n")


def pxq(options):
    for place in ("app/pxq", "pxq"):
        path = os.path.join(options.build, place)
        if os.path.exists(path):
            return path
    raise SystemExit("no pxq in " + options.build)


def run(argv):
    return subprocess.run(argv, check=True, capture_output=True, text=True)


def make(program, rows, directory):
    """http_events of the made-up cluster, as many as asked for, in both forms."""
    def count(minutes):
        script = (f"import px\ndf = px.DataFrame('http_events', start_time='-{minutes}m')\n"
                  "df = df.agg(n=('time_', px.count))\npx.display(df)")
        out = run([program, "run", "--local=demo,scale=20", "--at", AT, "-e", script, "-o", "jsonl"])
        return json.loads(out.stdout)["n"]

    minutes = max(1, round(rows / count(1)))
    parquet = f"{directory}/http_events.parquet"
    run([program, "run", "--local=demo,scale=20", "--at", AT, "-e", MAKE.format(minutes=minutes),
         "--max-rows", "all", "--timeout", "0", "-o", parquet])
    snapshot = f"{directory}/http_events.pxsnap"
    run([program, "snapshot", "--local=demo,scale=20", "--at", AT, "--since", f"{minutes}m",
         "--tables", "http_events", "--timeout", "0", "-o", snapshot])
    return {"Parquet": parquet, "snapshot": snapshot}, minutes


def less(case, start):
    """What a query took beyond the start of its program."""
    return max(case.median("cpu") - start.median("cpu"), 0.001)


def run_case(name, program, path, script, out="csv", *more):
    return Case(name, [program, "run", f"--local={path}", "-e", script, "-o", out, "--timeout", "0",
                       *more])


def local(options, report):
    if not os.path.exists(READERS):
        return report.skip("stored data", "DuckDB is not set up; scripts/interop does it")
    program = pxq(options)
    with tempfile.TemporaryDirectory() as directory:
        print(f"making {options.narrow_rows} rows ...", file=sys.stderr)
        files, minutes = make(program, options.narrow_rows, directory)
        for name, path in files.items():
            report.add_ratio(f"{name}, size", os.path.getsize(path) / 1e6, unit="MB")
        queries(program, files, options, report)
        window(program, files, minutes, options, report)
        snapshot(program, files["snapshot"], minutes, directory, options, report)
        demo(program, options, report)


def queries(program, files, options, report):
    # Python and DuckDB take longer to start than these queries to run: starts are taken off.
    started = Case("DuckDB: start", [READERS, "-c", DUCK, files["Parquet"], "SELECT 1"])
    idle = {form: run_case(f"pxq, {form}: start", program, path,
                           script(form, QUERIES[1][1], ", start_time=1, end_time=2"))
            for form, path in files.items()}
    interleave([started, *idle.values()], options.runs)
    report.add_cases("local", [started, *idle.values()])
    for name, work, sql in QUERIES:
        cases = {form: run_case(f"pxq, {form}: {name}", program, path, script(form, work))
                 for form, path in files.items()}
        duck = Case(f"DuckDB, Parquet: {name}", [READERS, "-c", DUCK, files["Parquet"], sql])
        interleave([*cases.values(), duck], options.runs)
        report.add_cases("local", [*cases.values(), duck])
        for form, case in cases.items():
            report.add_ratio(f"{name}: {form} / DuckDB",
                             less(case, idle[form]) / less(duck, started), 1.5)
            report.add_ratio(f"{name}: {form}, peak", case.median("peak") / 1e6, 256, unit="MB")


def window(program, files, minutes, options, report):
    """A hundredth of the time against all of it."""
    work = QUERIES[1][1]
    end = datetime.datetime.fromisoformat(AT.replace("Z", "+00:00"))
    start = int((end - datetime.timedelta(minutes=minutes / 2)).timestamp() * 1e9)
    stop = start + int(minutes * 60e9 / 100)
    for form, path in files.items():
        def case(name, text):
            return run_case(f"pxq, {form}: {name}", program, path, script(form, work, text))
        whole = case("all of it", "")
        part = case("1 % of the time", f", start_time={start}, end_time={stop}")
        nothing = case("no time at all", ", start_time=1, end_time=2")
        interleave([whole, part, nothing], options.runs)
        report.add_cases("local", [whole, part, nothing])
        report.add_ratio(f"1 % of the time / all, {form}",
                         less(part, nothing) / less(whole, nothing), 0.03)


def snapshot(program, path, minutes, directory, options, report):
    """Taking all rows of a cluster home, beside recording them; and asking what was taken."""
    rows = "import px\npx.display(px.DataFrame('http_events'), 'http_events')"
    taken = Case("pxq snapshot", [program, "snapshot", f"--local={path}", "--since", f"{minutes}m",
                                  "--timeout", "0", "-q", "--force", "-o", f"{directory}/b.pxsnap"])
    recorded = run_case("pxq run --record", program, path, rows, "null", "--max-rows", "all",
                        "--force", "--record", f"{directory}/b.pxrec")
    interleave([taken, recorded], options.runs)
    # By the clock both have what two processors have.
    both = [Case(f"{case.name}, all processors", case.argv, cores=all_cores())
            for case in (taken, recorded)]
    interleave(both, options.runs)
    asked = run_case("pxq, snapshot: opened and asked for 5 minutes", program, path,
                     script("snapshot", QUERIES[1][1], ", start_time='-5m'"))
    interleave([asked], options.runs)
    report.add_cases("local", [taken, recorded, *both, asked])
    report.add_ratio("pxq snapshot / --record", taken.median("cpu") / recorded.median("cpu"), 1.0)
    report.add_ratio("pxq snapshot / --record, by the clock on all processors",
                     both[0].median() / both[1].median(), 1.0)
    report.add_ratio("pxq snapshot, peak", taken.median("peak") / 1e6, 256, unit="MB")
    report.add_ratio("opened and asked for 5 minutes", asked.median() * 1e3, 50, unit="ms")


def demo(program, options, report):
    """Rows of the made-up cluster, generated and scanned, in a second."""
    count = "df = df.agg(n=('latency', px.count))\n"
    every = "df = df.groupby(['req_method', 'resp_status']).agg(l=('latency', px.mean))\n"
    source = ["--at", AT]
    for name, work in (("counted", count), ("grouped", every)):
        text = ("import px\ndf = px.DataFrame('http_events', start_time='-25m')\n"
                f"{work}px.display(df, 'out')")
        case = run_case(f"pxq, demo: {name}", program, "demo,scale=20", text, "csv", *source)
        interleave([case], options.runs)
        report.add_cases("local", [case])
        rows = json.loads(run([program, "run", "--local=demo,scale=20", *source, "-e",
                               text.replace(work, count), "-o", "jsonl"]).stdout)["n"]
        report.add_ratio(f"demo, {name}: rows a second", rows / case.median("cpu") / 1e6, 1.0, True,
                         unit="M")
