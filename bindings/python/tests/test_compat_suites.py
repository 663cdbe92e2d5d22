"""The stand-ins under the old import names, asked what the test suites of the old systems ask.

Each test says what a caller does; the words and the cases are our own. `test_compat.py` tests the repairs.
"""

from __future__ import annotations

import concurrent.futures
import datetime
import enum
import importlib
import inspect
import os
import re
import secrets
import sys
import time
import types
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock, patch

import pytest

from unified_id import compat

HEX = "[0-9a-f]{8}"
ULID = "01arz3ndektsv4rrffq69g5fav"


@pytest.fixture(autouse=True)
def installed(request: pytest.FixtureRequest) -> Iterator[None]:
    with compat.install(v1="v1" in request.keywords):
        yield


def old(name: str) -> Any:
    return importlib.import_module(name)


def old_manager() -> Any:
    return old("netra_backend.app.core.unified_id_manager")


def old_generator() -> Any:
    return old("shared.id_generation.unified_id_generator")


def signatures() -> Iterator[str]:
    for name in sorted({*compat.NAMES.values(), "netra_unified_id_manager_v1"}):
        module = importlib.import_module(f"unified_id.compat.{name}")
        yield f"[{name}]"
        for key in sorted(module.__all__):
            value = getattr(module, key)
            if not inspect.isclass(value):
                if callable(value):
                    yield f"{key}{parameters(value)}"
                continue
            yield key
            for attribute, raw in vars(value).items():
                is_method = isinstance(raw, (staticmethod, classmethod)) or inspect.isfunction(raw)
                if is_method and not attribute.startswith("_") and not isinstance(value, enum.EnumMeta):
                    how = {"staticmethod": "static ", "classmethod": "class "}.get(type(raw).__name__, "")
                    yield f"  {how}{attribute}{parameters(getattr(value, attribute))}"


def parameters(function: Any) -> str:
    def one(parameter: inspect.Parameter) -> str:
        default = "" if parameter.default is parameter.empty else f"={parameter.default!r}"
        return f"{parameter.name}{default}"

    return f"({', '.join(map(one, inspect.signature(function).parameters.values()))})"


def test_names_of_arguments_and_kinds_of_methods_are_a_contract() -> None:
    contract = Path(__file__).with_name("compat_signatures.txt").read_text().splitlines()
    assert list(signatures()) == contract


def test_who_imported_druva_is_asked_by_it() -> None:
    for name in ("crackerjack.services.ulid_generator", "session_buddy.core.ulid_generator"):
        module = old(name)
        fake = types.SimpleNamespace(generate=lambda: "0123456789abcdefghjkmnpqrs")
        with patch.dict(sys.modules, {"druva": fake}):
            assert module.generate_ulid() == "0123456789abcdefghjkmnpqrs"
        for missing in ({"druva": None}, {}):
            with patch.dict(sys.modules, missing):
                if not missing:
                    del sys.modules["druva"]
                assert module.is_valid_ulid(module.generate_ulid()) is True
        with patch.object(module.time, "time", lambda: 1_700_000_000.123), patch.object(module.os, "urandom", lambda n: b"\1" * n):
            made = [module.generate_ulid() for _ in range(50)]
        assert len(set(made)) == 50 and {old("druva").get_timestamp(text) for text in made} == {1_700_000_000_123}
        assert [module.is_valid_ulid("0" * 25 + last) for last in "0123456789abcdefghjkmnpqrstvwxyz"] == [True] * 32
        for wrong in ("", "a", "a" * 25, "a" * 27, "0" * 25 + "i", "0" * 25 + "U", "0" * 25 + " ", ULID.upper()):
            assert module.is_valid_ulid(wrong) is False


