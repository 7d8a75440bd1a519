"""Other clients on the same stream, and other programs on the same data."""

import os
import shutil
import subprocess
import tempfile

import pixie_python
from load import Load
from process import Case, interleave

HERE = os.path.dirname(os.path.realpath(__file__))


def _set_up_python(report):
    try:
        return pixie_python.interpreter()
    except (subprocess.SubprocessError, OSError) as error:
        report.skip("Pixie's Python client", str(error))
        return None


def _clients(options, report):
    python = _set_up_python(report)
    for shape, rows in (("wide", options.wide_rows // 10), ("narrow", options.narrow_rows // 10)):
        spec = {"shape": shape, "rows": rows}
        with Load(options.build) as load:
            ours = load.pxq("jsonl", **spec)
            cases = [ours, load.pxq("csv", **spec)]
            slow = []
            if python:
                script = f"{HERE}/../peers/peer.py"
                for how in ("rows", "json"):
                    slow.append(Case(f"Python client, {how}",
                                     [python, script, load.address, how, load.script(**spec)]))
            interleave(cases + slow, min(3, options.runs))
        report.add_cases(f"{shape}", cases + slow)
        for case in slow:
            bound = 50 if (shape, case.name) == ("wide", "Python client, json") else None
            report.add_ratio(f"{case.name}, {shape} / pxq jsonl", case.median() / ours.median(),
                             bound, at_least=True, unit=" x")


def _reformatters(options, report, directory):
    """What sqlite3, mlr and jq take for the same bytes once pxq has put them in a file."""
    spec = {"shape": "wide", "rows": options.wide_rows // 10}
    csv, jsonl, database = (f"{directory}/t.{kind}" for kind in ("csv", "jsonl", "db"))
    with Load(options.build) as load:
        ours = load.pxq("jsonl", **spec)
        interleave([load.pxq("csv", out=csv, **spec), load.pxq("jsonl", out=jsonl, **spec)], 1)
        others = []
        tools = {name: shutil.which(name) for name in ("sqlite3", "mlr", "jq")}
        for name, path in tools.items():
            if not path:
                report.skip(name, "not installed; scripts/setup bench installs it")
        if tools["sqlite3"]:
            subprocess.run([tools["sqlite3"], database, f".import --csv {csv} t"], check=True)
            for mode in ("csv", "json"):
                others.append(Case(f"sqlite3 -{mode}", [tools["sqlite3"], f"-{mode}", database,
                                                        "select * from t"]))
        if tools["mlr"]:
            others.append(Case("mlr csv to csv", [tools["mlr"], "--icsv", "--ocsv", "cat", csv]))
        if tools["jq"]:
            others.append(Case("jq -c .", [tools["jq"], "-c", ".", jsonl]))
        interleave([ours] + others, min(3, options.runs))
    report.add_cases("reformat", [ours] + others)
    for case in others:
        report.add_ratio(f"{case.name} / pxq jsonl", case.median() / ours.median(), unit=" x")


def measure(options, report):
    _clients(options, report)
    with tempfile.TemporaryDirectory() as directory:
        _reformatters(options, report, directory)
    report.skip("Pixie's Go client and px CLI's writer", "the Go module proxy does not serve them")
