"""The stand-ins, as the test suites of the old systems treat them: patched clocks, private state, exact words."""

from __future__ import annotations

import datetime
import importlib.util
import inspect
import logging
import multiprocessing
import pickle
import re
import sqlite3
import sys
import threading
import time
import uuid
import warnings
from pathlib import Path
from unittest.mock import MagicMock, patch

import pytest

from unified_id import ThreadId, compat, parse_any
from unified_id.compat import (
    druva,
    netra_id_generation,
    netra_id_manager,
    netra_run_id_generator,
    netra_unified_id_manager,
    netra_unified_id_manager_v1,
    oneiric_ulid,
    oneiric_ulid_collision,
    oneiric_ulid_migration,
    oneiric_ulid_resolution,
    ulid_generator,
)

ULID = "01arz3ndektsv4rrffq69g5fav"
ULID_MS = 1469922850259
NAMES = [
    ("ulid_generator", "generate_ulid"),
    ("druva", "generate"),
    ("oneiric_ulid", "generate"),
    ("oneiric_ulid", "generate_config_id"),
    ("oneiric_ulid_collision", "generate_with_retry"),
]


@pytest.fixture(autouse=True)
def clean() -> None:
    oneiric_ulid_resolution._ulid_registry.clear()
    oneiric_ulid_collision._collision_count = 0
    oneiric_ulid_collision._collision_registry.clear()
    netra_id_generation.UnifiedIdGenerator._active_sessions.clear()
    netra_id_generation.reset_global_counter()


@pytest.mark.parametrize(("module", "function"), NAMES)
def test_ulids(module: str, function: str) -> None:
    generate = getattr(sys.modules[f"unified_id.compat.{module}"], function)
    made = [generate() for _ in range(10_000)]
    assert made == sorted(set(made))
    assert all(re.fullmatch("[0-7][0-9a-hjkmnp-tv-z]{25}", text) and type(text) is str for text in made)
    assert abs(druva.get_timestamp(made[-1]) - time.time() * 1000) < 5000
    assert ulid_generator.is_valid_ulid(made[0]) and druva.is_ulid(made[0])


@pytest.mark.parametrize(("module", "function"), NAMES)
def test_the_clock_of_ulids_is_time_time(module: str, function: str) -> None:
    name = f"unified_id.compat.{module}"
    generate = getattr(sys.modules[name], function)
    before = generate()
    for seconds in (1_600_000_000.123, 1_900_000_000.0, 1_600_000_000.5):
        with patch("time.time", return_value=seconds):
            made = [generate() for _ in range(100)]
        assert {druva.get_timestamp(text) for text in made} == {int(seconds * 1000)}
        assert made == sorted(set(made))
    # The module whose `generate` it calls.
    with patch(f"{name if hasattr(sys.modules[name], 'time') else 'unified_id.compat.druva'}.time") as clock:
        clock.time.return_value = 1_700_000_000.0
        assert druva.get_timestamp(generate()) == 1_700_000_000_000
        # A clock that goes back a little is ridden out.
        clock.time.side_effect = [1_700_000_000.5, 1_700_000_000.2, 1_699_999_999.0]
        made = [generate() for _ in range(3)]
        assert made == sorted(set(made))
    assert generate() > before and abs(druva.get_timestamp(generate()) - time.time() * 1000) < 5000


def test_ulids_of_threads_and_forked_workers_are_distinct() -> None:
    made: list[str] = []

    def work() -> None:
        made.extend([ulid_generator.generate_ulid() for _ in range(5000)])

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 40_000
    with multiprocessing.get_context("fork").Pool(4) as pool:
        parts = pool.map(_work, range(4))
    assert len({text for part in parts for text in part}) == 4 * 300


def test_a_forked_child_waits_for_no_thread_of_its_parent() -> None:
    manager = netra_unified_id_manager.get_id_manager()
    generator = netra_id_generation.UnifiedIdGenerator
    with manager._lock, generator._session_lock, netra_id_generation._global_counter_lock:
        # A thread of the parent that is in the middle of all three is this one; its child begins without it.
        with multiprocessing.get_context("fork").Pool(1) as pool:
            made = pool.apply_async(_make_each).get(timeout=60)
    assert len(made) == 3


def _make_each() -> list[str]:
    session = netra_id_generation.UnifiedIdGenerator.get_or_create_user_session("a")
    return [netra_unified_id_manager.generate_id("a"), session["run_id"], netra_unified_id_manager.generate_user_id()]


def _work(_: int) -> list[str]:
    of_both = [druva.generate() for _ in range(100)] + [netra_id_generation.generate_uuid_replacement() for _ in range(100)]
    return of_both + [netra_id_manager.IDManager.generate_run_id("t") for _ in range(100)]


