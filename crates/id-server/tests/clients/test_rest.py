"""The description of the REST interface against the interface, by schemathesis; the alert rules, by promtool."""

import os
import subprocess
import sys

from conftest import ROOT


def test_what_is_described_is_what_is_there(server):
    command = [sys.executable, "-m", "schemathesis.cli", "run", server.url + "/openapi.json"]
    command += ["--header", f"Authorization: Bearer {server.token}", "--max-examples", "10", "--seed", "1"]
    # Not checked: that every text is taken. A text that fits the schema of an id can still be no id.
    command += ["--exclude-checks", "positive_data_acceptance", "--workers", "2", "--suppress-health-check", "all"]
    command += ["--generation-database", "none", "--request-timeout", "10", "--no-color"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]


def test_the_alert_rules_fire_when_they_should():
    rules = ROOT / "docs/prometheus"
    for command in (["check", "rules", "ulid_alerts.yml"], ["test", "rules", "ulid_alerts_test.yml"]):
        done = subprocess.run([os.environ["PROMTOOL"], *command], cwd=rules, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr


def test_health(server):
    binary = os.environ["UNIFIED_ID"]
    command = [binary, "health", "--url", server.url, "--data", str(server.data)]
    done = subprocess.run([*command, "--deep"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and done.stdout.count("ok    ") == 5, done.stdout
    nobody = [binary, "health", "--url", "http://127.0.0.1:9", "--interval", "20ms", "--alert-threshold", "2"]
    done = subprocess.run(nobody, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and done.stdout.endswith("ALERT 2 rounds in a row have failed\n"), done.stdout
    strange = subprocess.run([*command, "--interval", "soon"], capture_output=True, text=True, timeout=60)
    assert strange.returncode == 2
