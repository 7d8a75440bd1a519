"""The local Vizier on stored rows, beside DuckDB on the same ones, each on one core."""

import datetime
import json
import os
import subprocess
import sys
import tempfile

from process import Case, interleave

READERS = os.path.join(os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache")),
                       "pxq-bench", "readers", "bin", "python")
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


def local(options, report):
    if not os.path.exists(READERS):
        return report.skip("stored data", "DuckDB is not set up; scripts/interop does it")
    program = pxq(options)
    rows = options.narrow_rows
    with tempfile.TemporaryDirectory() as directory:
        print(f"making {rows} rows ...", file=sys.stderr)
        files, minutes = make(program, rows, directory)
        for name, path in files.items():
            report.add_ratio(f"{name}, size", os.path.getsize(path) / 1e6, unit="MB")
        # Python and DuckDB take longer to start than these queries to run: starts are taken off.
        started = Case("DuckDB: start", [READERS, "-c", DUCK, files["Parquet"], "SELECT 1"])
        idle = Case("pxq: start",
                    [program, "run", f"--local={files['Parquet']}", "-e",
                     script("Parquet", QUERIES[1][1], ", start_time=1, end_time=2"), "-o", "csv"])
        interleave([started, idle], options.runs)
        report.add_cases("local", [started, idle])
        for name, work, sql in QUERIES:
            cases = [Case(f"pxq, {form}: {name}",
                          [program, "run", f"--local={path}", "-e",
                           script(form, work), "-o", "csv", "--timeout", "0"])
                     for form, path in files.items()]
            duck = Case(f"DuckDB, Parquet: {name}", [READERS, "-c", DUCK, files["Parquet"], sql])
            interleave(cases + [duck], options.runs)
            report.add_cases("local", cases + [duck])
            for form, case in zip(files, cases):
                report.add_ratio(f"{name}: {form} / DuckDB",
                                 (case.median() - idle.median()) /
                                 max(duck.median() - started.median(), 0.001), 1.5)
                report.add_ratio(f"{name}: {form}, peak", case.median("peak") / 1e6, 256, unit="MB")
        window(program, files, minutes, options, report)


def window(program, files, minutes, options, report):
    """A hundredth of the time against all of it."""
    work = QUERIES[1][1]
    end = datetime.datetime.fromisoformat(AT.replace("Z", "+00:00"))
    start = int((end - datetime.timedelta(minutes=minutes / 2)).timestamp() * 1e9)
    stop = start + int(minutes * 60e9 / 100)
    for form, path in files.items():
        def case(name, text):
            return Case(name, [program, "run", f"--local={path}", "-e",
                               script(form, work, text), "-o", "csv"])
        whole = case(f"pxq, {form}: all of it", "")
        part = case(f"pxq, {form}: 1 % of the time", f", start_time={start}, end_time={stop}")
        nothing = case(f"pxq, {form}: no time at all", ", start_time=1, end_time=2")
        interleave([whole, part, nothing], options.runs)
        report.add_cases("local", [whole, part, nothing])
        used = part.median() - nothing.median()
        report.add_ratio(f"1 % of the time / all, {form}, less the start",
                         used / (whole.median() - nothing.median()), 0.03)
