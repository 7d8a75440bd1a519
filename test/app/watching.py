"""Tries what docs/watching.md offers: cronjob PAGE, or rules PAGE METRICS DIRECTORY.

The CronJob is read by the models of Kubernetes' own Python client, and must say the same afterwards: a
member that Kubernetes does not know is lost on the way. The alert rules are checked and tried by
promtool, on series that stand still, lag behind and lose rows; METRICS is a file that pxq wrote.
"""

import json
import re
import subprocess
import sys

import yaml


def blocks(page):
    text = open(page, encoding="utf-8").read()
    return [yaml.safe_load(found) for found in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]


def cronjob(page):
    from kubernetes import client
    job = next(block for block in blocks(page) if block.get("kind") == "CronJob")
    api = client.ApiClient()
    known = api.deserialize(json.dumps(job), "V1CronJob", "application/json")
    assert api.sanitize_for_serialization(known) == job
    for field in range(5):
        assert re.fullmatch(r"[\d*/,-]+", known.spec.schedule.split()[field])
    assert known.spec.concurrency_policy == "Forbid"
    pod = known.spec.job_template.spec.template.spec
    mounts = {mount.name for mount in pod.containers[0].volume_mounts}
    assert mounts == {volume.name for volume in pod.volumes}


def promtool(*words, stdin=None):
    done = subprocess.run(["promtool", *words], input=stdin, capture_output=True, text=True,
                          check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def series(name, values, labels=""):
    return {"series": f'{name}{{job="http",cluster="prod",script="s"{labels}}}', "values": values}


def alert(name, at, text, labels=None):
    labels = {"job": "http", "cluster": "prod", "script": "s", **(labels or {})}
    fired = [{"exp_labels": labels, "exp_annotations": text}] if text else []
    return {"eval_time": at, "alertname": name, "exp_alerts": fired}


def rules(page, metrics, directory):
    groups = next(block for block in blocks(page) if "groups" in block)
    words = {rule["alert"]: {
        key: value.replace("{{ $labels.job }}", "http").replace("{{ $labels.cluster }}", "prod")
        for key, value in rule["annotations"].items()} for rule in groups["groups"][0]["rules"]}
    assert len(words) == 3
    rules_file, tests_file = f"{directory}/pxq.rules.yml", f"{directory}/pxq.test.yml"
    with open(rules_file, "w", encoding="utf-8") as file:
        yaml.safe_dump(groups, file)
    certain, doubtful = ',certain="true"', ',certain="false"'
    success, reached = ("pxq_export_last_success_timestamp_seconds",
                        "pxq_export_exported_to_timestamp_seconds")
    tests = {
        "rule_files": [rules_file], "evaluation_interval": "1m",
        "tests": [
            {"name": "a job that stops after an hour", "interval": "1m",
             "input_series": [series(success, "0+60x60 3600x120"),
                              series(reached, "0+60x60 3600x120"),
                              series("pxq_export_gap_seconds", "0x180", certain)],
             "alert_rule_test": [
                 alert("PxqExportFails", "85m", None),
                 alert("PxqExportFails", "97m", words["PxqExportFails"]),
                 alert("PxqExportBehind", "115m", None),
                 alert("PxqExportBehind", "122m", words["PxqExportBehind"]),
                 alert("PxqExportLostRows", "122m", None)]},
            {"name": "a job that is well", "interval": "1m",
             "input_series": [series(success, "0+60x180"), series(reached, "0+60x180"),
                              series("pxq_export_gap_seconds", "0x180", certain),
                              series("pxq_export_gap_seconds", "30x180", doubtful)],
             "alert_rule_test": [alert(name, "180m", None) for name in words]},
            {"name": "rows that were gone", "interval": "1m",
             "input_series": [series("pxq_export_gap_seconds", "0x10 30x10", certain)],
             "alert_rule_test": [
                 alert("PxqExportLostRows", "5m", None),
                 alert("PxqExportLostRows", "15m", words["PxqExportLostRows"],
                       {"certain": "true"})]},
        ]}
    with open(tests_file, "w", encoding="utf-8") as file:
        yaml.safe_dump(tests, file)
    promtool("check", "rules", rules_file)
    promtool("test", "rules", tests_file)
    # promtool has an opinion on gauges whose names end in _total, but nothing else may be wrong.
    promtool("check", "metrics", stdin=open(metrics, encoding="utf-8").read())


{"cronjob": cronjob, "rules": rules}[sys.argv[1]](*sys.argv[2:])
print("good")