@pytest.mark.parametrize(
    ("text", "lower", "any_case"),
    [
        (ULID, True, True),
        (ULID.upper(), False, True),
        ("z" * 26, False, False),
        ("8" + "0" * 25, False, False),
        ("7" + "z" * 25, True, True),
        (ULID[:-1], False, False),
        (ULID + "0", False, False),
        (ULID[:-1] + "i", False, False),
        (ULID[:-1] + "l", False, False),
        (ULID[:-1] + "o", False, False),
        (ULID[:-1] + "u", False, False),
        (ULID[:-1] + "\n", False, False),
        (ULID[:-1] + "\u0660", False, False),
        ("", False, False),
        (None, False, False),
        (5, False, False),
        (ULID.encode(), False, False),
    ],
)
def test_what_is_a_ulid(text: object, lower: bool, any_case: bool) -> None:
    assert ulid_generator.is_valid_ulid(text) is lower  # type: ignore[arg-type]
    for check in (druva.is_ulid, oneiric_ulid.is_ulid, oneiric_ulid.is_config_ulid):
        assert check(text) is any_case
    if isinstance(text, str):
        if any_case:
            assert druva.ULID(text) == text.lower() and str(druva.ULID(text)) == text.lower()
        else:
            with pytest.raises(ValueError):
                druva.ULID(text)
            with pytest.raises(ValueError, match=re.escape(f"Invalid config ULID: {text}")):
                oneiric_ulid.ConfigTraceability(text)


def test_the_class_ulid() -> None:
    made = oneiric_ulid.ULID(ULID)
    assert made.timestamp == ULID_MS and str(made) == ULID and repr(made) == f"ULID('{ULID}')"
    assert oneiric_ulid.ULID(made._bytes) == made == ULID == ULID and len(made._bytes) == 16
    assert hash(made) == hash(ULID) == hash(oneiric_ulid.ULID(ULID.upper())) and {made, ULID} == {ULID}
    assert made != "x" and made != 5 and oneiric_ulid.ULID() != oneiric_ulid.ULID()
    for wrong in (b"x", "x", 5, [1]):
        with pytest.raises(ValueError):
            oneiric_ulid.ULID(wrong)  # type: ignore[arg-type]
    assert oneiric_ulid.parse_config_ulid(made) is made and oneiric_ulid.extract_timestamp(ULID) == ULID_MS
    assert druva.is_legacy_oid("72057594037927936") and not druva.is_legacy_oid("x")
    assert not druva.is_legacy_oid(str(1 << 64)) and not druva.is_legacy_oid("007")


def test_traceability() -> None:
    metadata = {"a": 1}
    trace = oneiric_ulid.ConfigTraceability(ULID, "akosha", "update", metadata)
    metadata["a"] = trace.metadata["b"] = 2
    assert trace.metadata == {"a": 1}
    assert trace.to_dict() == {
        "config_id": ULID,
        "source": "akosha",
        "change_type": "update",
        "timestamp_ms": ULID_MS,
        "timestamp_seconds": ULID_MS / 1000,
        "metadata": {"a": 1},
    }
    assert trace.correlates_with(ULID) and not trace.correlates_with("nonsense")
    near, far = (_ulid_at(ULID_MS + ms) for ms in (999, 1000))
    assert trace.correlates_with(near) and not trace.correlates_with(far)
    default = oneiric_ulid.ConfigTraceability()
    assert (default.source, default.change_type, default.metadata) == ("oneiric", "unknown", {})


def _ulid_at(ms: int) -> str:
    return str(druva.ULID(ms.to_bytes(6, "big") + bytes(10)))


def test_ulids_in_settings() -> None:
    settings: dict[str, object] = {"a": ULID, "b": [ULID, ("x", {"c": ULID.upper()})], "d": 5}
    settings["itself"] = settings
    assert oneiric_ulid.detect_ulid_in_config(settings) == [ULID, ULID, ULID.upper()]
    deep: object = ULID
    for _ in range(20_000):
        deep = [deep]
    assert oneiric_ulid.detect_ulid_in_config(deep) == [ULID]


def test_collisions(caplog: pytest.LogCaptureFixture) -> None:
    collision = oneiric_ulid_collision
    error = collision.CollisionError("a", "b")
    assert str(error) == "ULID collision detected: b is new and in use already, as a"
    assert (error.existing_ulid, error.new_ulid) == ("a", "b")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    generate = MagicMock(side_effect=["x", "x", "y"])
    assert collision.generate_with_retry(3, "test", _generate_fn=generate, _existing_ulids={"x"}) == "y"
    assert generate.call_count == 3
    assert collision.get_collision_stats() == {"total_collisions": 2, "unique_ulids_involved": 1}
    assert collision._collision_registry == {"x": ["x", "x"]}
    with pytest.raises(collision.CollisionError):
        collision.generate_with_retry(2, _generate_fn=lambda: "x", _existing_ulids={"x"})
    assert collision._collision_count == 4 and "test: new id x" in caplog.text
    collision._collision_count = 0
    assert collision.get_collision_stats()["total_collisions"] == 0
    assert oneiric_ulid.generate_with_retry is collision.generate_with_retry
    with pytest.raises(ValueError):
        collision.generate_with_retry(0)


