"""Typed ids: what is made, what is read, what is refused, and what other code does with them."""

from __future__ import annotations

import copy
import datetime
import gc
import inspect
import multiprocessing
import os
import pickle
import subprocess
import sys
import threading
import uuid
import weakref

import pytest
from hypothesis import given
from hypothesis import strategies as st

import unified_id
from unified_id import (
    Id,
    IdParseError,
    LegacyKey,
    MessageId,
    RunId,
    ThreadId,
    UnifiedId,
    UserId,
    WebsocketId,
    _native,
    parse_any,
    testing,
)


class OrderId(Id, prefix="order"):
    """A kind of an application."""


class LineId(Id, prefix="orderline", scope=OrderId):
    """A scoped kind of an application."""


ALL = [getattr(unified_id, f"{prefix.capitalize()}Id") for prefix, _, _ in _native.kinds()]


def make(cls: type[Id]) -> Id:
    return cls.new() if cls.scope_class is None else cls.new(make(cls.scope_class))


@pytest.mark.parametrize("cls", [*ALL, OrderId, LineId], ids=lambda cls: cls.prefix)
def test_every_class(cls: type[Id]) -> None:
    made = make(cls)
    assert type(made) is cls and isinstance(made, str) and made.kind == cls.prefix == cls.kind
    assert made.startswith(f"{cls.prefix}_") and made.endswith(made.core)
    assert cls.parse(str(made)) == made and cls(made) == made and type(cls(str(made))) is cls
    assert cls.parse(made) is made
    assert hash(made) == hash(str(made)) and made == str(made) and {made: 1}[str(made)] == 1
    assert repr(made) == f"{cls.__name__}('{made}')"
    for other in (copy.copy(made), copy.deepcopy(made), *(pickle.loads(pickle.dumps(made, n)) for n in range(2, 6))):
        assert other == made and type(other) is cls
    assert cls.from_bytes(made.bytes) == made and type(cls.from_bytes(made.bytes)) is cls
    assert len(made.bytes) == (16 if cls.scope_class is None else 32)
    scope = () if cls.scope_class is None else (made.scope,)
    assert cls.from_uuid(made.uuid, *scope) == cls.from_uuid(str(made.uuid), *scope) == made
    assert made.uuid.version == 7 and made.uuid.bytes == made.bytes[-16:]
    assert made.timestamp_ms is not None and made.datetime is not None
    assert abs(datetime.datetime.now(datetime.UTC) - made.datetime) < datetime.timedelta(minutes=1)
    for time in (made.timestamp_ms, made.datetime):
        assert cls.min_for(*scope, time) <= made <= cls.max_for(*scope, time)
    batch = cls.batch(*scope, 5000)
    assert len(batch) == 5000 and all(type(item) is cls for item in batch)
    assert made < batch[0] and batch == sorted(set(batch)) and cls.batch(*scope, 0) == []
    texts = cls.batch_texts(*scope, 10)
    assert batch[-1] < texts[0] and all(type(text) is str for text in texts)
    assert type(cls.new_text(*scope)) is str and cls.is_valid(cls.new_text(*scope))
    assert "/" in str(inspect.signature(cls.parse))
    assert cls[int].new(*scope) > made  # type: ignore[index]
    assert isinstance(make(cls[int].__origin__), cls)  # type: ignore[index]
    with pytest.raises(IdParseError) as caught:
        cls.parse("nonsense")
    assert caught.value.code == "wrong_kind" and caught.value.expected == f"{cls.prefix}_"
    for nothing in (None, 5, b"x", object()):
        assert not cls.is_valid(nothing)
        with pytest.raises(TypeError):
            cls.parse(nothing)  # type: ignore[arg-type]


def test_unified_id_makes_and_reads_every_kind() -> None:
    user, thread = UnifiedId.user(), UnifiedId.thread()
    scopes = {"thread": (thread,), "user": (user,), None: ()}
    for prefix, scope, _ in _native.kinds():
        made = getattr(UnifiedId, prefix)(*scopes[scope])
        assert made.kind == prefix and UnifiedId.parse(str(made)) == made
        assert type(Id.parse(str(made))) is type(made)
    context = UnifiedId.context(user)
    assert context.run.thread == context.thread and context.user is user
    assert pickle.loads(pickle.dumps(context)) == context


def test_a_run_gives_its_thread_back() -> None:
    thread = ThreadId.new()
    run = RunId.new(thread)
    assert run.thread == thread and type(run.thread) is ThreadId and run.thread_key == thread.core
    for spelling in (str(thread), thread.core.upper(), str(thread.uuid), thread.uuid.hex):
        assert RunId.new(spelling).thread == thread
    old = RunId.new("thread_user123_session456")
    assert old.startswith("run_user123_session456_") and old.thread == LegacyKey("user123_session456")
    assert type(old.thread) is LegacyKey and old.thread_key == "user123_session456"
    assert RunId.new(old.thread).thread == old.thread and old.bytes == old.encode()
    assert RunId.from_bytes(old.bytes) == old and pickle.loads(pickle.dumps(old)) == old
    assert RunId.parse(f"run_thread_user1_{thread.core.upper()}") == f"run_user1_{thread.core}"
    assert MessageId.new(old.thread).thread == old.thread
    user = UserId.new()
    assert WebsocketId.new(user).user == user and WebsocketId.new(user.core).user == user


