"""Instruction counts by callgrind: the same on a noisy machine, so a regression shows."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from report import instruction_sets

SOURCE = os.path.realpath(os.path.join(os.path.dirname(__file__), "../../.."))
REFERENCE = os.path.join(SOURCE, "test/bench/instructions.json")
TOLERANCE = 0.02  # what another compiler patch or libc may change


def count(build):
    """Instructions a row for each step, by name."""
    program = f"{build}/test/bench/pxq_steps"
    names = subprocess.run([program], capture_output=True, text=True, check=True).stdout.split("\n")
    counts = {}
    for name in filter(None, names):
        run = subprocess.run(
            ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
             "--collect-atstart=no", "--toggle-collect=pxq_measured_step", program, name],
            capture_output=True, text=True, check=True,
            # Callgrind knows nothing beyond; so a machine that has more counts the same.
            env={**os.environ, "PXQ_TEXT_KERNELS": "avx2"})
        rows = int(run.stdout.split()[0])
        counts[name] = round(int(re.search(r"Collected : (\d+)", run.stderr)[1]) / rows, 1)
    return counts


def show(before, after, words):
    print(f"{'instructions a row':24} {words[0]:>12} {words[1]:>12} {'change':>8}")
    worst = 0.0
    for name, new in after.items():
        old = before.get(name)
        change = (new / old - 1) if old else 0.0
        worst = max(worst, change)
        print(f"{name:24} {old if old else '-':>12} {new:12} {change:+8.1%}")
    return worst


def check(build, approve):
    if "avx2" not in instruction_sets():
        print("not compared: what is kept was counted with AVX2, which this processor lacks")
        return 0
    counts = count(build)
    reference = {}
    if os.path.exists(REFERENCE):
        with open(REFERENCE, encoding="utf-8") as file:
            reference = json.load(file)
    worst = show(reference, counts, ("kept", "now"))
    if approve:
        with open(REFERENCE, "w", encoding="utf-8") as file:
            json.dump(counts, file, indent=1)
            file.write("\n")
        return 0
    if worst > TOLERANCE:
        print(f"more than {TOLERANCE:.0%} above what is kept", file=sys.stderr)
        return 1
    return 0


def build_of(revision, directory):
    tree = f"{directory}/{revision.replace('/', '_')}"
    os.mkdir(tree)
    archive = subprocess.Popen(["git", "archive", revision], cwd=SOURCE, stdout=subprocess.PIPE)
    subprocess.run(["tar", "-x", "-C", tree], stdin=archive.stdout, check=True)
    build = f"{tree}/build"
    launcher = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
    subprocess.run(["cmake", "-S", tree, "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
                    "-DPXQ_BENCH=ON", *launcher],
                   check=True, stdout=subprocess.DEVNULL,
                   env={**os.environ, "CCACHE_BASEDIR": tree})
    subprocess.run(["cmake", "--build", build, "--target", "pxq_steps"], check=True,
                   stdout=sys.stderr, env={**os.environ, "CCACHE_BASEDIR": tree})
    return build


def compare(before, after):
    with tempfile.TemporaryDirectory() as directory:
        counts = [count(build_of(revision, directory)) for revision in (before, after)]
    show(counts[0], counts[1], (before[:12], after[:12]))
    return 0
