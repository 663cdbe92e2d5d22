"""A server of the binary that `UNIFIED_ID` names, on a port and in a folder of its own; ended by its process id."""

import json
import os
import pathlib
import signal
import subprocess
import tomllib
import urllib.request

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[4]
BINARY = os.environ["UNIFIED_ID"]


class Server:
    def __init__(self, folder: pathlib.Path) -> None:
        self.data = folder / "data"
        command = [BINARY, "serve", "--port", "0", "--data", str(self.data)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().split("/  ")[0]
        self.token = tomllib.loads((self.data / "tokens.toml").read_text())["token"][0]["token"]

    def post(self, path: str, body: object) -> dict:
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def get(self, path: str) -> str:
        with urllib.request.urlopen(self.url + path, timeout=30) as answer:
            return answer.read().decode()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(30)
        finally:
            self.process.kill()


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("server"))
    yield server
    assert server.stop() == 0, "SIGTERM is an orderly end"


@pytest.fixture
def fresh(tmp_path):
    """A server that no other test writes to."""
    server = Server(tmp_path)
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="session")
def forms():
    """One text of each format with the name that the page gives it."""
    cases = tomllib.loads((ROOT / "tests/corpora/legacy.toml").read_text())["case"]
    first = {}
    for case in cases:
        name = case["expected"]["format"]
        text = case["input"]
        if name != "refused" and text.isprintable() and text == text.strip():
            first.setdefault("bare id" if name == "ulid" else name.replace("_", " "), text)
    first["typed id"] = "run_01m7wqt1fbff4sq3bgc5bhn9e0_01m7wqt1fcff4sq3cdmzk4w7rt"
    first["typed id of another system"] = "order_item_01m7wqt1fbff4sq3bgc5bhn9e0"
    assert len(first) > 30
    return first
