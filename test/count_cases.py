"""Prints the closing line of a run of the suite: count_cases.py RESULTS_XML CTEST_STATUS.

Before it, the cases that were skipped or failed, one a line. Ends with ctest's status, or with 1
where ctest was content and a case was not run for a reason other than its own word.
"""

import sys
import xml.etree.ElementTree as xml


def main():
    path, status = sys.argv[1], int(sys.argv[2])
    names = {"passed": [], "failed": [], "skipped": []}
    for case in xml.parse(path).getroot().iter("testcase"):
        said = case.find("skipped")
        if case.get("status") == "run":
            kind = "passed"
        elif said is not None and said.get("message", "").startswith("SKIP_"):
            kind = "skipped"
        else:
            kind = "failed"
        names[kind].append(case.get("name"))
    for kind in ("skipped", "failed"):
        for name in names[kind]:
            print(f"{kind}: {name}")
    if not any(names.values()):
        print("no case was run", file=sys.stderr)
        status = status or 1
    print(", ".join(f"{len(names[kind])} {kind}" for kind in ("passed", "failed", "skipped")))
    return status or bool(names["failed"])


sys.exit(main())