def test_ulids_of_oneiric() -> None:
    module = old("oneiric.core.ulid")
    assert module.DHURUVA_AVAILABLE is True
    before = int(time.time() * 1000)
    trace = module.ConfigTraceability(source="test", change_type="create", metadata={"k": 1})
    assert before <= trace.timestamp_ms <= int(time.time() * 1000) and trace.timestamp_seconds == trace.timestamp_ms / 1000.0
    assert repr(trace) == f"ConfigTraceability(config_id={trace.config_id!r}, source='test', change_type='create')"
    assert trace.correlates_with(other_ulid=module.generate_config_id()) is True and trace.correlates_with("x") is False
    assert module.parse_config_ulid(value=trace.config_id) == trace.config_id
    for wrong, said in (("tooshort", "Invalid ULID"), (b"\0\1", "must be 16 bytes")):
        with pytest.raises(ValueError, match=said):
            module.ULID(wrong)
    assert module.ULID() != 42 and module.ULID() != None  # noqa: E711
    found = module.detect_ulid_in_config
    ids = [module.generate() for _ in range(2)]
    assert found([ids[0], "no", {"n": ids[0]}]).count(ids[0]) == 2 and found({ids[1]}) == [ids[1]] == found((ids[1], "x"))
    assert found(42) == [] == found({"key": "value"}) and found({"a": {"b": ids[0]}, "c": ids[1]}) == ids
    with patch("oneiric.core.ulid.generate", return_value=ULID):
        assert module.generate_config_id() == ULID


def test_collisions_of_oneiric() -> None:
    module = old("oneiric.core.ulid_collision")
    module._collision_count = 0
    module._collision_registry.clear()
    with patch.object(module, "generate", return_value="unique"):
        assert module.generate_with_retry(context="test") == "unique"
    assert len(module.generate_with_retry(max_attempts=3, context="test")) == 26
    assert module.detect_collision("abc", {"abc"}) is True and module.detect_collision("x", {"abc"}) is False
    assert module.get_collision_stats() == {"total_collisions": 0, "unique_ulids_involved": 0}
    module.register_collision("old", "new1", "a")
    module.register_collision("old", "new2", "a")
    assert module.get_collision_stats() == {"total_collisions": 2, "unique_ulids_involved": 2}
    assert module._collision_registry == {"new1": ["old"], "new2": ["old"]}
    with pytest.raises(module.CollisionError, match="ULID collision detected") as caught:
        module.generate_with_retry(1, "test", lambda: "taken", {"taken"})
    assert caught.value.new_ulid == caught.value.existing_ulid == "taken"


def test_migration_of_oneiric() -> None:
    module = old("oneiric.core.ulid_migration")
    kinds = {"01kh85b0x6000a9vb7cgn42ed8": "ulid", "550e8400-e29b-41d4-a716-446655440000": "uuid", "abc-123": "custom", "A" * 36: "oid"}
    assert {text: module.detect_id_type(text) for text in kinds} == kinds
    sql = module.create_expand_contract_migration(table_name="users", id_column="id", new_column="user_ulid")
    phases = [line.split()[1] for line in sql if line.startswith("-- ") and " phase:" in line]
    assert phases == ["EXPAND", "MIGRATION", "SWITCH", "CONTRACT"] and len(sql) == 17
    assert sql[1] == "ALTER TABLE users ADD COLUMN user_ulid TEXT;" and sql[10] == "ALTER TABLE users DROP COLUMN id;"
    assert sql[4] == "UPDATE users SET user_ulid = generate_ulid() WHERE user_ulid IS NULL;"
    new = module.generate_migration_map(table_name="t", id_column="id", limit=5)
    assert list(new) == ["1", "2", "3", "4", "5"] and all(len(ulid) == 26 for ulid in new.values())
    estimate = module.estimate_migration_time(record_count=100_000, records_per_second=1000)
    assert estimate["estimated_seconds"] == 100.0 and estimate["recommended_batch_size"] == 60_000
    with pytest.raises(ValueError, match="Migration integrity check failed"):
        module.validate_migration_integrity(legacy_count=1000, ulid_count=1100)
    plan = module.MigrationPlan(system_name="s", current_id_type="oid", estimated_records=5, migration_strategy="big-bang")
    assert abs(datetime.datetime.now(datetime.UTC).replace(tzinfo=None) - plan.created_at) < datetime.timedelta(minutes=1)
    assert "s" in repr(plan) and "big-bang" in repr(plan)