def test_resolution() -> None:
    resolution = oneiric_ulid_resolution
    first, near, far = (_ulid_at(ULID_MS + ms) for ms in (0, 60_000, 60_001))
    for ulid in (first, near, far):
        resolution.register_reference(ulid, "akosha", "entity", {"n": 1})
    resolution.register_reference("x" * 50, "other", "test")
    resolution.register_reference("nonsense", "other", "test")
    assert resolution.find_related_ulids(first) == [first, near]
    assert resolution.find_related_ulids(first, time_window_ms=10**9) == [first, near, far]
    assert resolution.find_related_ulids("nonsense") == ["nonsense"]
    assert resolution.find_related_ulids("unknown") == [] and resolution.resolve_ulid("unknown") is None
    resolution.register_reference(first, "mahavishnu", "workflow")
    assert resolution.resolve_ulid(first).system == "mahavishnu"
    assert [ref.ulid for ref in resolution.find_references_by_system("akosha")] == [near, far]
    trace = resolution.get_cross_system_trace(first)
    assert list(trace) == ["ulid", "source_system", "reference_type", "timestamp_ms", "registered_at", "metadata", "related_ulids", "related_count"]
    assert trace["timestamp_ms"] == ULID_MS and trace["related_count"] == 2
    assert resolution.get_cross_system_trace("?") == {"error": "ULID not found: no system has registered it", "ulid": "?"}
    assert resolution.get_registry_stats() == {
        "total_registrations": 5,
        "by_system": {"mahavishnu": 1, "akosha": 2, "other": 2},
        "by_reference_type": {"workflow": 1, "entity": 2, "test": 2},
    }
    assert resolution.export_registry()[near] == {
        "system": "akosha", "reference_type": "entity", "timestamp_ms": ULID_MS + 60_000, "metadata": {"n": 1},
    }  # fmt: skip
    assert len(resolution._ulid_registry) == 5


def test_migration() -> None:
    migration = oneiric_ulid_migration
    plan = migration.MigrationPlan("akosha", "uuid", 5)
    assert plan.migration_strategy == "expand-contract" and isinstance(plan.created_at, datetime.datetime)
    cases = {
        ULID: "ulid", str(uuid.UUID(int=5)): "uuid", str(uuid.UUID(int=11)).upper(): "uuid", "i" * 26: "oid",
        "a" * 36: "oid", uuid.UUID(int=5).hex: "custom", "": "custom", "z" * 26: "oid", str(uuid.UUID(int=5)) + "\n": "custom",
    }  # fmt: skip
    assert {text: migration.detect_id_type(text) for text in cases} == cases
    mapping = migration.generate_migration_map("t", "id", limit=100)
    assert list(mapping) == [str(n) for n in range(1, 101)] and len(set(mapping.values())) == 100
    sql = migration.create_expand_contract_migration("users", "id", "user_ulid")
    assert "ALTER TABLE users ADD COLUMN user_ulid TEXT;" in sql
    assert [index for index, line in enumerate(sql) if line and not line.startswith("--")] == [1, 4, 10] and len(sql) == 17
    database = sqlite3.connect(":memory:")
    database.create_function("generate_ulid", 0, druva.generate)
    database.executescript("CREATE TABLE users (id INTEGER, name TEXT); INSERT INTO users VALUES (1, 'a'), (2, 'b')")
    for line in sql:
        database.execute(line)
    made = [ulid for (ulid,) in database.execute("SELECT user_ulid FROM users")]
    assert len(set(made)) == 2 and all(map(druva.is_ulid, made))
    hostile = migration.create_expand_contract_migration('u"; DROP TABLE x; --', "id\n;", "n")
    assert all("\n" not in line or not line.startswith("--") for line in hostile)
    assert 'ALTER TABLE "Order" ADD COLUMN n TEXT;' in migration.create_expand_contract_migration("Order", "id", "n")
    assert 'ALTER TABLE "u""; DROP TABLE x; --" ADD COLUMN n TEXT;' in hostile
    assert migration.validate_migration_integrity(1000, 1000) is True
    with pytest.warns(UserWarning, match="fraction"):
        assert migration.validate_migration_integrity(1000, 990) is True
    with pytest.raises(ValueError, match="Migration integrity check failed: 1000 legacy records and 989"):
        migration.validate_migration_integrity(1000, 989)
    assert migration.estimate_migration_time(7200) == {
        "record_count": 7200, "estimated_seconds": 7.2, "estimated_minutes": 7.2 / 60, "estimated_hours": 7.2 / 60 / 60, "recommended_batch_size": 60_000,
    }  # fmt: skip