@pytest.mark.parametrize(
    ("scope", "code"),
    [
        ("", "empty_thread"),
        ("thread_", "empty_thread"),
        ("alice@example.com", "invalid_scope"),
        ("01m7wqi1fbff4sq3bgc5bhn9e0", "mistyped_scope"),
        ("user_01m7wqt1fbff4sq3bgc5bhn9e0", "wrong_kind"),
        ("a_run_b", "invalid_scope"),
        ("x" * 1000, "invalid_scope"),
        ("\ud800", "not_utf8"),
    ],
)
def test_what_cannot_be_a_thread(scope: str, code: str) -> None:
    for make in (RunId.new, RunId.new_text, lambda scope: RunId.batch(scope, 3)):
        with pytest.raises(IdParseError) as caught:
            make(scope)
        assert caught.value.code == code


def test_wrong_calls() -> None:
    for call in (RunId.new, ThreadId.parse, lambda: ThreadId.new(1), lambda: RunId.batch(5), lambda: RunId.new(None), Id.new):
        with pytest.raises(TypeError):
            call()
    with pytest.raises(TypeError, match="scope"):
        ThreadId.from_uuid(uuid.UUID(int=7), "x")
    with pytest.raises(ValueError, match="zone"):
        ThreadId.min_for(datetime.datetime(2026, 1, 1))
    for bad in (-1, 1 << 48):
        with pytest.raises(ValueError):
            ThreadId.min_for(bad)
    with pytest.raises(ValueError, match="0 ids or more"):
        ThreadId.batch(-1)
    with pytest.raises(MemoryError):
        ThreadId.batch(sys.maxsize)


def test_kinds_of_ones_own() -> None:
    order = OrderId.new()
    line = LineId.new(order)
    assert line.scope == order and type(line.scope) is OrderId and LineId.new(order.core).scope == order
    assert parse_any(order).format == "typeid" and parse_any(order).canonical == order
    with pytest.raises(ValueError, match="one prefix, one kind"):
        type("Other", (Id,), {}, prefix="order")
    with pytest.raises(ValueError, match="one prefix, one kind"):
        type("MyRun", (Id,), {}, prefix="run")
    for bad in ("", "Order", "or_der", "order1", "\u00e4", "a" * 33):
        with pytest.raises(ValueError, match="lower-case"):
            type("Bad", (Id,), {}, prefix=bad)
    with pytest.raises(TypeError, match="scope itself"):
        type("Deep", (Id,), {}, prefix="deep", scope=RunId)
    with pytest.raises(TypeError, match="another|cannot have"):
        type("Both", (OrderId,), {}, prefix="both")
    derived = type("MyOrderId", (OrderId,), {})
    assert type(derived.new()) is derived and isinstance(derived.new(), OrderId)
    with pytest.raises(IdParseError) as caught:
        LineId.new(UserId.new())
    assert caught.value.code == "wrong_kind"


def test_errors_say_what_where_and_what_to_do() -> None:
    with pytest.raises(ValueError) as caught:
        ThreadId.parse("thread_01m7wqi1fbff4sq3bgc5bhn9e0")
    error = caught.value
    assert isinstance(error, IdParseError)
    assert (error.code, error.position, error.found) == ("lookalike", 13, "i")
    assert error.expected == "one of 0123456789abcdefghjkmnpqrstvwxyz"
    assert str(error).endswith("character `i` at byte 13 is not in the id alphabet")
    for other in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert vars(other) == vars(error) and str(other) == str(error)


@given(st.text())
def test_any_text_is_an_id_or_one_error(text: str) -> None:
    for read in (parse_any, ThreadId.parse, RunId.parse, OrderId.parse, Id.parse, RunId.new):
        try:
            read(text)
        except IdParseError as error:
            assert error.help and 0 <= error.position <= 512


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_any_bits_are_written_and_read(own: bytes, scope: bytes) -> None:
    thread = ThreadId.from_bytes(scope)
    run = RunId.from_bytes(scope + own)
    assert run.thread == thread and RunId.parse(str(run)) == run and run.bytes == scope + own
    assert thread.uuid.bytes == scope
    others = sorted([own, scope])
    assert sorted([ThreadId.from_bytes(own), thread]) == [ThreadId.from_bytes(item) for item in others]


