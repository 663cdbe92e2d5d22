"""The page in a real Chromium, with and without JavaScript, driven by its own protocol."""

import itertools
import json
import os
import pathlib
import subprocess
import time
import urllib.request

import pytest
from websockets.sync.client import connect

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--remote-debugging-port=0",
    "--window-size=1180,1500", "--hide-scrollbars",
]
PATIENCE_S = 20


class Tab:
    """One page of the browser."""

    def __init__(self, folder: pathlib.Path, *flags: str) -> None:
        self.process = subprocess.Popen(
            [os.environ["CHROMIUM"], *FLAGS, *flags, f"--user-data-dir={folder}", "about:blank"], stderr=subprocess.DEVNULL
        )
        port_file = folder / "DevToolsActivePort"
        port = self.until(lambda: port_file.exists() and port_file.read_text().split("\n")[0])
        pages = json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/json", timeout=10))
        address = next(page["webSocketDebuggerUrl"] for page in pages if page["type"] == "page")
        self.socket = connect(address, max_size=None)
        self.numbers = itertools.count(1)
        self.requests: list[str] = []
        self.errors: list[str] = []
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    @staticmethod
    def until(ask):
        end = time.monotonic() + PATIENCE_S
        while not (value := ask()):
            assert time.monotonic() < end, "nothing came in time"
            time.sleep(0.02)
        return value

    def call(self, method: str, **params):
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self.socket.recv(timeout=PATIENCE_S))
            if message.get("method") == "Network.requestWillBeSent":
                self.requests.append(message["params"]["request"]["url"])
            if message.get("method") == "Runtime.exceptionThrown":
                self.errors.append(json.dumps(message["params"]))
            if message.get("method") == "Log.entryAdded" and message["params"]["entry"]["level"] == "error":
                self.errors.append(message["params"]["entry"]["text"])
            if message.get("id") == number:
                if "navigated" in message.get("error", {}).get("message", ""):
                    # The page has gone on to the next one meanwhile, and nothing was asked.
                    return {"result": {}}
                assert "error" not in message, message
                return message["result"]

    def go(self, address: str) -> None:
        self.call("Page.navigate", url=address)
        self.until(lambda: self.ask("document.readyState") == "complete" and self.ask("location.href") == address)

    def ask(self, expression: str):
        return self.call("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def key(self, key: str, text: str = "") -> None:
        code = {"Enter": 13, "Escape": 27}.get(key, 0)
        common = {"key": key, "windowsVirtualKeyCode": code}
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **common)
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def type(self, text: str) -> None:
        self.ask("document.getElementById('q').focus(), document.getElementById('q').select()")
        self.call("Input.insertText", text=text)

    def badge(self):
        return self.ask("document.querySelector('#answer[aria-busy=false] h2 .badge')?.textContent")

    def close(self) -> None:
        self.socket.close()
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@pytest.fixture
def tab(tmp_path):
    tab = Tab(tmp_path / "browser")
    yield tab
    tab.close()


def test_every_form_typed_into_the_box_gives_its_reading(server, tab, forms):
    tab.go(server.url + "/")
    assert tab.ask("document.documentElement.dataset.script") == "ready"
    for name, text in forms.items():
        tab.type(text)
        tab.until(lambda: tab.badge() == name and text in tab.ask("document.querySelector('.drawing').dataset.copy"))
    tab.type("hello world")
    tab.until(lambda: tab.badge() == "Not an id")
    tab.key("Escape")
    tab.until(lambda: "Any form works" in tab.ask("document.getElementById('answer').textContent"))
    assert tab.errors == []
    assert {address.split("/")[2] for address in tab.requests if not address.startswith("about:")} == {server.url.split("/")[2]}


def test_the_same_without_javascript(server, tab, forms):
    tab.call("Emulation.setScriptExecutionDisabled", value=True)
    tab.go(server.url + "/")
    for name, text in forms.items():
        tab.type(text)
        tab.key("Enter", "\r")
        tab.until(lambda: tab.ask("document.readyState") == "complete" and tab.badge() == name)
        assert tab.ask("document.getElementById('q').value") == text
    assert tab.ask("document.documentElement.dataset.script") is None


def test_a_known_id_can_be_walked_and_zoomed(fresh, tab):
    server = fresh
    thread = "thread_01m7wqt1fbff4sq3bgc5bhn9e0"
    run = "run_01m7wqt1fbff4sq3bgc5bhn9e0_01m7wqt1fcff4sq3cdmzk4w7rt"
    test = "test_01m7wqt1fdff4sq3cdmzk4w7rt"
    links = [{"relation": "thread", "to": thread}]
    references = [
        {"id": thread, "system": "netra"},
        {"id": run, "system": "netra", "links": links, "metadata": {"text": "<script>document.title='evil'</script>"}},
        {"id": test, "system": "crackerjack"},
    ]
    server.post("/v1/register/batch", {"references": references})
    tab.go(f"{server.url}/id/{run}")
    assert tab.ask("document.querySelectorAll('.timeline .lane').length") == 2
    assert tab.ask("document.querySelector('ol.thread [aria-current] a').textContent") == run
    # On a telephone its words can still be read, and nothing is cut off.
    tab.call("Emulation.setDeviceMetricsOverride", width=390, height=800, deviceScaleFactor=1, mobile=False)
    heights = "[...document.querySelectorAll('.timeline text')].map(text => text.getBoundingClientRect().height)"
    assert tab.ask(f"Math.min(...{heights})") >= 8
    assert tab.ask("document.documentElement.scrollWidth") <= 390
    tab.call("Emulation.clearDeviceMetricsOverride")
    tab.key("+", "+")
    tab.until(lambda: tab.ask("location.search") == "?window=15000")
    assert tab.until(lambda: tab.ask("document.querySelector('.timeline').dataset.window") == "15000")
    tab.ask(f"document.querySelector('.timeline a[href^=\"/id/{test}\"]').dispatchEvent(new MouseEvent('click', {{bubbles: true, cancelable: true}}))")
    tab.until(lambda: tab.ask("location.pathname") == f"/id/{test}" and tab.ask("document.getElementById('q').value") == test)
    tab.ask("history.back()")
    tab.until(lambda: tab.ask("document.getElementById('q').value") == run and "Belongs together" in tab.ask("document.body.textContent"))
    tab.key("/", "/")
    assert tab.ask("document.activeElement.id") == "q"
    assert "evil" not in tab.ask("document.title")
    assert tab.errors == []


def test_a_server_that_is_gone_is_said(tmp_path, tmp_path_factory):
    from conftest import Server

    server = Server(tmp_path_factory.mktemp("gone"))
    tab = Tab(tmp_path / "browser")
    try:
        tab.go(server.url + "/")
        server.stop()
        tab.type("run_user123_a1b2c3d4")
        tab.until(lambda: "No answer" in (tab.ask("document.getElementById('answer').textContent") or ""))
    finally:
        server.process.kill()
        tab.close()