def test_workflow_models() -> None:
    import pydantic

    from unified_id.compat import mahavishnu_workflow_models as models

    run = models.WorkflowExecution(workflow_name="w", status="running")
    assert druva.is_ulid(run.execution_id) and run.duration_seconds() is None and not run.is_complete()
    assert run.start_time.tzinfo is datetime.UTC and (run.iterations, run.metadata, run.end_time) == (1, {}, None)
    for status in ("completed", "failed", "cancelled"):
        assert models.WorkflowExecution(workflow_name="w", status=status).is_complete()
    run.end_time = run.start_time + datetime.timedelta(seconds=90)
    assert run.duration_seconds() == 90
    for cls, field, rest in (
        (models.WorkflowExecution, "execution_id", {"workflow_name": "w", "status": "s"}),
        (models.PoolExecution, "execution_id", {"pool_id": "p", "operation": "o", "status": "s"}),
        (models.WorkflowCheckpoint, "checkpoint_id", {"workflow_execution_id": "x", "stage_name": "s", "status": "s"}),
    ):
        assert getattr(cls(**rest), field) != getattr(cls(**rest), field)
        with pytest.raises(pydantic.ValidationError, match=f"Invalid ULID format for {field}: nope"):
            cls(**{field: "nope"}, **rest)
    with pytest.raises(pydantic.ValidationError):
        models.WorkflowExecution(workflow_name="", status="s")
    with pytest.raises(pydantic.ValidationError):
        models.WorkflowExecution(workflow_name="w" * 101, status="s", iterations=0)
    with patch.object(models, "generate_config_id", return_value=ULID):
        assert models.WorkflowExecution(workflow_name="w", status="s").execution_id == ULID


def test_id_manager() -> None:
    manager = netra_id_manager.IDManager
    run = manager.generate_run_id("user_session-1")
    assert manager.RUN_ID_PATTERN.match(run) and manager.extract_thread_id(run) == "user_session-1"
    assert manager.validate_id_pair(run, "user_session-1") and not manager.validate_id_pair(run, "user_session")
    assert not manager.validate_run_id(run + "\n") and not manager.validate_thread_id("a\n")
    assert manager.parse_run_id("run_a_b_0123abcd") == ("a_b", "0123abcd") and manager.parse_run_id("x") is None
    with pytest.raises(TypeError):
        manager.parse_run_id(None)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="thread_id cannot be empty"):
        manager.generate_run_id("")
    with pytest.raises(ValueError, match="Invalid thread_id format"):
        manager.generate_run_id("a b")
    with pytest.raises(ValueError, match="Either run_id or thread_id must be provided"):
        manager.get_or_generate_run_id()
    with pytest.raises(ValueError, match="Invalid run_id format"):
        manager.get_or_generate_run_id("x")
    assert manager.get_or_generate_run_id(run) == run
    assert manager.extract_thread_id(manager.get_or_generate_run_id(thread_id="t")) == "t"
    pair = manager.create_test_ids()
    assert pair.thread_id == "test_thread" and pair == netra_id_manager.IDPair(pair.thread_id, pair.run_id)
    with pytest.raises(ValueError):
        netra_id_manager.IDPair("a", manager.generate_run_id("b"))
    with pytest.raises(AttributeError):
        pair.run_id = "x"  # type: ignore[misc]
    assert manager.extract_thread_id_with_fallback(None, None, "c") == "c"
    assert manager.extract_thread_id_with_fallback(run, "b", "c") == "user_session-1"
    assert len({manager.generate_run_id("t") for _ in range(200_000)}) == 200_000


def test_run_id_generator() -> None:
    module = netra_run_id_generator
    with patch("time.time", return_value=1_700_000_000.25):
        run = module.generate_run_id("thread_abc", context="x")
    assert re.fullmatch("thread_abc_run_1700000000250_[0-9a-f]{8}", run)
    assert module.extract_thread_id_from_run_id(run) == "abc"
    assert module.validate_run_id_format(run) and module.validate_run_id_format(run, "thread_abc")
    assert not module.validate_run_id_format(run, "ab") and not module.validate_run_id_format(run + "\n")
    assert (module.RUN_ID_PREFIX, module.RUN_ID_SEPARATOR, module.UNIQUE_ID_LENGTH) == ("thread_", "_run_", 8)
    for wrong in (None, "", 5, "thread__run_x", "thread_x_run_garbage", "run_x_0123abcd"):
        assert module.extract_thread_id_from_run_id(wrong) is None and module.is_legacy_run_id(wrong)  # type: ignore[arg-type]
    assert not module.is_legacy_run_id(run)
    assert module.extract_thread_id_from_run_id(module.migrate_legacy_run_id_to_standard("run_x_1", "t")) == "t"
    for thread, message in (
        ("", "thread_id cannot be empty or None"),
        (None, "thread_id cannot be empty or None"),
        (5, "must be string"),
        ("a_run_b", "cannot contain reserved sequence '_run_'"),
        ("thread_", "cannot be empty after removing prefix"),
    ):
        with pytest.raises(ValueError, match=re.escape(message)):
            module.generate_run_id(thread)  # type: ignore[arg-type]


