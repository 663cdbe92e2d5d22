"""The client of the registry: against a registry within the process, and against services that fail in every way."""

from __future__ import annotations

import contextlib
import doctest
import http.server
import json
import logging
import os
import pickle
import signal
import socket
import subprocess
import sys
import sysconfig
import threading
import time
import tomllib
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from unified_id import RunId, SessionId, ThreadId, UserId, WorkflowId, _native, registry
from unified_id.registry import Client, Counts, RegistryError

Answer = tuple[int, dict[str, str], bytes]


class Service:
    """A service on the loopback interface whose answers a test decides; without that it is the embedded registry."""

    def __init__(self) -> None:
        self.registry = _native.Registry(None, "default")
        self.answers: list[Callable[[], Answer | None]] = []
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None: ...

            def do_GET(self) -> None:
                self.answer(b"")

            def do_POST(self) -> None:
                self.answer(self.rfile.read(int(self.headers["Content-Length"])))

            def answer(self, body: bytes) -> None:
                service.requests.append((self.path, dict(self.headers), body))
                decided = service.answers.pop(0)() if service.answers else None
                status, headers, text = decided or service.honest(self.path, body)
                self.send_response(status)
                for name, value in {"Content-Length": str(len(text)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                with contextlib.suppress(OSError):
                    self.wfile.write(text)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def honest(self, path: str, body: bytes) -> Answer:
        parts = urllib.parse.urlsplit(path)
        what, given = parts.path.removeprefix("/v1/"), dict(urllib.parse.parse_qsl(parts.query))
        try:
            if what == "register/batch":
                results = self.registry.register_batch("w", json.dumps(json.loads(body)["references"]))
                return 200, {}, f'{{"results":{results}}}'.encode()
            numbers = {name: int(given[name]) if name in given else None for name in ("window_ms", "limit")}
            found = {
                "resolve": lambda: self.registry.resolve(given["id"]),
                "trace": lambda: self.registry.trace(given["id"], **numbers),
                "related": lambda: self.registry.related(given["id"], **numbers, system=given.get("system"), kind=given.get("kind"), cursor=given.get("cursor")),
                "find": lambda: self.registry.find(given.get("system"), given.get("kind"), numbers["limit"], given.get("cursor"), given.get("newest_first") == "true"),
                "stats": self.registry.stats,
            }[what]()
        except ValueError as error:
            return 400, {}, json.dumps({"code": "bad_request", "detail": str(error)}).encode()
        except RegistryError as error:
            return 400, {}, json.dumps({"code": error.code, "detail": str(error), "help": error.help}).encode()
        return (200, {}, found.encode()) if found else (404, {}, b'{"code": "not_registered"}')


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()
    yield made
    made.server.shutdown()
    made.server.server_close()


def client_of(service: Service, **options: Any) -> Client:
    return Client(service.url, system="mahavishnu", **({"timeout_s": 2.0} | options))


class Serve:
    """`unified-id serve`, with a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = 0
        self.start()

    def start(self) -> None:
        program = Path(sysconfig.get_path("scripts"), "unified-id")
        command = [str(program), "serve", "--port", str(self.port), "--data", str(self.folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().split()[0]
        self.port = urllib.parse.urlsplit(self.url).port or 0
        self.token = tomllib.loads((self.folder / "tokens.toml").read_text())["token"][0]["token"]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)
        if self.process.stdout is not None:
            self.process.stdout.close()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    made = Serve(tmp_path / "data")
    yield made
    made.stop()


@pytest.fixture(params=["embedded", "http", "serve"])
def client(request: pytest.FixtureRequest) -> Iterator[Client]:
    if request.param == "embedded":
        made = Client.embedded(system="mahavishnu")
    elif request.param == "serve":
        real = request.getfixturevalue("serve")
        made = Client(real.url, system="mahavishnu", token=real.token)
    else:
        made = client_of(request.getfixturevalue("service"))
    with made:
        yield made


def test_the_example() -> None:
    assert doctest.testmod(registry).failed == 0


def test_what_is_registered_is_found_in_every_form(client: Client) -> None:
    workflow, thread, session = WorkflowId.new(), ThreadId.new(), SessionId.new()
    run, other = RunId.new(thread), WorkflowId.new()
    assert client.register(workflow, metadata={"name": "nightly", "n": [1, None]}, aliases=["run_user_session_1_ef123456"], links={"thread": thread, "session": [session]})
    assert client.register(run, kind="run", links={"parent": workflow}, system="crackerjack")
    assert client.register(other) and client.flush()
    assert client.counts == Counts(registered=3)
    for form, found_by in ((workflow, "id"), (workflow.core.upper(), "core"), (workflow.uuid, "core"), ("run_user_session_1_ef123456", "alias")):
        found = client.resolve(form)
        assert found is not None and found["found_by"] == found_by, form
        entry = found["entry"]
        assert entry["id"] == workflow and entry["metadata"] == {"name": "nightly", "n": [1, None]} and entry["timestamp_ms"] == workflow.timestamp_ms
        assert (entry["system"], entry["kind"], entry["state"], "reason" in entry) == ("mahavishnu", "workflow", "live", False)
    trace = client.trace(workflow, window_ms=60_000)
    assert trace is not None and trace["aliases"] == ["run_user_session_1_ef123456"]
    assert {(link["relation"], link["direction"], link["id"]) for link in trace["links"]} == {("thread", "to", thread), ("session", "to", session), ("child", "from", run)}
    assert [link["entry"] and link["entry"]["system"] for link in trace["links"] if link["id"] == run] == ["crackerjack"]
    neighbours = {group["system"]: [entry["id"] for entry in group["entries"]] for group in trace["neighbours"]}
    assert neighbours == {"mahavishnu": [other], "crackerjack": [run]} and not trace["neighbours_cut"]
    assert {entry["id"] for entry in client.related(workflow)["entries"]} == {run, other}
    first = client.find(kind="workflow", limit=1)
    rest = client.find(kind="workflow", limit=1, cursor=first["next"])
    assert [entry["id"] for page in (first, rest) for entry in page["entries"]] == [workflow, other]
    assert client.find(kind="workflow", newest_first=True)["entries"][0]["id"] == other
    assert client.stats()["by_system"] == {"crackerjack": 1, "mahavishnu": 2}


def test_what_is_refused(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    user = UserId.new()
    for reference in ({"id": user}, {"id": user}, {"id": user, "system": "akosha"}, {"id": "no id"}, {"id": user, "links": {"cousin": user}}, {"id": ThreadId.new()}):
        assert client.register(**reference)  # type: ignore[arg-type]
    assert client.flush() and client.counts == Counts(registered=3, refused=3)
    assert "(conflict)" in caplog.text and "(unparsable)" in caplog.text
    # The service reads the words of relations before anything else.
    assert "(name)" in caplog.text or "(bad_request)" in caplog.text
    assert client.resolve(UserId.new()) is None and client.trace(UserId.new()) is None
    for call in (client.resolve, client.trace, client.related):
        with pytest.raises(RegistryError) as caught:
            call("no id")
        assert caught.value.code == "unparsable" and caught.value.help
        assert vars(pickle.loads(pickle.dumps(caught.value))) == vars(caught.value)
    with pytest.raises(RegistryError, match="cursor"):
        client.find(cursor="x")


def test_registering_never_raises(client: Client) -> None:
    class Hostile:
        def __str__(self) -> str:
            raise RuntimeError("no text")

    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    itself: dict[str, Any] = {}
    itself["itself"] = itself
    wrong = [{"a": object()}, {"a": float("nan")}, {"a": deep}, itself, {"a": "\ud800"}]
    taken = [client.register(UserId.new(), metadata=metadata) for metadata in wrong]
    taken += [client.register(Hostile()), client.register(UserId.new(), links=5), client.register(None)]  # type: ignore[arg-type]
    assert client.flush() and client.counts.refused == len(wrong) + 3 and client.counts.registered == 0 and taken.count(True) <= 2
    assert client.register(UserId.new()) and client.flush() and client.counts.registered == 1


def test_a_folder_keeps_what_was_registered(tmp_path: Path) -> None:
    user = UserId.new()
    with Client.embedded(tmp_path, system="auth") as client:
        assert client.register(user) and client.flush()
        with pytest.raises(RegistryError) as caught:
            Client.embedded(tmp_path, system="other")
        assert caught.value.code == "locked"
    del client
    with Client.embedded(tmp_path, system="auth") as client:
        assert client.resolve(user) is not None
    with pytest.raises(RegistryError, match="closed"):
        client.resolve(user)
    assert client.register(user) is False and client.counts.dropped == 1
    client.close()


def test_a_service_that_is_away_costs_the_application_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # Bound and not listening: every connection is refused.
        client = Client(f"http://127.0.0.1:{nobody.getsockname()[1]}", system="s", queue=100)
        start = time.perf_counter()
        taken = [client.register(UserId.new()) for _ in range(5000)]
        assert time.perf_counter() - start < 2.0 and taken.count(True) == 100
        start = time.perf_counter()
        assert client.flush(timeout_s=0.3) is False and time.perf_counter() - start < 1.5
        with pytest.raises(RegistryError) as caught:
            client.resolve(UserId.new())
        assert caught.value.code == "unreachable" and "unified-id serve" in caught.value.help
        client.close(timeout_s=0.1)
        counts = client.counts
        assert (counts.dropped, counts.waiting, counts.registered) == (5000, 0, 0) and counts.retries >= 1
    # Each sort of trouble is said once.
    assert len([record for record in caplog.records if record.levelno == logging.WARNING]) == 2


@pytest.mark.parametrize(
    "failure",
    [
        (500, {}, b""), (503, {"Retry-After": "0"}, b'{"code": "closed"}'), (429, {"Retry-After": "x"}, b"{}"), (401, {}, b'{"code": "unauthorized"}'), (408, {}, b"[]"),
        (200, {}, b"not json"), (200, {}, b'{"results": []}'), (200, {}, b"[]"), (200, {"Content-Length": "1000"}, b"{"), (302, {"Location": "http://127.0.0.1:9/"}, b""),
    ],
)  # fmt: skip
def test_what_may_work_later_is_sent_again(service: Service, failure: Answer) -> None:
    service.answers = [lambda: failure] * 2
    with client_of(service, token="secret", timeout_s=0.5) as client:
        user = UserId.new()
        assert client.register(user) and client.flush(10)
        assert client.counts == Counts(registered=1, retries=2) and client.resolve(user) is not None
    assert all(headers["Authorization"] == "Bearer secret" for _, headers, _ in service.requests)


def test_a_slow_service_is_not_waited_for(service: Service) -> None:
    service.answers = [lambda: time.sleep(1.5)]
    with client_of(service, timeout_s=0.2) as client:
        start = time.perf_counter()
        assert client.register(UserId.new()) and time.perf_counter() - start < 0.2
        assert client.flush(10) and client.counts.registered == 1 and client.counts.retries >= 1


def test_a_batch_that_is_refused_as_a_whole_is_sent_in_halves(service: Service) -> None:
    ids = [UserId.new() for _ in range(8)]

    def too_large() -> Answer | None:
        body = service.requests[-1][2].decode()
        service.answers.append(too_large)
        return (413, {}, b'{"code": "body", "detail": "too long"}') if ids[5] in body else None

    service.answers = [lambda: (time.sleep(0.3), None)[1], too_large]
    with client_of(service) as client:
        client.register(UserId.new())  # While this one is on the way, the others become one batch.
        time.sleep(0.1)
        assert all(client.register(id_) for id_ in ids) and client.flush(10)
        assert client.counts == Counts(registered=8, refused=1)
        service.answers.clear()
        assert client.resolve(ids[4]) is not None and client.resolve(ids[5]) is None


def test_what_breaks_the_service_every_time_does_not_hold_up_the_rest(service: Service) -> None:
    poison = UserId.new()

    def broken() -> Answer | None:
        service.answers.append(broken)
        return (500, {}, b"") if poison.encode() in service.requests[-1][2] else None

    service.answers = [lambda: (time.sleep(0.3), None)[1], broken]
    with client_of(service) as client:
        client.register(UserId.new())
        time.sleep(0.1)
        assert all(client.register(id_) for id_ in (poison, UserId.new())) and client.flush(30)
        assert client.counts == Counts(registered=2, refused=1, retries=8)
        service.answers.clear()


def test_many_threads(service: Service) -> None:
    with client_of(service, batch=100) as client:
        threads = [threading.Thread(target=lambda: [client.register(UserId.new()) for _ in range(200)]) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert client.flush(30) and client.counts == Counts(registered=1600)
    assert len(service.requests) < 1600


def test_a_signal_handler_may_register(service: Service) -> None:
    with client_of(service) as client:
        before = signal.signal(signal.SIGALRM, lambda *_: client.register(UserId.new()))
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
            for _ in range(2000):
                client.register(UserId.new())
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        assert client.flush(30) and client.counts.registered >= 2000


def test_a_forked_child_sends_its_own_and_not_its_parents(service: Service) -> None:
    service.answers = [lambda: (time.sleep(0.5), None)[1]]
    mine, child = [UserId.new() for _ in range(50)], UserId.new()
    with client_of(service) as client, Client.embedded(system="s") as embedded:
        embedded.register(UserId.new())
        assert embedded.flush()
        for user in mine:
            client.register(user)
        with client._changed:  # Held by a thread that the child does not have.
            pid = os.fork()
        if pid == 0:
            code = 1
            with contextlib.suppress(BaseException):
                embedded.register(child)
                embedded.flush(1)
                is_right = client.counts == Counts() and client.register(child) and client.flush(10)
                code = 0 if is_right and client.counts == Counts(registered=1) and embedded.counts.registered == 0 else 2
            os._exit(code)
        _, status = os.waitpid(pid, 0)
        assert os.waitstatus_to_exitcode(status) == 0
        assert client.flush(10) and client.counts.registered == 50 and client.resolve(child) is not None
    sent = b"".join(body for _, _, body in service.requests)
    assert all(sent.count(user.encode()) == 1 for user in mine)


def test_what_waits_is_sent_when_the_program_ends(service: Service) -> None:
    code = f"""if True:
        from unified_id import UserId
        from unified_id.registry import Client
        client = Client({service.url!r}, system="s")
        embedded = Client.embedded(system="s")
        for _ in range(300):
            client.register(UserId.new())
            embedded.register(UserId.new())
    """
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, timeout=60)
    assert json.loads(service.registry.stats())["live"] == 300 and time.perf_counter() - start < 30
    code = code.replace(service.url, "http://127.0.0.1:9")
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, timeout=30)


def test_a_child_with_an_embedded_registry_ends(tmp_path: Path) -> None:
    code = f"""if True:
        import os
        from unified_id import UserId
        from unified_id.registry import Client
        client = Client.embedded({str(tmp_path)!r}, system="s")
        assert client.register(UserId.new()) and client.flush()
        if os.fork() == 0:
            del client
            raise SystemExit
        assert os.waitstatus_to_exitcode(os.wait()[1]) == 0
        assert client.register(UserId.new()) and client.flush() and client.counts.registered == 2
    """
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, timeout=60)


def test_wrong_settings() -> None:
    for url in ("ftp://x", "localhost:8681", "", "http://"):
        with pytest.raises(ValueError):
            Client(url, system="s")
    for options in ({"queue": 0}, {"batch": 0}, {"batch": 1001}):
        with pytest.raises(ValueError):
            Client(system="s", **options)  # type: ignore[arg-type]
    with pytest.raises(ValueError):
        Client.embedded(system="s", tenant="")


def test_the_token_comes_from_the_environment(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(registry.TOKEN_VARIABLE, "of the environment")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with client_of(service) as client:
        client.stats()
    assert service.requests[0][1]["Authorization"] == "Bearer of the environment"


def test_a_real_service_that_stops_and_starts_again(serve: Serve) -> None:
    """The service's own answers have the fields that are declared, and what was registered meanwhile arrives."""
    with Client(serve.url, system="mahavishnu", token=serve.token, timeout_s=2.0) as client:
        workflow = WorkflowId.new()
        assert client.register(workflow, metadata={"a": 1}, links={"thread": ThreadId.new()}) and client.flush(10)
        found, trace = client.resolve(workflow), client.trace(workflow)
        assert found is not None and trace is not None
        with Client.embedded(system="mahavishnu") as embedded:
            embedded.register(workflow, metadata={"a": 1}, links={"thread": ThreadId.new()})
            assert embedded.flush()
            of_embedded = embedded.trace(workflow)
        assert of_embedded is not None and shape(of_embedded) == shape(trace) and trace["entry"] == found["entry"]
        assert set(found["entry"]) == set(registry.Entry.__annotations__) - {"reason"} and set(trace) == set(registry.Trace.__annotations__)
        serve.stop()
        with Client.embedded(serve.folder, system="mahavishnu") as embedded:
            assert embedded.resolve(workflow) == found
        meanwhile = [WorkflowId.new() for _ in range(50)]
        assert all(client.register(id_) for id_ in meanwhile) and client.flush(0.3) is False
        serve.start()
        assert client.flush(30) and client.counts.registered == 51 and client.counts.dropped == 0
        assert client.resolve(meanwhile[-1]) is not None and client.stats()["live"] == 51
    with Client(serve.url, system="s", token="wrong", timeout_s=2.0) as client:
        assert client.register(WorkflowId.new()) and client.flush(0.5) is False and client.counts.retries >= 1


def shape(value: Any) -> Any:
    """Return the names and types within a value of JSON."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(inner) for inner in value[:1]]
    return type(value).__name__
