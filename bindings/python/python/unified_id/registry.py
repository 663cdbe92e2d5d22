"""The registry: what an id is, who made it, what belongs to it.

``Client`` registers in the background, and asks at once: a service over HTTP, or a registry within this process.

>>> from unified_id import ThreadId, WorkflowId
>>> from unified_id.registry import Client
>>> registry = Client.embedded(system="mahavishnu")
>>> workflow, thread = WorkflowId.new(), ThreadId.new()
>>> registry.register(workflow, metadata={"name": "nightly"}, links={"thread": thread})
True
>>> registry.flush()
True
>>> registry.resolve(workflow.uuid)["entry"]["system"]
'mahavishnu'
>>> registry.close()

Registering never raises, never waits for the service, and never fills the memory: what does not fit into the queue is
counted as dropped. Next: ``_native.Registry`` (src/registry.rs) or the service's ``/openapi.json``.
"""

from __future__ import annotations

import atexit
import http.client
import json
import logging
import os
import random
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import weakref
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NotRequired, Protocol, TypedDict

from . import _native
from ._errors import RegistryError

__all__ = ["Client", "Counts", "Entry", "Found", "Page", "RegistryError", "Trace"]

logger = logging.getLogger(__name__)

DEFAULT_URL = "http://127.0.0.1:8681"
TOKEN_VARIABLE = "UNIFIED_ID_TOKEN"
"""The environment variable with the token, if none is given."""

_MAX_ANSWER_BYTES = 16 << 20
_FIRST_DELAY_S, _LAST_DELAY_S = 0.1, 30.0
_WARN_EVERY_S = 60.0
_MOST_ANSWERS = 5
"""How often a service may fail at the same batch before the batch is taken to be the reason."""


class Entry(TypedDict):
    """A registered id; times in Unix milliseconds."""

    id: str
    system: str
    kind: str
    timestamp_ms: int | None
    registered_at_ms: int
    registered_by: str
    state: str
    reason: NotRequired[str]
    metadata: dict[str, Any]


class Found(TypedDict):
    """What a text led to, and how: ``id``, ``core`` or ``alias``."""

    found_by: str
    entry: Entry


class Page(TypedDict):
    """Entries, and the cursor of the next page if there is one."""

    entries: list[Entry]
    next: str | None


class Trace(TypedDict):
    """All that is known around an id; lists that end in ``_cut`` are longer than what is shown."""

    found_by: str
    entry: Entry
    aliases: list[str]
    aliases_cut: bool
    links: list[dict[str, Any]]
    links_cut: bool
    window_ms: int
    neighbours: list[dict[str, Any]]
    neighbours_cut: bool


@dataclass(frozen=True)
class Counts:
    """What became of registrations so far."""

    waiting: int = 0
    """In the queue or on the way."""
    registered: int = 0
    """Acknowledged: they were new, or known as the same."""
    refused: int = 0
    """By the registry, for good: another owner, no id; or not JSON."""
    dropped: int = 0
    """Never sent: the queue was full, or the client closed before the service answered."""
    retries: int = 0
    """Attempts that failed and were made again."""


class _Transport(Protocol):
    def register(self, references: list[bytes]) -> list[dict[str, Any]]:
        """Register the JSON texts and return one result for each."""

    def ask(self, what: str, parameters: dict[str, Any]) -> Any:
        """Return the answer to a question, None if the id is not registered."""


class _Passing(Exception):
    """It may work later; an answer that comes again and again may be what this very batch does to the service."""

    def __init__(self, why: str, after_s: float = 0.0, *, is_answer: bool = False) -> None:
        super().__init__(why)
        self.after_s = after_s
        self.is_answer = is_answer


