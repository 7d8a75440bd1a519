"""Runs the lines of docs/recipes.md: PAGE PXQ DIRECTORY.

Each fenced block of sh, python or sql is run in DIRECTORY, in order, as a reader would paste it, and
what it prints or writes is judged by plain Python from the same rows as JSON lines. The programs of
duckdb and ClickHouse are their libraries from PyPI behind the same words. Prints the number of blocks.
"""

import collections
import csv
import gzip
import http.server
import io
import json
import os
import subprocess
import sys
import threading

PAGE, PXQ, DIRECTORY = sys.argv[1:]
FROM_MS, TO_MS = 1795863510000, 1795863570000  # 10:58:30 to 10:59:30

DUCKDB = """
import csv, sys, duckdb
assert sys.argv[1:3] == ["-csv", "-c"]
found = duckdb.sql(sys.argv[3])
out = csv.writer(sys.stdout, lineterminator="\\n")
out.writerow(found.columns)
out.writerows(found.fetchall())
"""
CLICKHOUSE = """
import sys, chdb
assert sys.argv[1:3] == ["local", "-q"]
print(chdb.query(sys.argv[3]), end="")
"""


class Loki(http.server.BaseHTTPRequestHandler):
    """Keeps what is pushed to it."""

    pushed = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Loki.pushed.append((self.path, self.headers["Content-Type"], body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def blocks():
    heading, found, language, lines = "", [], None, []
    for line in open(PAGE, encoding="utf-8"):
        if language is None and line.startswith("## "):
            heading = line[3:].strip()
        elif line.startswith("```") and language is None:
            language, lines = line[3:].strip(), []
        elif line.startswith("```"):
            found.append((heading, language, "".join(lines)))
            language = None
        elif language is not None:
            lines.append(line)
    return found


def program(name, text):
    path = os.path.join(DIRECTORY, "bin", name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"#!{sys.executable}\n{text}")
    os.chmod(path, 0o755)


def run(language, text):
    environment = {**os.environ, "PATH": f"{DIRECTORY}/bin:{os.environ['PATH']}",
                   "HOME": DIRECTORY, "LOKI": f"http://127.0.0.1:{SERVER.server_port}", "XDG_CACHE_HOME": f"{DIRECTORY}/cache"}
    command = {"sh": ["/bin/sh", "-euc", text], "python": [sys.executable, "-c", text]}.get(language)
    if language == "sql":
        text = text.replace("$__from", str(FROM_MS)).replace("$__to", str(TO_MS))
        command = ["sqlite3", "-csv", "http.sqlite", text]
    done = subprocess.run(command, cwd=DIRECTORY, env=environment, capture_output=True, check=False)
    if done.returncode != 0:
        sys.exit(f"exit {done.returncode} of:\n{text}\n{done.stderr.decode()}")
    return done.stdout.decode()


def rows():
    with gzip.open(f"{DIRECTORY}/http.jsonl.gz", "rt", encoding="utf-8", newline="\n") as file:
        return [json.loads(line) for line in file]


def nanoseconds(text):
    """Of 2026-11-28T10:59:03.123456789Z, exactly."""
    import datetime
    moment = datetime.datetime.fromisoformat(text[:19] + "+00:00")
    return int(moment.timestamp()) * 10**9 + int(text[20:29])


def read_csv(text):
    return list(csv.DictReader(io.StringIO(text)))


def by_service(keep=lambda row: True):
    return collections.Counter(row["service"] for row in rows() if keep(row))


def failed(row):
    return row["resp_status"] >= 400


def quantile(values, share):
    values = sorted(values)
    place = share * (len(values) - 1)
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (place - low)


def begin(_):
    assert 1000 < len(rows()) < 10000, len(rows())  # fewer than the cap of a server
    assert any(map(failed, rows())) and len(by_service()) > 3


def duckdb_services(out):
    found = read_csv(out)
    assert {row["service"]: int(row["requests"]) for row in found} == by_service()
    for row in found:
        latencies = [r["latency"] for r in rows() if r["service"] == row["service"]]
        assert abs(float(row["p99_ms"]) - quantile(latencies, 0.99) / 1e6) < 0.001, row


def duckdb_lake(out):
    import pyarrow.parquet
    files = [os.path.join(at, name) for at, _, names in os.walk(f"{DIRECTORY}/lake")
             for name in names if name.endswith(".parquet")]
    assert files
    statuses = [s for f in files for s in pyarrow.parquet.read_table(f)["resp_status"].to_pylist()]
    want = sum(status >= 400 for status in statuses)
    assert len(statuses) > 100 and int(read_csv(out)[0]["requests"]) == want


def pandas_minutes(out):
    found = read_csv(out)
    want = collections.defaultdict(list)
    for row in rows():
        want[row["time_"][:16]].append(row["latency"])
    got = {row["time_"][:16].replace(" ", "T"): (int(row["count"]), int(float(row["max"])))
           for row in found}
    assert got == {minute: (len(values), max(values)) for minute, values in want.items()}, got


def polars_failed(out):
    assert {r["service"]: int(r["failed"]) for r in read_csv(out)} == by_service(failed)


def clickhouse_services(out):
    for service, count, last in csv.reader(io.StringIO(out)):
        assert int(count) == by_service(failed)[service]
        want = max(row["time_"] for row in rows() if row["service"] == service)
        assert last.replace(" ", "T") + "Z" == want, (last, want)
    assert len(out.splitlines()) == len(by_service())


def clickhouse_lines(out):
    assert int(out) == sum(row["time_"] >= "2026-11-28T10:59:00" for row in rows()) > 0


def jq_failed(out):
    want = [f"{r['time_']}\t{r['service']}\t{r['req_path']}" for r in rows()
            if r["resp_status"] >= 500]
    assert out.splitlines() == want and want


def jq_dates(out):
    ages = [int(line) for line in out.splitlines()]
    assert ages and all(-3600 < age <= 0 for age in ages), ages


def spreadsheet(_):
    with open(f"{DIRECTORY}/slowest.csv", encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file, delimiter=";"))
    want = sorted(rows(), key=lambda row: -row["latency"])[:100]
    assert [row["latency"] for row in found] == [str(row["latency"]) for row in want]
    assert [row["time_"] for row in found] == [row["time_"][:19] + "Z" for row in want]
    assert [row["req_path"] for row in found] == [row["req_path"] for row in want]


def grafana(out):
    want = collections.defaultdict(list)
    for row in rows():
        time = nanoseconds(row["time_"])
        if FROM_MS * 10**6 <= time <= TO_MS * 10**6:
            want[time // 10**9 // 60 * 60, row["service"]].append(row["latency"])
    found = list(csv.reader(io.StringIO(out)))
    assert [(int(time), service) for time, service, _ in found] == sorted(want) != []
    for time, service, latency in found:
        values = want[int(time), service]
        assert abs(float(latency) - sum(values) / len(values) / 1e6) < 1e-6


def infinity(out):
    services = json.load(open(f"{DIRECTORY}/services.json", encoding="utf-8"))
    assert int(out) == len(services) > 3 and all(row["requests"] > 0 for row in services)
    slow = json.load(open(f"{DIRECTORY}/slow.json", encoding="utf-8"))
    assert slow and all(0 <= 1795863600000 - row["time_"] < 3_600_000 for row in slow)


def loki(_):
    push = json.load(open(f"{DIRECTORY}/push.json", encoding="utf-8"))
    found = sorted((time, json.loads(line)["upid"], stream["stream"]["service"])
                   for stream in push["streams"] for time, line in stream["values"])
    assert found == sorted((str(nanoseconds(r["time_"])), r["upid"], r["service"]) for r in rows()
                           if r["resp_status"] >= 500) != []


def loki_pushed(_):
    (path, kind, body), = Loki.pushed
    assert (path, kind) == ("/loki/api/v1/push", "application/json")
    assert json.loads(body) == json.load(open(f"{DIRECTORY}/push.json", encoding="utf-8"))


JUDGES = {
    "Rows to begin with": [begin],
    "duckdb": [duckdb_services, duckdb_lake],
    "pandas": [pandas_minutes],
    "polars": [polars_failed],
    "ClickHouse": [clickhouse_services, clickhouse_lines],
    "jq": [jq_failed, jq_dates],
    "Spreadsheets": [spreadsheet],
    "sqlite, and Grafana with its SQLite data source": [grafana],
    "Grafana with Infinity": [infinity],
    "Loki": [loki, loki_pushed],
}

SERVER = http.server.HTTPServer(("127.0.0.1", 0), Loki)
threading.Thread(target=SERVER.serve_forever, daemon=True).start()
os.makedirs(f"{DIRECTORY}/bin")
program("duckdb", DUCKDB)
program("clickhouse", CLICKHOUSE)
os.symlink(PXQ, f"{DIRECTORY}/bin/pxq")
page = blocks()
counts = collections.Counter(heading for heading, _, _ in page)
assert counts == {heading: len(judges) for heading, judges in JUDGES.items()}, counts
for heading, language, text in page:
    printed = run(language, text)
    judge = JUDGES[heading].pop(0)
    try:
        judge(printed)
    except Exception as error:  # pylint: disable=broad-except
        sys.exit(f"{heading}, {judge.__name__}: {error!r}\n{text}\n{printed[:2000]}")
print(len(page))
