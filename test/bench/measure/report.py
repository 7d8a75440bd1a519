"""Ratios with their bounds, as a table for people and as JSON."""

import json
import os
import platform
import subprocess


class Report:
    def __init__(self):
        self.cases = []
        self.ratios = []
        self.skipped = []

    def add_cases(self, group, cases):
        for case in cases:
            self.cases.append({
                "group": group, "name": case.name, "runs": len(case.costs),
                "seconds": round(case.median(), 4), "cpu_seconds": round(case.median("cpu"), 4),
                "peak_mb": round(case.median("peak") / 1e6, 1)})

    def add_ratio(self, what, value, bound=None, at_least=False, unit=""):
        kept = None if bound is None else (value >= bound if at_least else value <= bound)
        self.ratios.append({"what": what, "value": round(value, 3), "bound": bound,
                            "at_least": at_least, "kept": kept, "unit": unit})

    def skip(self, what, why):
        self.skipped.append({"what": what, "why": why})

    def print(self):
        here = machine()
        print(f"{here['cpu']}, {here['cores']} cores, {', '.join(here['instruction_sets'])}"
              f"{'' if 'avx512' in here['instruction_sets'] else ': no AVX-512 here'}; "
              f"load {here['load']:.1f}, revision {here['revision']}")
        if self.cases:
            print(f"{'':10} {'':34} {'seconds':>9} {'cpu':>9} {'peak MB':>9} {'runs':>5}")
        for case in self.cases:
            print(f"{case['group']:10} {case['name']:34} {case['seconds']:9.3f} "
                  f"{case['cpu_seconds']:9.3f} {case['peak_mb']:9.1f} {case['runs']:5}")
        if self.ratios:
            print()
        for ratio in self.ratios:
            bound = ""
            if ratio["bound"] is not None:
                sign = "≥" if ratio["at_least"] else "≤"
                bound = f"{sign} {ratio['bound']:g}  {'kept' if ratio['kept'] else 'BROKEN'}"
            print(f"{ratio['what']:58} {ratio['value']:9.3f}{ratio['unit']:3} {bound}")
        for skipped in self.skipped:
            print(f"not measured: {skipped['what']}: {skipped['why']}")

    def write_json(self, path):
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"machine": machine(), "cases": self.cases, "ratios": self.ratios,
                       "skipped": self.skipped}, file, indent=1, ensure_ascii=False)
            file.write("\n")


# What pxq's kernels are written for (lib/text), the best last.
KERNELS = {"sse2": ("sse2",), "ssse3": ("ssse3",), "avx2": ("avx2", "bmi2", "popcnt"),
           "avx512": ("avx512bw", "avx512vl", "avx512_vbmi2", "bmi2")}


def instruction_sets():
    """Of those that pxq has kernels for, what this processor has."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        flags = next((set(line.split(":", 1)[1].split()) for line in file
                      if line.startswith("flags")), set())
    return [name for name, wanted in KERNELS.items() if flags.issuperset(wanted)]


def machine():
    model = "unknown"
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    flags = instruction_sets()
    git = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True,
                         cwd=os.path.dirname(__file__), check=False).stdout.strip()
    return {"cpu": model, "instruction_sets": flags, "cores": os.cpu_count(), "kernel": platform.release(),
            "load": os.getloadavg()[0], "revision": git}