def test_references_of_oneiric() -> None:
    module = old("oneiric.core.ulid_resolution")
    module._ulid_registry.clear()
    with patch.object(module, "get_timestamp", side_effect=ZeroDivisionError):
        assert module.SystemReference(ULID, "system", "type").timestamp == 0
    module.register_reference(ulid="01ARZ3NDEKTS6PQRYF", system="akosha", reference_type="entity")
    assert module.resolve_ulid("01ARZ3NDEKTS6PQRYF").metadata == {}
    first, second = old("dhruva").generate(), old("dhruva").generate()
    module.register_reference(first, "mahavishnu", "workflow", {"n": 1})
    module.register_reference(second, "crackerjack", "test", {"n": 2})
    assert module.find_related_ulids(first, time_window_ms=60_000) == [first, second]
    trace = module.get_cross_system_trace(first)
    assert trace["metadata"] == {"n": 1} and datetime.datetime.fromisoformat(trace["registered_at"]).tzinfo is not None
    assert "not found" in module.get_cross_system_trace("x")["error"]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: module.register_reference(old("dhara").generate(), f"s{n % 10}", "t"), range(1000)))
    assert module.get_registry_stats()["total_registrations"] == 1003 == len(module.export_registry())


def test_models_of_mahavishnu() -> None:
    import pydantic

    module = old("mahavishnu.core.workflow_models")
    pool = {"pool_id": "local", "operation": "spawn", "status": "running"}
    assert module.PoolExecution(**pool).worker_id is None
    for wrong in ({"pool_id": ""}, {"pool_id": "x" * 101}, {"execution_id": "x"}):
        with pytest.raises(pydantic.ValidationError):
            module.PoolExecution(**(pool | wrong))
    for missing in pool:
        with pytest.raises(pydantic.ValidationError, match=missing):
            module.PoolExecution(**{name: value for name, value in pool.items() if name != missing})
    run = module.WorkflowExecution(workflow_name="w", status="s", metadata={1: 2}, end_time="2026-02-11T12:00:00")
    assert run.metadata == {1: 2} and isinstance(run.duration_seconds(), float)
    start = datetime.datetime(2026, 5, 1, 12)
    run = module.WorkflowExecution(workflow_name="w", status="s", start_time=start, end_time=start + datetime.timedelta(seconds=90))
    assert run.duration_seconds() == 90.0
    point = {"workflow_execution_id": "any text", "stage_name": "s", "status": "pending"}
    assert module.WorkflowCheckpoint(**point).result_data == {} and module.WorkflowCheckpoint(**point).error_message is None
    with pytest.raises(ValueError, match="Invalid ULID format"):
        module.WorkflowCheckpoint(**point, checkpoint_id="x")
    with patch.object(module, "is_config_ulid", return_value=True):
        assert module.PoolExecution(**pool, execution_id="x").execution_id == "x"


def test_runs_of_the_id_manager() -> None:
    module = old("netra_backend.app.core.id_manager")
    manager = module.IDManager
    for empty in ("thread_id cannot be empty", "Invalid thread_id format"):
        with pytest.raises(ValueError, match=empty):
            manager.generate_run_id("")
    with pytest.raises(ValueError, match="Inconsistent ID pair"):
        module.IDPair(thread_id="one", run_id="run_two_12345678")
    assert manager.extract_thread_id_with_fallback() is None
    assert manager.extract_thread_id_with_fallback(run_id="invalid", chat_thread_id="c") == "c"
    for wrong in ("test-run", "run_t", "run_t_", "run__12345678", "RUN_t_12345678", "run_t_xyz", "run_t_123456789", "run-t-12345678", ""):
        assert manager.validate_run_id(wrong) is False and manager.extract_thread_id(wrong) is None
    assert manager.validate_run_id("run_t1_00000000") is True and manager.validate_thread_id("ABC_123-xyz") is True
    for thread in ("", " spaces ", "!invalid", "@special"):
        assert manager.validate_thread_id(thread) is False
    with patch("netra_backend.app.core.id_manager.uuid.uuid4", return_value=uuid.UUID(int=0xABCDEF01 << 96)):
        assert manager.generate_run_id("t") == "run_t_abcdef01" == manager.generate_run_id("t")