def test_manager_v1() -> None:
    module, manager = netra_unified_id_manager_v1, netra_unified_id_manager_v1.UnifiedIDManager
    run = manager.generate_run_id("thread_thread_user_1")
    assert re.fullmatch(r"thread_user_1_run_\d{13}_[0-9a-f]{8}", run) and manager.extract_thread_id(run) == "user_1"
    for thread, message in (
        (None, "cannot be empty or None"),
        (5, "must be string"),
        ("a_run_b", "cannot contain reserved sequence"),
        ("thread_", "cannot be empty after removing prefix"),
        ("a b", "Invalid thread_id format"),
    ):
        with pytest.raises(ValueError, match=message):
            manager.generate_run_id(thread)  # type: ignore[arg-type]
    old = manager.parse_run_id("run_complex_user_session_123_b2c3d4e5")
    assert old == module.ParsedRunID("complex_user_session_123", None, "b2c3d4e5", module.IDFormat.LEGACY_IDMANAGER, "run_complex_user_session_123_b2c3d4e5")
    assert old.is_legacy() and manager.parse_run_id(old.to_canonical_format()).thread_id == old.thread_id
    assert manager.parse_run_id(run).to_canonical_format() == run == manager.migrate_to_canonical(run)
    assert manager.extract_thread_id(manager.migrate_to_canonical(old.original_run_id)) == old.thread_id
    for wrong in (None, 5, "", "x", "run_a_b", run + "\n", "thread_a_run_\u0661_0123abcd"):
        assert manager.parse_run_id(wrong) is None and manager.get_format_info(wrong) == {}  # type: ignore[arg-type]
        assert manager.migrate_to_canonical(wrong) is None  # type: ignore[arg-type]
    assert manager.validate_id_pair(run, "thread_user_1") and not manager.validate_id_pair(run, "user_2")
    assert not manager.validate_id_pair("thread__run_1_0123abcd", "")
    assert manager.get_format_info(run)["format_version"] == "canonical"
    assert list(manager.get_format_info(run)) == ["format_version", "thread_id", "has_timestamp", "timestamp", "uuid_suffix", "is_legacy", "original_run_id"]
    thread, of_test = manager.create_test_ids()
    assert thread == "test_session" and manager.validate_id_pair(of_test, thread)
    assert manager.extract_thread_id_with_fallback(None, "thread_x", "y") == "x"
    assert parse_any(manager.generate_thread_id()).kind == "thread"
    with pytest.warns(DeprecationWarning):
        assert module.extract_thread_id_from_run_id(module.generate_run_id("t", context="c")) == "t"