class Client:
    """Registers ids of one system, and looks ids up. Safe to share between threads, and usable in forked children."""

    def __init__(
        self,
        url: str = DEFAULT_URL,
        *,
        system: str,
        token: str | None = None,
        timeout_s: float = 5.0,
        queue: int = 10_000,
        batch: int = 500,
    ) -> None:
        self._begin(_Http(url, token, timeout_s), system, queue, batch)

    @classmethod
    def embedded(
        cls,
        folder: str | os.PathLike[str] | None = None,
        *,
        system: str,
        tenant: str = "local",
        queue: int = 10_000,
        batch: int = 500,
    ) -> Client:
        """Open a registry within this process: in a folder, or in memory if none is given.

        The folder is one that ``unified-id serve --data`` can serve another time; one process at a time has it, and a
        forked child has to open another one.
        """
        client = cls.__new__(cls)
        client._begin(_Embedded(folder, tenant, system), system, queue, batch)
        return client

    def _begin(self, transport: _Transport, system: str, queue: int, batch: int) -> None:
        if queue < 1 or not 1 <= batch <= 1000:
            raise ValueError(f"a queue holds 1 or more and a batch 1 to 1000, not {queue} and {batch}")
        self._transport: _Transport | None = transport
        self._system, self._most, self._batch = str(system), queue, batch
        self._is_closed = False
        self._warned: dict[str, float] = {}
        self._start_anew()
        _clients.add(self)

    def _start_anew(self) -> None:
        """Begin with an empty queue: at first, and in a forked child, whose parent sends what is in its own."""
        # Reentrant: a signal handler or a finalizer may register while this thread is about to.
        self._changed = threading.Condition(threading.RLock())
        self._waiting: deque[bytes] = deque()
        self._on_the_way = 0
        self._counts = Counts()
        self._is_hurried = False
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Registering.

    def register(
        self,
        id: object,
        *,
        kind: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        aliases: Iterable[object] = (),
        links: Mapping[str, object] | None = None,
        system: str | None = None,
    ) -> bool:
        """Put an id into the queue; False if it was dropped or cannot be written as JSON. Never raises.

        ``links`` has ids, or lists of them, by what they are to this one: ``parent``, ``child``, ``run``, ``thread``,
        ``session``, ``user``. The kind is what the text of the id says, if none is given.
        """
        try:
            reference: dict[str, Any] = {"id": str(id), "system": system or self._system}
            if kind is not None:
                reference["kind"] = str(kind)
            if metadata:
                reference["metadata"] = dict(metadata)
            if alias_list := [str(alias) for alias in aliases]:
                reference["aliases"] = alias_list
            if links:
                reference["links"] = [
                    {"relation": relation, "to": str(to)}
                    for relation, others in links.items()
                    for to in (others if isinstance(others, (list, tuple)) else (others,))
                ]
            # At once, so that what the caller changes later is not registered. Half a surrogate pair is no text.
            text = json.dumps(reference, allow_nan=False, ensure_ascii=False).encode()
        except Exception as error:  # Whatever `str` of a foreign object raises.
            self._count(refused=1)
            self._warn("not_json", "an id cannot be registered: %s", error)
            return False
        with self._changed:
            if self._is_closed or len(self._waiting) + self._on_the_way >= self._most:
                self._counts = replace(self._counts, dropped=self._counts.dropped + 1)
                is_taken = False
            else:
                self._waiting.append(text)
                is_taken = self._ensure_thread()
                self._changed.notify_all()
        if not is_taken:
            self._warn("full", "%d registrations were dropped so far", self._counts.dropped)
        return is_taken

    def _ensure_thread(self) -> bool:
        if self._thread is None:
            thread = threading.Thread(target=self._work, name="unified_id.registry", daemon=True)
            # Noted first: a signal handler that registers while it starts must not start another one.
            self._thread = thread
            try:
                thread.start()
            except RuntimeError:  # At the end of the interpreter, or without memory for a stack.
                self._thread = None
                self._waiting.pop()
                self._counts = replace(self._counts, dropped=self._counts.dropped + 1)
                return False
        return True

    def flush(self, timeout_s: float = 5.0) -> bool:
        """Wait until everything that is in the queue now has been answered; False if that takes longer."""
        with self._changed:
            self._is_hurried = True
            self._changed.notify_all()
            done = self._changed.wait_for(
                lambda: not self._waiting and not self._on_the_way, max(timeout_s, 0.0)
            )
            self._is_hurried = False
        return done

    def close(self, timeout_s: float = 5.0) -> None:
        """Flush, end the thread and close an embedded registry; what is left is dropped."""
        with self._changed:
            if self._is_closed:
                return
        self.flush(timeout_s)
        with self._changed:
            self._is_closed = True
            left = len(self._waiting)
            self._counts = replace(self._counts, dropped=self._counts.dropped + left)
            self._waiting.clear()
            self._changed.notify_all()
            thread, self._thread = self._thread, None
        if thread is not None and thread is not threading.current_thread():
            # It holds the registry; a service that does not answer is not waited for.
            thread.join(1.0)
        self._transport = None
        _clients.discard(self)

    @property
    def counts(self) -> Counts:
        """What became of registrations so far."""
        with self._changed:
            return replace(self._counts, waiting=len(self._waiting) + self._on_the_way)

    def _count(self, **more: int) -> None:
        with self._changed:
            counts = self._counts
            self._counts = replace(
                counts, **{name: getattr(counts, name) + by for name, by in more.items()}
            )

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._is_closed)
                transport = self._transport
                if self._is_closed or transport is None:
                    return
                batch = [
                    self._waiting.popleft() for _ in range(min(len(self._waiting), self._batch))
                ]
                self._on_the_way = len(batch)
            try:
                self._deliver(transport, batch)
            except Exception:  # An error in this module must not end registering for good.
                logger.exception("%d registrations were lost", len(batch))
                self._count(dropped=len(batch))
            with self._changed:
                self._on_the_way = 0
                self._changed.notify_all()

    def _deliver(self, transport: _Transport, batch: list[bytes]) -> None:
        """Send until there is an answer; a batch that is refused as a whole is sent in halves."""
        delay_s = _FIRST_DELAY_S
        answers = 0
        while True:
            try:
                try:
                    results = transport.register(batch)
                    break
                except _Passing as passing:
                    answers += passing.is_answer
                    if answers < _MOST_ANSWERS:
                        raise
                    # Nothing behind it would ever be sent.
                    raise RegistryError(str(passing), code="failed") from passing
            except _Passing as passing:
                self._count(retries=1)
                self._warn("later", "the registry does not answer, trying again: %s", passing)
                with self._changed:
                    pause_s = max(delay_s * random.uniform(0.5, 1.0), passing.after_s)
                    self._changed.wait_for(lambda: self._is_closed or self._is_hurried, pause_s)
                    if self._is_closed:
                        self._counts = replace(
                            self._counts, dropped=self._counts.dropped + len(batch)
                        )
                        return
                if self._is_hurried:
                    time.sleep(_FIRST_DELAY_S)
                delay_s = min(delay_s * 2, _LAST_DELAY_S)
            except RegistryError as error:
                if len(batch) > 1:
                    half = len(batch) // 2
                    self._deliver(transport, batch[:half])
                    self._deliver(transport, batch[half:])
                    return
                results = [{"problem": {"code": error.code, "detail": str(error)}}]
                break
        refused = [result["problem"] for result in results if "problem" in result]
        self._count(registered=len(results) - len(refused), refused=len(refused))
        for problem in refused:
            code, detail = problem.get("code", "refused"), problem.get("detail", "")
            self._warn(code, "a registration was refused (%s): %s", code, detail)

    def _warn(self, sort: str, message: str, *arguments: object) -> None:
        """Log a warning, but each sort once a minute: a service that is away must not fill a log."""
        now = time.monotonic()
        if now - self._warned.get(sort, -_WARN_EVERY_S) >= _WARN_EVERY_S:
            self._warned[sort] = now
            logger.warning(message, *arguments)

    # Asking.

    def resolve(self, id: object) -> Found | None:
        """Return what a text in any form leads to; None if nobody registered it. Raises RegistryError."""
        found: Found | None = self._ask("resolve", id=str(id))
        return found

    def trace(
        self, id: object, *, window_ms: int | None = None, limit: int | None = None
    ) -> Trace | None:
        """Return all that is known around an id: aliases, links, neighbours in time by system."""
        found: Trace | None = self._ask("trace", id=str(id), window_ms=window_ms, limit=limit)
        return found

    def related(
        self,
        id: object,
        *,
        window_ms: int | None = None,
        system: str | None = None,
        kind: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page:
        """Return ids that were made around the time of an id, without itself."""
        page: Page = self._ask(
            "related",
            id=str(id),
            window_ms=window_ms,
            system=system,
            kind=kind,
            limit=limit,
            cursor=cursor,
        )
        return page

    def find(
        self,
        *,
        system: str | None = None,
        kind: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        newest_first: bool = False,
    ) -> Page:
        """Return ids by system, kind or both."""
        page: Page = self._ask(
            "find", system=system, kind=kind, limit=limit, cursor=cursor, newest_first=newest_first
        )
        return page

    def stats(self) -> dict[str, Any]:
        """Return how many ids there are, by system and kind."""
        stats: dict[str, Any] = self._ask("stats")
        return stats

    def _ask(self, what: str, **parameters: Any) -> Any:
        transport = self._transport
        if transport is None:
            raise RegistryError("the client is closed", code="closed", help="make a new one")
        return transport.ask(what, parameters)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows nothing: a token goes to the address that was given, and to no other."""

    def redirect_request(self, *_: Any) -> None:
        return None


class _Http:
    """The service."""

    def __init__(self, url: str, token: str | None, timeout_s: float) -> None:
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"the address of a registry is as {DEFAULT_URL}, not {url!r}")
        self._url = url.rstrip("/")
        self._token = token if token is not None else os.environ.get(TOKEN_VARIABLE)
        self._timeout_s = timeout_s
        # What is on this machine is not asked through a proxy.
        is_local = parts.hostname in ("localhost", "127.0.0.1", "::1")
        proxies = [urllib.request.ProxyHandler({})] if is_local else []
        self._opener = urllib.request.build_opener(_NoRedirect(), *proxies)

    def register(self, references: list[bytes]) -> list[dict[str, Any]]:
        answer = self._send("/v1/register/batch", b'{"references":[%b]}' % b",".join(references))
        results = answer.get("results") if isinstance(answer, dict) else None
        if not isinstance(results, list) or len(results) != len(references):
            raise _Passing("the answer has not one result for each registration", is_answer=True)
        return results

    def ask(self, what: str, parameters: dict[str, Any]) -> Any:
        given = {
            name: str(value).lower() if isinstance(value, bool) else value
            for name, value in parameters.items()
            if value is not None
        }
        try:
            return self._send(f"/v1/{what}?{urllib.parse.urlencode(given)}", None)
        except _Passing as passing:
            raise RegistryError(
                f"the registry at {self._url} does not answer: {passing}",
                code="unreachable",
                help="start the service with `unified-id serve`, or check the address",
            ) from passing
        except RegistryError as error:
            if error.code in ("not_registered", "unknown_id"):
                return None
            raise

    def _send(self, path: str, body: bytes | None) -> Any:
        headers = {"Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        request = urllib.request.Request(self._url + path, data=body, headers=headers)
        try:
            with self._opener.open(request, timeout=self._timeout_s) as response:
                text = response.read(_MAX_ANSWER_BYTES + 1)
            if len(text) > _MAX_ANSWER_BYTES:
                raise _Passing("the answer is longer than 16 MiB", is_answer=True)
        except urllib.error.HTTPError as error:
            raise _problem(error) from None
        except (OSError, ValueError, http.client.HTTPException) as error:
            # Not reached, broken off, or too slow.
            raise _Passing(str(error) or type(error).__name__) from error
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise _Passing("the answer is not JSON", is_answer=True) from error


def _problem(error: urllib.error.HTTPError) -> Exception:
    """Return what an answer with an error status means: later, or never."""
    try:
        with error:
            problem = json.loads(error.read(1 << 16))
    except (OSError, ValueError):
        problem = {}
    if not isinstance(problem, dict):
        problem = {}
    said = str(problem.get("detail") or f"HTTP status {error.code}")
    # A token may be put right while the program runs; until then nothing is lost that fits into the queue.
    if error.code in (401, 403, 408, 429) or error.code >= 500 or error.code < 400:
        if error.code in (401, 403) and problem.get("code"):
            said = f"{problem['code']}: {said}"
        try:
            after_s = min(float(error.headers.get("Retry-After", 0)), _LAST_DELAY_S)
        except (TypeError, ValueError):
            after_s = 0.0
        return _Passing(said, after_s, is_answer=error.code == 500)
    return RegistryError(
        said, code=str(problem.get("code") or error.code), help=str(problem.get("help") or "")
    )


class _Embedded:
    """A registry within this process."""

    def __init__(
        self, folder: str | os.PathLike[str] | None, tenant: str, writer: str
    ) -> None:
        self._registry = _native.Registry(folder, tenant)
        self._writer = writer

    def register(self, references: list[bytes]) -> list[dict[str, Any]]:
        try:
            text = b"[%b]" % b",".join(references)
            answer = self._registry.register_batch(self._writer, text.decode())
        except RegistryError as error:
            if error.code == "busy":
                raise _Passing(str(error)) from error
            raise
        except ValueError as error:
            raise RegistryError(str(error), code="bad_request") from error
        results: list[dict[str, Any]] = json.loads(answer)
        return results

    def ask(self, what: str, parameters: dict[str, Any]) -> Any:
        answer = getattr(self._registry, what)(**parameters)
        return None if answer is None else json.loads(answer)


_clients: weakref.WeakSet[Client] = weakref.WeakSet()


def _after_fork() -> None:
    for client in list(_clients):
        client._start_anew()


def _at_exit() -> None:
    for client in list(_clients):
        client.close(timeout_s=2.0)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
atexit.register(_at_exit)