def test_runs_of_the_run_id_generator() -> None:
    module = old("netra_backend.app.utils.run_id_generator")
    name = module.__name__
    for thread in ("user_session_123", "a", "x" * 200):
        run = module.generate_run_id(thread, "test")
        assert run.startswith(module.RUN_ID_PREFIX) and module.RUN_ID_SEPARATOR in run
        assert module.extract_thread_id_from_run_id(run) == thread and module.validate_run_id_format(run, thread)
    with patch(f"{name}.time.time", return_value=1693430400.0), patch(f"{name}.uuid.uuid4", return_value=MagicMock(hex="a1b2c3d4e5f6")):
        assert module.generate_run_id("abc") == "thread_abc_run_1693430400000_a1b2c3d4"
    with patch(f"{name}.logger") as logger:
        module.migrate_legacy_run_id_to_standard("run_old", "t")
    logger.warning.assert_called_once()
    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        runs = list(pool.map(module.generate_run_id, ["t"] * 2000))
    assert len(set(runs)) == 2000


@pytest.mark.v1
def test_the_first_unified_manager() -> None:
    module = old_manager()
    manager = module.UnifiedIDManager
    assert (manager.THREAD_PREFIX, manager.RUN_SEPARATOR, manager.UUID_LENGTH) == ("thread_", "_run_", 8)
    assert manager.THREAD_ID_VALIDATION_PATTERN.match("user-1") and manager.CANONICAL_PATTERN.match("thread_a_run_1_a1b2c3d4")
    assert manager.extract_thread_id_with_fallback() is None and manager.normalize_thread_id("") == ""
    assert [manager.normalize_thread_id(text) for text in ("thread_", "thread_thread_a", "a")] == ["", "a", "a"]
    for call, argument in ((module.generate_run_id, "t"), (module.extract_thread_id_from_run_id, "thread_t_run_1693430400000_a1b2c3d4")):
        with patch(f"{old_manager().__name__}.logger") as logger, pytest.warns(DeprecationWarning):
            assert "t" in call(argument)
        logger.warning.assert_called_once()
        assert "deprecated" in logger.warning.call_args[0][0]
    with patch("netra_backend.app.core.unified_id_manager.logger") as logger, pytest.warns(DeprecationWarning):
        assert module.generate_run_id("test_user", "context").startswith("thread_test_user_run_")
    logger.warning.assert_called_once()
    for wrong in ("invalid", "thread_only", "run_incomplete", "thread_user_run_", "thread_user_run_timestamp", "thread__run_123_abc", "run_", None, 123, [], {}):
        assert manager.parse_run_id(wrong) is None and manager.validate_run_id(wrong) is False
    for wrong in ("", "_user", "user_run_1", 123, None):
        assert manager.validate_thread_id(wrong) is False
    for wrong, said in ((["list"], "must be string"), ("user_run_123", "cannot contain reserved sequence"), ("thread_", "cannot be empty after removing prefix")):
        with pytest.raises(ValueError, match=said):
            manager.generate_run_id(wrong)
    legacy = "run_user123_a1b2c3d4"
    assert manager.validate_id_pair(legacy, "thread_user123") and not manager.validate_id_pair(legacy, "wrong")
    assert manager.migrate_to_canonical(legacy).startswith("thread_user123_run_")
    with patch("netra_backend.app.core.unified_id_manager.uuid.uuid4") as uuid4:
        uuid4.return_value.hex = "0123456789"
        assert manager.generate_run_id("t").endswith("_01234567")