def test_manager() -> None:
    module = netra_unified_id_manager
    kind = module.IDType
    assert len(kind) == 11
    manager = module.UnifiedIDManager()
    made = manager.generate_id(kind.USER, "test", {"a": 1})
    assert re.fullmatch("test_user_1_[0-9a-f]{8}", made)
    assert manager._id_counters[kind.USER] == 1 and manager._active_ids[kind.USER] == {made}
    assert manager._id_registry[made].prefix == "test" and manager.get_id_metadata(made).context == {"a": 1}
    assert manager.is_valid_id(made) and manager.is_valid_id(made, kind.USER) and not manager.is_valid_id(made, kind.RUN if hasattr(kind, "RUN") else kind.AGENT)
    assert manager.register_existing_id("x", kind.AGENT) and not manager.register_existing_id("x", kind.AGENT)
    active = manager.get_active_ids(kind.USER)
    active.clear()
    assert manager.count_active_ids(kind.USER) == 1
    assert manager.release_id(made) and not manager.release_id("?") and manager.count_active_ids(kind.USER) == 0
    manager.get_id_metadata(made).context["released_at"] = time.time() - 7200
    assert manager.cleanup_released_ids(max_age_seconds=3600) == 1 and made not in manager._id_registry
    stats = manager.get_stats()
    assert stats["total_registered"] == 1 == stats["total_active"] and stats["counters_by_type"]["user"] == 1
    assert set(stats) == {"total_registered", "active_by_type", "counters_by_type", "total_active"}
    manager.reset_counters()
    assert manager.generate_id(kind.USER).startswith("user_1_")
    shared = {"user": "u"}
    one, other = (manager.generate_id(kind.REQUEST, context=shared) for _ in range(2))
    manager.release_id(one)
    assert shared == {"user": "u"} and manager.cleanup_released_ids(max_age_seconds=-1) == 1 and manager.is_valid_id(other)
    manager.clear_all()
    assert manager.get_stats()["total_registered"] == 0
    with patch("time.time", return_value=123.0):
        assert manager.get_id_metadata(manager.generate_id(kind.TOOL)).created_at == 123.0
    with patch.object(module, "logger") as logger:
        manager.reset_counters()
        logger.warning.assert_called_once()
    assert re.fullmatch("corpus_[0-9a-f]{8}", manager.generate_id("corpus")) and not manager.is_valid_id("corpus")
    with pytest.raises(TypeError):
        manager.generate_id(5)  # type: ignore[arg-type]
    ids: list[str] = []
    threads = [threading.Thread(target=lambda: ids.extend([manager.generate_id(kind.AGENT) for _ in range(500)])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(ids)) == 4000 == manager._id_counters[kind.AGENT]
    assert module.get_id_manager() is module.get_id_manager()
    assert module.generate_websocket_id().startswith("websocket_") and module.is_valid_id(module.generate_thread_id())


def test_runs_of_the_manager() -> None:
    module, manager = netra_unified_id_manager, netra_unified_id_manager.UnifiedIDManager
    required = [p for p in inspect.signature(manager.generate_run_id).parameters.values() if p.default is p.empty]
    assert [parameter.name for parameter in required] == ["thread_id"]
    with pytest.raises(TypeError):
        manager.generate_run_id("a", "b")  # type: ignore[call-arg]
    for thread in ("user_session", "a", "with space", "t_67890", ""):
        run = manager.generate_run_id(thread)
        assert re.fullmatch(rf"run_{thread}_\d{{1,5}}_[0-9a-f]{{8}}", run) and manager.extract_thread_id(run) == thread
        assert manager.parse_run_id(run) == {"thread_id": thread, "timestamp": run.split("_")[-2], "uuid_part": run[-8:], "valid": True}
    assert manager.extract_thread_id("run_user_session_67890_ef123456") == "user_session"
    assert manager.extract_thread_id("websocket_factory_1757372478799") == "thread_websocket_factory_1757372478799"
    for wrong in ("", None, 5, "nonsense", "hello world", "x" * 1000):
        assert manager.extract_thread_id(wrong) == "" and not manager.validate_run_id(wrong)  # type: ignore[arg-type]
        assert manager.parse_run_id(wrong)["valid"] is False  # type: ignore[arg-type]
    with patch("time.time", return_value=1_700_000_012.345):
        assert manager.generate_thread_id().startswith("session_12345_")
    assert len({manager.generate_run_id("t") for _ in range(200_000)}) == 200_000
    some = str(uuid.UUID(int=0x12345678 << 96))
    structured = manager.convert_uuid_to_structured(some, module.IDType.USER, "p")
    assert re.fullmatch(r"p_user_\d{1,5}_12345678", structured)
    assert manager.convert_structured_to_uuid(structured) == "12345678-0000-4000-8000-000000000000"
    assert manager.convert_structured_to_uuid("x") is None
    with pytest.raises(ValueError, match="Invalid UUID format: nope"):
        module.convert_uuid_to_structured("nope", module.IDType.USER)
    assert module.validate_and_normalize_id("nope!") == (False, None)
    valid, normal = module.validate_and_normalize_id(some, module.IDType.USER)
    assert valid and normal.startswith("user_")
    assert module.UnifiedIDManager().register_uuid_as_structured(some, module.IDType.USER).endswith("_12345678")


def test_formats_that_the_manager_lets_pass() -> None:
    module = netra_unified_id_manager
    for good in (
        str(uuid.UUID(int=7)), uuid.UUID(int=7).hex.upper(), "user_1_0123abcd", "req_websocket_factory_1_0123abcd", "test-user-123", "user_1",
        "123456789012345678", "session_12345_0123abcd", str(ThreadId.new()), module.UnifiedIDManager().generate_id(module.IDType.USER, "My Prefix"),
        netra_id_generation.UnifiedIdGenerator.generate_websocket_connection_id("user12345"), netra_run_id_generator.generate_run_id("a"),
    ):  # fmt: skip
        assert module.is_valid_id_format(good) and module.is_valid_id_format_compatible(good), good
    # The old check let the first two pass.
    for bad in ("hello-big-world", "user_1\n", "\ud800", "", " ", None, 5, "nonsense", "user_1_0123abcg", "hello world", "a;b"):
        assert not module.is_valid_id_format(bad), bad  # type: ignore[arg-type]
    made = module.UnifiedIDManager.generate_thread_id
    with patch("time.time", return_value=1_700_000_012.345):
        assert module.is_valid_id_format_compatible(made(), module.IDType.THREAD)
        assert module.is_valid_id_format_compatible(made(), module.IDType.SESSION)
        assert not module.is_valid_id_format_compatible(made(), module.IDType.USER)
    assert not module.is_valid_id_format_compatible("user_1_0123abcd", module.IDType.AGENT)
    manager = module.UnifiedIDManager()
    assert manager._is_structured_id_format("user_1_0123abcd") and not manager._is_structured_id_format("x")
    assert manager._extract_id_type_from_structured("p_tool_1_0123abcd") is module.IDType.TOOL


def test_connections_of_one_user_never_match_those_of_another() -> None:
    manager = netra_unified_id_manager.UnifiedIDManager()
    mine, other = "user-1234-a", "user-1234-b"
    ours = [manager.generate_websocket_id_with_user_context(mine) for _ in range(3)]
    theirs = manager.generate_websocket_connection_id(other, 1_700_000_000.5)
    assert "_1700000000500_" in theirs and theirs.startswith("ws_conn_user-123_")
    assert manager.get_websocket_cleanup_ids_fast(mine) == ours
    assert set(manager.find_resources_by_user_pattern_safe(mine)) == set(ours)
    assert manager.find_resources_by_user_pattern_safe("user-123") == [] == manager.find_resources_by_user_pattern_safe("")
    assert manager.cleanup_websocket_resources_secure(mine, [theirs]) == 0
    assert manager.cleanup_user_resources(mine) == 3 and manager.cleanup_user_resources(mine) == 0 == manager.cleanup_user_resources("nobody") and manager.get_websocket_cleanup_ids_fast(other) == [theirs]
    thread, run, request = manager.generate_compatible_context_ids(mine, "agent")
    assert manager.is_valid_id(thread) and manager.is_valid_id(run) and manager.is_valid_id(request)
    assert manager.get_websocket_cleanup_ids_fast(mine) == [thread, run, request]
    manager.optimize_for_websocket_performance()
    assert manager.get_dual_ssot_performance_stats() == {
        "dual_ssot_bridge_ids": 7, "total_bridge_ids": 7, "bridge_usage_percent": 100.0, "total_registered_ids": 7, "performance_mode": "compatibility_bridge",
    }  # fmt: skip
    assert manager.get_websocket_cleanup_ids_fast(mine) == [thread, run, request] and manager.get_websocket_cleanup_ids_fast("user-123") == []


def test_id_generation() -> None:
    module, generator = netra_id_generation, netra_id_generation.UnifiedIdGenerator
    with patch("time.time", return_value=1_700_000_000.5):
        assert re.fullmatch("id_1700000000500_1_[0-9a-f]{8}", generator.generate_base_id())
        assert generator.generate_base_id("x", include_random=False) == "x_1700000000500_2"
        assert re.fullmatch("x_1700000000500_3_[0-9a-f]{6}", generator.generate_base_id("x", random_length=7))
        assert generator.get_id_age("x_1700000000000_3_abcdef") == 500
        assert [text.split("_")[2] for text in generator.generate_batch_ids("b", 3)] == ["4", "5", "6"]
        assert generator.generate_base_id("x", random_length=1) == "x_1700000000500_7"
    module.TestIdUtils.reset()
    assert generator.generate_base_id().split("_")[2] == "1"
    generator.reset_global_counter()
    assert generator.generate_base_id(include_random=False).endswith("_1")
    parsed = generator.parse_id("msg_user_abc_1700000000000_7_abcdef01")
    assert parsed == module.IdComponents("msg_user_abc", 1_700_000_000_000, 7, "abcdef01", "msg_user_abc_1700000000000_7_abcdef01")
    assert generator.parse_id("agent_5_1700000000000_7").prefix == "agent_5"
    for wrong in ("", None, "x", "a_b_c", "a_b_c_d", 5):
        assert generator.parse_id(wrong) is None and generator.get_id_age(wrong) == -1  # type: ignore[arg-type]
        assert not generator.is_valid_id(wrong)  # type: ignore[arg-type]
    made = generator.generate_session_id("user12345678", "mobile")
    assert made.startswith("session_mobile_user1234_") and generator.is_valid_id(made, "session_mobile")
    assert not generator.is_valid_id(made, "user")
    with patch("time.time", return_value=time.time() + 366 * 86400):
        assert not generator.is_valid_id(made)
    assert generator.generate_agent_execution_id("triage", "user12345").startswith("agent_triage_user1234_")
    assert generator.generate_tool_execution_id("search", "a_b_cdefghijkl").startswith("tool_search_cdefghij_")
    assert generator.generate_message_id("user", "u", "thread_abc").startswith("msg_user_u_abc_")
    assert generator.generate_error_context_id("json", "u").startswith("error_json_u_")
    assert re.fullmatch("[0-9a-f]{8}", module.generate_uuid_replacement())
    assert len({module.generate_uuid_replacement() for _ in range(300_000)}) == 300_000
    assert set(module.create_user_execution_context_factory("u")) == {"user_id", "thread_id", "run_id", "request_id"}
    assert module.TestIdUtils.create_test_id("a", 7) == "a_test_7"
    context = module.TestIdUtils.create_test_context_ids("u", 5)
    assert list(context) == list(module.create_user_execution_context_factory("u"))
    assert list(context.values()) == ["u", "thread_test_5", "run_test_5", "req_test_5"]
    assert module.TestIdUtils.validate_uniqueness_in_list(["a", "b"]) and not module.TestIdUtils.validate_uniqueness_in_list(["a", "a"])


def test_contexts_match_only_themselves() -> None:
    generator = netra_id_generation.UnifiedIdGenerator
    thread, run, request = generator.generate_user_context_ids("alice", "chat")
    others = generator.generate_user_context_ids("bob", "chat")
    assert thread.startswith("thread_chat_") and run.startswith("run_chat_") and request.startswith("req_chat_")
    assert parse_any(run.replace("run_chat", "run_context")).thread == thread.replace("thread_chat", "thread_context")
    match = generator.ids_match_for_cleanup
    for a in (thread, run, request):
        for b in (thread, run, request):
            assert match(a, b) is True
        for b in others:
            assert match(a, b) is False and match(b, a) is False
    netra_id_generation.reset_global_counter()
    again = generator.generate_user_context_ids("carol", "chat")
    assert not match(thread, again[1]) and again[0] != thread
    for a, b in (("", ""), (None, None), ("x", "y"), ("user_1", "user_12")):
        assert match(a, b) is False  # type: ignore[arg-type]
    assert match("thread_user1", "thread_user1_run_1700000000000_0123abcd")
    assert not match("thread_user1_run_1700000000000_0123abcd", "thread_user2_run_1700000000000_0123abcd")
    assert generator.translate_legacy_context_ids("u", "t", "r")["thread_id"] == "t"
    assert generator.normalize_id_format(uuid.UUID(int=5).hex.upper()) == str(uuid.UUID(int=5))
    info = generator.extract_pattern_info(generator.generate_base_id("tool_x"))
    assert (info["prefix"], info["format"], info["kind"]) == ("tool_x", "uig_base", "tool")
    assert set(generator.extract_pattern_info("?")) == set(info) and generator.extract_pattern_info("?")["format"] is None
    assert generator.extract_pattern_info(ULID)["timestamp"] == ULID_MS


def test_sessions() -> None:
    generator = netra_id_generation.UnifiedIdGenerator
    first = generator.get_or_create_user_session("a", "t")
    again = generator.get_or_create_user_session("a", "t")
    assert first["thread_id"] == "t" and again["run_id"] == first["run_id"] and again["request_id"] != first["request_id"]
    assert generator.get_or_create_user_session("a", "t", "r2")["run_id"] == "r2"
    assert generator.get_existing_session("a", "t")["run_id"] == "r2" and generator.get_existing_session("a", "x") is None
    assert generator.get_or_create_user_session("a")["thread_id"] == generator.get_or_create_user_session("a")["thread_id"]
    assert set(generator._active_sessions) == {"a:t", "a:default"} and generator.get_active_sessions_count() == 2
    generator.get_or_create_user_session("a:t", "x")
    assert generator.invalidate_user_sessions("a") == 2 and generator.get_active_sessions_count() == 1
    with patch("time.time", return_value=time.time() + 25 * 3600):
        assert generator.cleanup_expired_sessions(max_age_hours=24) == 1


def test_importing_logs_nothing_and_loggers_are_there() -> None:
    for name in ("ulid_generator", "oneiric_ulid_collision", "oneiric_ulid_migration", "oneiric_ulid_resolution", "netra_unified_id_manager"):
        assert isinstance(sys.modules[f"unified_id.compat.{name}"].logger, logging.Logger)


def test_install_and_undo() -> None:
    before = dict(sys.modules)
    installed = compat.install()
    try:
        import dhara  # type: ignore[import-not-found]
        import oneiric.core.ulid as of_oneiric  # type: ignore[import-not-found]
        from crackerjack.services.ulid_generator import generate_ulid  # type: ignore[import-not-found]
        from netra_backend.app.core import unified_id_manager  # type: ignore[import-not-found]
        from shared.id_generation.unified_id_generator import UnifiedIdGenerator  # type: ignore[import-not-found]

        assert dhara is druva and of_oneiric is oneiric_ulid and generate_ulid is ulid_generator.generate_ulid
        assert unified_id_manager is netra_unified_id_manager
        assert UnifiedIdGenerator is netra_id_generation.UnifiedIdGenerator
        with patch("oneiric.core.ulid.generate_config_id", return_value="x"):
            assert oneiric_ulid.generate_config_id() == "x"
    finally:
        installed.undo()
    installed.undo()
    assert {name for name in set(sys.modules) - set(before) if not name.startswith(("unified_id", "pydantic", "annotated", "typing"))} == set()
    with pytest.raises(ImportError):
        import dhara  # noqa: F811
    with compat.install("druva"), pytest.raises(ImportError):
        import dhara  # noqa: F811
    with pytest.raises(ValueError, match="no module stands in for nope"):
        compat.install("nope")
    with compat.install(v1=True):
        from netra_backend.app.core import unified_id_manager as v1

        assert v1 is netra_unified_id_manager_v1
    standing = sys.modules["json"]
    assert standing is before["json"]


def test_install_keeps_a_module_that_is_there() -> None:
    mine = type(sys)("druva")
    sys.modules["druva"] = mine
    try:
        with compat.install():
            assert sys.modules["druva"] is druva
        assert sys.modules["druva"] is mine
    finally:
        del sys.modules["druva"]


def test_install_beside_packages_that_are_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One can be imported, one needs what is not installed, and one has no part of the name."""
    for package, text in (("oneiric", "here = True"), ("oneiric/core", ""), ("mahavishnu", "import nobody_has_this"), ("mahavishnu/core", ""), ("shared", "")):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text(text)
    (tmp_path / "oneiric/core/ulid.py").write_text("raise RuntimeError('the old one')")
    (tmp_path / "oneiric/core/other.py").write_text("from oneiric.core.ulid import generate\nfrom . import ulid_collision")
    (tmp_path / "mahavishnu/core/other.py").write_text("from .workflow_models import WorkflowExecution")
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)
    with compat.install():
        import mahavishnu.core.other as of_mahavishnu  # type: ignore[import-not-found]
        import oneiric.core.other as of_oneiric

        assert of_oneiric.generate is oneiric_ulid.generate and of_oneiric.ulid_collision is oneiric_ulid_collision
        assert sys.modules["oneiric"].here is True and of_mahavishnu.WorkflowExecution(workflow_name="w", status="s")
        assert importlib.util.find_spec("shared.id_generation") is not None
        for other in ("oneiric.core.other", "mahavishnu.core.other"):
            del sys.modules[other]
    left = {name for name in set(sys.modules) - before if name.split(".")[0] in ("oneiric", "mahavishnu", "shared", "druva", "crackerjack", "netra_backend")}
    assert left == set()


def test_nothing_warns_on_import() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in set(compat.NAMES.values()):
            __import__(f"unified_id.compat.{name}")