def test_threads() -> None:
    made: list[list[str]] = []

    def work() -> None:
        thread = ThreadId.new()
        made.append([RunId.new(thread)[-26:] for _ in range(5000)])

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({core for cores in made for core in cores}) == 40_000
    assert all(cores == sorted(cores) for cores in made)


def _child(pipe: object) -> None:
    pipe.send([*ThreadId.batch_texts(50), *(str(ThreadId.new()) for _ in range(50))])  # type: ignore[attr-defined]


def test_four_forked_workers_make_400_ids() -> None:
    ThreadId.new()
    context = multiprocessing.get_context("fork")
    pipes, workers = [], []
    for _ in range(4):
        ours, theirs = context.Pipe()
        worker = context.Process(target=_child, args=(theirs,))
        worker.start()
        pipes.append(ours)
        workers.append(worker)
    made = [text for pipe in pipes for text in pipe.recv()]
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    assert len(made) == len(set(made)) == 400
    assert not set(made) & set(ThreadId.batch_texts(1000))
    assert len({text[-10:] for text in made}) == 400


def test_a_second_interpreter_is_refused_or_right() -> None:
    code = """if True:
        import sys
        try:
            import _interpreters as interpreters
        except ImportError:
            import _xxsubinterpreters as interpreters
        import unified_id
        unified_id.ThreadId.new()
        second = interpreters.create()
        code = '''if True:
            try:
                import unified_id
            except ImportError as error:
                assert "interpreter" in str(error), error
            else:
                thread = unified_id.ThreadId.new()
                assert unified_id.RunId.new(thread).thread == thread
        '''
        error = interpreters.run_string(second, f"import sys; sys.path[:] = {sys.path!r}\\n" + code)
        assert error is None, error
        interpreters.destroy(second)
        thread = unified_id.ThreadId.new()
        assert unified_id.RunId.new(thread).thread == thread
    """
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)


def test_deterministic() -> None:
    def make() -> list[str]:
        with testing.deterministic(seed=7, start=datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC), step_ms=10):
            return [*ThreadId.batch(3), RunId.new("x"), OrderId.new()]

    first = make()
    assert first == make() and len(set(first)) == 5
    assert [ThreadId(text).timestamp_ms for text in first[:3]] == [1767312000000 + 10 * n for n in range(3)]
    with testing.deterministic(1):
        inner = ThreadId.new()
        with testing.deterministic(2):
            assert ThreadId.new() != inner
    assert abs(ThreadId.new().timestamp_ms / 1000 - __import__("time").time()) < 60
    for wrong in ({"seed": -1}, {"step_ms": -1}, {"start": -1}):
        with pytest.raises(ValueError), testing.deterministic(**wrong):
            pass


@pytest.mark.unified_id(seed=3, start=1_700_000_000_000)
def test_the_fixture(deterministic_ids: None) -> None:
    assert ThreadId.new().timestamp_ms == 1_700_000_000_000


def test_frozen_time() -> None:
    import freezegun
    import time_machine

    start = datetime.datetime(2020, 5, 17, 12, tzinfo=datetime.UTC)
    for freeze in (freezegun.freeze_time(start), time_machine.travel(start, tick=False)):
        with freeze:
            assert ThreadId.new().datetime.year != 2020
            with testing.frozen_time():
                made = ThreadId.batch(1000)
                assert {item.datetime for item in made} == {start} and made == sorted(set(made))


def test_the_lists_of_the_stub_are_current() -> None:
    script = os.path.join(os.path.dirname(__file__), "..", "tools", "generate.py")
    subprocess.run([sys.executable, script, "--check"], check=True)


def test_an_object_that_its_class_did_not_make_is_no_scope() -> None:
    forged = str.__new__(ThreadId, "x")
    with pytest.raises(ValueError):
        RunId.new(forged)


def test_the_garbage_collector_looks_only_at_ids_that_can_refer_to_something() -> None:
    slotted = type("SlottedId", (Id,), {"__slots__": ()}, prefix="slotted")
    for made in (ThreadId.new(), ThreadId.parse(ThreadId.new_text()), *ThreadId.batch(3), RunId.new(ThreadId.new()), slotted.new()):
        assert not gc.is_tracked(made)
    assert not gc.is_tracked(pickle.loads(pickle.dumps(ThreadId.new())))
    order = OrderId.new()
    order.itself = order  # type: ignore[attr-defined]
    assert gc.is_tracked(order)
    alive = weakref.ref(order)
    del order
    gc.collect()
    assert alive() is None


def test_a_batch_while_somebody_holds_all_objects() -> None:
    held: list[object] = []
    gc.callbacks.append(lambda phase, info: held.extend(gc.get_objects(generation=0)))
    before = gc.get_threshold()
    gc.set_threshold(1)
    try:
        ids = OrderId.batch(200)
    finally:
        gc.set_threshold(*before)
        gc.callbacks.pop()
    assert held and len(set(ids)) == 200 and ids == sorted(ids)