def test_the_register_of_the_manager() -> None:
    module = old_manager()
    manager, kind = module.UnifiedIDManager(), module.IDType
    for made in (kind.USER, kind.SESSION):
        assert manager._id_counters[made] == 0 and manager._active_ids[made] == set()
    request = manager.generate_id(kind.REQUEST, context={"a": 1})
    assert manager.get_id_metadata(request).context == {"a": 1} and isinstance(manager.get_id_metadata(request).created_at, float)
    assert [manager.generate_id(kind.SESSION).split("_")[-2] for _ in range(5)] == ["1", "2", "3", "4", "5"]
    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        done = list(pool.map(lambda n: manager.register_existing_id(f"w{n}", kind.TOOL) and manager.is_valid_id(f"w{n}") and manager.release_id(f"w{n}"), range(500)))
    assert all(done) and manager.count_active_ids(kind.TOOL) == 0
    long = "y" * 500
    assert manager.register_existing_id(long, kind.USER) is True and manager.is_valid_id(long)
    for nothing in ("", None, "   ", "\n"):
        assert not manager.is_valid_id(nothing) and not manager.is_valid_id_format_compatible(nothing)
    module._id_manager = None
    assert module.get_id_manager() is module.get_id_manager() is module._id_manager
    assert module.generate_id(id_type=kind.USER, prefix="p", context={}).startswith("p_user_1_")
    with patch("netra_backend.app.core.unified_id_manager.uuid.uuid4") as uuid4:
        uuid4.return_value.__str__ = lambda _: "deadbeef-0000-4000-8000-000000000000"
        assert manager.generate_id(kind.METRIC) == "metric_1_deadbeef"
    with patch("netra_backend.app.core.unified_id_manager.time.time", return_value=1_700_000_012.345):
        assert re.fullmatch(f"run_t_12345_{HEX}", manager.generate_run_id("t"))


def test_threads_and_runs_of_the_manager() -> None:
    manager = old_manager().UnifiedIDManager
    threads = ["test_thread_123", "agent_executor_data", "thread_already_prefixed", "very_" * 40 + "long", "x" * 1000, "with unicode \u6d4b\u8bd5", "with.dots", "and_@#"]
    for thread in threads:
        assert manager.extract_thread_id(manager.generate_run_id(thread)) == thread
    for good in ("run_thread_12345_abcd1234", "run_thread_nonnumber_abcd1234", "run_a_b_c_d_e_12345678"):
        assert manager.validate_run_id(good) is True
    for wrong in ("run_only_three_parts", "notrun_t_12345_abcd1234", "run_t_12345_toolong123", "run_t_12345_short", "run_t_t"):
        assert manager.validate_run_id(wrong) is False and manager.parse_run_id(wrong)["valid"] is False
    assert manager.parse_run_id("run_complex_thread_id_67890_efgh5678") == {"thread_id": "complex_thread_id", "timestamp": "67890", "uuid_part": "efgh5678", "valid": True}
    for odd in ("run_", "run_thread", "run_thread_", "_run_thread_123_abcd1234", "run__thread_123_abcd1234", "run_thread_123_", "run_thread__123_abcd1234"):
        assert isinstance(manager.extract_thread_id(odd), str)


def test_formats_of_the_manager() -> None:
    module = old_manager()
    valid, kind = module.is_valid_id_format, module.IDType
    generator = old_generator().UnifiedIdGenerator
    for good in (
        "user_1_abcd1234", "session_123_ef567890", "req_agent_1_12345678", "run_thread_session_456_78901234_abcdef12", "thread_websocket_factory_1_fedcba98",
        "websocket_manager_5_11223344", "websocket_factory_1_12345678", "agent_executor_2_87654321", "user__1_12345678", "thread_user_session_web_123_2_ef567890",
        "pending_auth", "temp_auth_user", "awaiting_auth", "awaiting_auth_x", "test-user-123", "staging-e2e-user-001", "mock-user-test", "concurrent_user_0",
        "test-session-abc123", "ssot-test-user", "e2e-staging_pipeline", "e2e-dev_pipeline_123", "e2e-staging_release-v1.2.3", "thread-456", "user-12345-abcdef",
        "valid-request-abc", "authenticated-user-12345", "invalid_user", "fake_session", "non_existent_user", "123456789012345", "123456789012345678901",
        generator.generate_websocket_connection_id("alice-smith"), generator.generate_base_id("audit"), *generator.generate_user_context_ids("u"),
        module.UnifiedIDManager.generate_run_id("test_thread"), module.UnifiedIDManager.generate_thread_id(),
    ):  # fmt: skip
        assert valid(good) is True and module.is_valid_id_format_compatible(good) is True, good
    for wrong in (
        "", None, 123, "   ", "\t\n", "no_underscores", "user_abc_notahex", "user_nonnumber_12345678", "tooshort_1_123", "toolong_1_123456789", "123", "a", "invalid",
        "invalid-format", "run_thread_nonnumber_abcd1234", "e2e-", "e2e-staging_", "invalid-format-@#$", "toolongpattern" * 50, "hello-big-world", "hello-trunk-world",
        "invalid_format", "user_1\n", "pending_auth\n",
    ):  # fmt: skip
        assert valid(wrong) is False, wrong
    manager = module.UnifiedIDManager()
    some = str(uuid.UUID(int=5))
    assert manager._is_structured_id_format("prefix_user_123_abcd1234") and not manager._is_structured_id_format(some) and manager._validate_structured_format("user_1_abcd1234")
    assert manager._is_uuid_format(some) and manager._extract_id_type_from_structured(some) is None
    assert manager._extract_id_type_from_structured("prefix_agent_456_efgh5678") is kind.AGENT
    prefixed = manager.generate_id(kind.SESSION, prefix="user")
    assert manager._extract_id_type_from_structured(prefixed) is kind.SESSION and manager.is_valid_id_format_compatible(prefixed, kind.SESSION)
    assert not manager.is_valid_id_format_compatible(prefixed, kind.TOOL) and manager.is_valid_id_format_compatible(some, kind.TOOL)
    assert manager.validate_and_normalize_id(id_value=prefixed, id_type=kind.SESSION) == (True, prefixed)
    assert module.convert_uuid_to_structured(uuid_id=some, id_type=kind.TOOL, prefix="p").startswith("p_tool_")
    start = time.perf_counter()
    for _ in range(1000):
        for text in ("e2e-staging_pipeline", "test-user-123", some, "concurrent_user_0"):
            module.is_valid_id_format_compatible(text, kind.USER)
    assert time.perf_counter() - start < 1.0


def test_the_bridge_of_the_manager() -> None:
    module, generator = old_manager(), old_generator().UnifiedIdGenerator
    manager, kind = module.UnifiedIDManager(), module.IDType
    mine = manager.generate_websocket_id_with_user_context("test_user_1")
    noted = manager.get_id_metadata(mine)
    assert (noted.prefix, noted.context) == ("test_use", {"user_id": "test_user_1", "dual_ssot_bridge": True})
    session = manager.generate_id(kind.SESSION, context={"user_id": "test_user_1"})
    theirs = manager.generate_id(kind.SESSION, prefix="test_use", context={"user_id": "test_user_2"})
    assert manager.find_resources_by_user_pattern_safe("test_user_1", ["session", "ws_"]) == [mine, session]
    assert manager.find_resources_by_user_pattern_safe("test_user_1", []) == [mine, session]
    with patch("netra_backend.app.core.unified_id_manager.logger") as logger:
        assert manager.cleanup_websocket_resources_secure("test_user_1", [theirs]) == 0
        logger.warning.assert_called_once()
    assert manager.cleanup_websocket_resources_secure("test_user_1") == 2 and "released_at" in noted.context
    assert manager.is_valid_id(theirs) and theirs in manager.get_active_ids(kind.SESSION)
    # What a caller writes into a context counts.
    manager.get_id_metadata(theirs).context["user_id"] = "test_user_3"
    manager.optimize_for_websocket_performance()
    assert manager.get_websocket_cleanup_ids_fast("test_user_2") == [] and manager.get_websocket_cleanup_ids_fast("test_user_3") == [theirs]
    thread, run, request = manager.generate_user_context_ids_compatible("u1", "context")
    assert [manager.get_id_metadata(text).context["user_id"] for text in (thread, run, request)] == ["u1"] * 3
    assert "context" in thread and "context" in run and generator.ids_match_for_cleanup(thread, run)
    manager.cleanup_user_resources("u1")
    for text in (thread, run, request):
        manager.get_id_metadata(text).context["released_at"] = 1.0
    assert manager.cleanup_released_ids() == 3 and manager.get_websocket_cleanup_ids_fast("u1") == [] and "u1" not in manager._user_resource_map
    manager.clear_all()
    assert manager._user_resource_map == {} and manager.get_dual_ssot_performance_stats()["bridge_usage_percent"] == 0


def test_the_id_generator() -> None:
    module = old_generator()
    generator = module.UnifiedIdGenerator
    assert old("shared.id_generation").UnifiedIdGenerator is generator
    module.TestIdUtils.reset()
    assert module._global_counter == 0 and module._get_next_counter() == 1 == module._global_counter
    with patch("shared.id_generation.unified_id_generator.time.time", return_value=1_700_000_000.5), patch(
        "shared.id_generation.unified_id_generator.secrets.token_hex", return_value="abcd1234"
    ):
        assert generator.generate_base_id("x") == "x_1700000000500_2_abcd1234"
        assert generator.generate_websocket_client_id("user12345", connection_timestamp=5.0) == "ws_client_user1234_5000_3_abcd1234"
    assert secrets.token_hex(4) != secrets.token_hex(4)
    made = generator.generate_session_id("auth_test_user", "web")
    assert made.startswith("session_web_auth_tes") and generator.is_valid_id(id_string=made, expected_prefix="session")
    parsed = generator.parse_id(id_string=made)
    assert parsed.full_id == made and parsed.counter > 0 and generator.get_id_age(id_string=made) >= 0
    for foreign in (f"session_{uuid.UUID(int=5)}", "session_abcdef01", str(uuid.UUID(int=5))):
        assert generator.parse_id(foreign) is None and generator.is_valid_id(foreign) is False
    assert generator.extract_pattern_info(made)["user_context"] == parsed.prefix
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(generator.generate_base_id, ["t"] * 4000))
    assert len(set(ids)) == 4000


def test_sessions_of_the_id_generator() -> None:
    module = old_generator()
    generator = module.UnifiedIdGenerator
    generator._active_sessions.clear()
    first = generator.get_or_create_user_session(user_id="u", thread_id=None, run_id=None)
    again = generator.get_or_create_user_session("u", None, None)
    assert first["thread_id"] == again["thread_id"] and first["run_id"] == again["run_id"] and first["request_id"] != again["request_id"]
    assert first["thread_id"].startswith("thread_session_") and first["run_id"].startswith("run_session_") and again["request_id"].startswith("req_")
    assert generator.get_or_create_user_session("u", "", None)["thread_id"] == first["thread_id"]
    other = generator.get_or_create_user_session("u", "t", "given")
    assert other["thread_id"] == "t" and other["run_id"] == "given"
    generator.get_or_create_user_session("u", "t", "next")
    assert set(generator._active_sessions["u:t"]) == {"user_id", "thread_id", "run_id", "created_at", "last_activity", "operation"}
    assert generator._active_sessions["u:t"]["operation"] == "session_new_run" and generator._active_sessions["u:default"]["operation"] == "session"
    assert generator.get_or_create_user_session("v", "t")["run_id"] not in ("given", "next")
    generator._active_sessions["u:t"]["last_activity"] -= 25 * 3_600_000
    assert generator.cleanup_expired_sessions(max_age_hours=24) == 1 and generator.get_existing_session("u", "t") is None
    assert generator.invalidate_user_sessions("u") == 1 and generator.get_active_sessions_count() == 1
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        runs = set(pool.map(lambda _: generator.get_or_create_user_session("w", "t")["run_id"], range(200)))
    assert len(runs) == 1


def test_an_old_module_of_two_lines_is_the_stand_in(tmp_path: Path) -> None:
    (tmp_path / "old_resolution.py").write_text("import sys\nfrom unified_id.compat import oneiric_ulid_resolution\nsys.modules[__name__] = oneiric_ulid_resolution\n")
    with patch.object(sys, "path", [str(tmp_path), *sys.path]):
        module = old("old_resolution")
    assert module._ulid_registry is old("oneiric.core.ulid_resolution")._ulid_registry
    del sys.modules["old_resolution"]
    assert os.path.exists(tmp_path)
